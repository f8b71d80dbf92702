#include "ledgram/sim_api/core.hpp"

#include "ledgram/sim_content/export_fields.hpp"

namespace ledgram::sim {

namespace json = boost::json;

std::string_view Call::name_of_method() const {
  return name_of(args);
}

std::int32_t int_field(const json::object& object, std::string_view name) {
  return export_int(object, name);
}

std::int64_t long_field(const json::object& object, std::string_view name) {
  return export_number(object, name);
}

std::string_view text_field(const json::object& object, std::string_view name) {
  return export_string(object, name);
}

Bytes bytes_field(const json::object& object, std::string_view name) {
  return from_base64(export_string(object, name)).value_or(Bytes{});
}

bool flag_field(const json::object& object, std::string_view name) {
  return export_flag(object, name);
}

const json::object& object_field(const json::object& object, std::string_view name) {
  static const json::object empty;
  const auto* found = export_object(object, name);
  return found == nullptr ? empty : *found;
}

const json::array& array_field(const json::object& object, std::string_view name) {
  static const json::array empty;
  const auto* found = export_array(object, name);
  return found == nullptr ? empty : *found;
}

std::string_view name_of(const json::object& object) {
  return text_field(object, "_");
}

}  // namespace ledgram::sim
