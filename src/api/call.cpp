#include "ledgram/api/call.hpp"

#include "ledgram/api/schema_check.hpp"

#include <boost/json/array.hpp>
#include <boost/json/string.hpp>

#include <cassert>
#include <charconv>

namespace ledgram::api {

std::string Call::text(std::string_view name) const {
  return optional_text(name).value();
}
std::int64_t Call::number(std::string_view name) const {
  return optional_number(name).value();
}
bool Call::flag(std::string_view name) const {
  return optional_flag(name).value();
}
std::int64_t Call::id(std::string_view name) const {
  return optional_id(name).value();
}

std::optional<std::string> Call::optional_text(std::string_view name) const {
  const json::value* value = parameters_.if_contains(name);
  return value != nullptr ? std::optional(std::string(value->as_string())) : std::nullopt;
}

std::optional<std::int64_t> Call::optional_number(std::string_view name) const {
  const json::value* value = parameters_.if_contains(name);
  return value != nullptr ? std::optional(value->as_int64()) : std::nullopt;
}

std::optional<bool> Call::optional_flag(std::string_view name) const {
  const json::value* value = parameters_.if_contains(name);
  return value != nullptr ? std::optional(value->as_bool()) : std::nullopt;
}

std::optional<std::int64_t> Call::optional_id(std::string_view name) const {
  const auto digits = optional_text(name);
  if (!digits)
    return std::nullopt;
  std::int64_t number = 0;
  [[maybe_unused]] const auto end = std::from_chars(digits->data(), digits->data() + digits->size(), number);
  assert(end.ec == std::errc() && "Schema::id() lets no other text through");
  return number;
}

std::optional<std::int64_t> Call::time(std::string_view name) const {
  const auto value = optional_text(name);
  return value ? parse_time(*value) : std::nullopt;
}

std::vector<std::string> Call::list(std::string_view name) const {
  std::vector<std::string> items;
  if (const json::value* value = parameters_.if_contains(name)) {
    for (const json::value& item : value->as_array())
      items.emplace_back(item.as_string());
  }
  return items;
}

}  // namespace ledgram::api
