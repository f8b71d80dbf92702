#pragma once

/// TL to JSON and back by the tables of a Schema: for every constructor of any layer, without generated code.
///
/// An object is `{"_": "messages.getHistory", "limit": 100, ...}`, with Telegram's names for constructors, methods and
/// fields. Absent optional fields are left out; `flags.N?true` is there as true or left out; `#` fields never show.
/// int, double and Bool are JSON numbers and booleans, string is text, bytes is base64, int128 and int256 are
/// hexadecimal, vectors are arrays, `!X` is a nested object.
///
/// Going back to TL, fields that the schema does not have are ignored, missing ones that it demands become zero or
/// empty (an object: the plainest constructor of its type), so one JSON object can be encoded for several layers. A
/// constructor that the schema does not have is an error with its name and the path to it.

#include "ledgram/tl/reader.hpp"
#include "ledgram/tl/schema.hpp"
#include "ledgram/tl/writer.hpp"

#include <boost/json/value.hpp>

namespace ledgram::tl {

enum class JsonStyle {
  Exact,  ///< long is a JSON integer, for use within the process
  Web,    ///< long is a decimal string, since JavaScript's numbers end at 2^53, and text is made valid UTF-8
};

/// The type of "any one boxed object of the schema": a request, or an update.
inline constexpr Type kAnyObject{Kind::Any, 0};

/// Reads one value of `type` (see Schema::type and Combinator::result). The limits are Reader's. Bytes that follow
/// stay in the reader. UnknownConstructor with id and offset for an id that the schema does not have.
[[nodiscard]] Result<boost::json::value, TlError> decode_json(const Schema& schema, Reader& in, Type type = kAnyObject,
                                                              JsonStyle style = JsonStyle::Exact);

/// Writes `value` as a value of `type`, boxed. Takes both styles. On an error (BadJson, with the path of what is
/// wrong) `out` holds a part of the value and is of no use.
[[nodiscard]] Result<void, TlError> encode_json(const Schema& schema, Writer& out, const boost::json::value& value,
                                                Type type = kAnyObject);

}  // namespace ledgram::tl
