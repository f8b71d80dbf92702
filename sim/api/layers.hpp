#pragma once

/// The API layers that the simulator speaks, and the way between bytes of a layer and JSON objects.
/// Used inside the API floor.

#include "ledgram/base/bytes.hpp"
#include "ledgram/sim_content/error.hpp"
#include "ledgram/tl/schema.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string_view>

namespace ledgram::sim {

class Layers {
 public:
  /// The built-in layer, the older ones that the build embeds, and those of `files`, each a TL text with a
  /// "// LAYER n" line. A file stands before an embedded layer of the same number.
  static Result<Layers, ContentError> load(std::span<const std::filesystem::path> files);

  /// Null if the layer is not known. An embedded layer is parsed when it is first asked for, in some milliseconds;
  /// the result stays where it is.
  [[nodiscard]] const tl::Schema* find(std::int32_t layer) const;

  [[nodiscard]] std::int32_t builtin_layer() const;

 private:
  mutable std::map<std::int32_t, std::unique_ptr<tl::Schema>> parsed_;
};

/// One request without its wrappers.
struct Request {
  std::int32_t layer = 0;
  const tl::Schema* schema = nullptr;
  boost::json::object method;  ///< "_" and the fields
  bool inited = false;         ///< came inside initConnection
  bool updates = true;         ///< false inside invokeWithoutUpdates
};

/// Takes the wrappers off (core.telegram.org/api/invoking). `known_layer` is that of the key so far, 0 before
/// initConnection. Throws RpcFailure.
Request read_request(const Layers& layers, ByteView body, std::int32_t known_layer);

/// The serialized value of a type named as in a schema: "Updates", "Vector<User>". Throws std::runtime_error for a
/// value that does not fit the schema: a mistake of ours, which call() answers with 500 INTERNAL.
Bytes write_value(const tl::Schema& schema, const boost::json::value& value, std::string_view type);

/// The answer to a method.
Bytes write_result(const tl::Schema& schema, const boost::json::value& value, std::string_view method);

}  // namespace ledgram::sim
