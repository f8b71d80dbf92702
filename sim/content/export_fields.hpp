#pragma once

/// Lenient access to the fields of an export's JSON objects: absent and of another type are the same.
/// Used inside the content floor.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <string_view>

namespace ledgram::sim {

/// The number under `key`, written as a number or as decimal digits in a string; `otherwise` if there is none.
std::int64_t export_number(const boost::json::object& object, std::string_view key, std::int64_t otherwise = 0);

/// The same, limited to what a 32-bit field holds.
std::int32_t export_int(const boost::json::object& object, std::string_view key);

double export_double(const boost::json::object& object, std::string_view key);

/// Empty if there is none. Valid as long as the object.
std::string_view export_string(const boost::json::object& object, std::string_view key);

bool export_flag(const boost::json::object& object, std::string_view key);

/// Null if there is none.
const boost::json::object* export_object(const boost::json::object& object, std::string_view key);
const boost::json::array* export_array(const boost::json::object& object, std::string_view key);

/// Number behind a prefix, as in "user123" with the prefix "user"; 0 if it is not of that form.
std::int64_t export_peer_number(std::string_view text, std::string_view prefix);

/// Unix seconds of "2024-05-31T12:00:00", read as UTC; 0 if it is not of that form.
std::int32_t export_date(std::string_view text);

}  // namespace ledgram::sim
