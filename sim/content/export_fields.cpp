#include "ledgram/sim_content/export_fields.hpp"

#include <boost/json/value.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <limits>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

template <class Number>
bool read_number(std::string_view text, Number& out) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
}

}  // namespace

std::int64_t export_number(const json::object& object, std::string_view key, std::int64_t otherwise) {
  const auto* value = object.if_contains(key);
  if (value == nullptr)
    return otherwise;
  if (value->is_int64())
    return value->get_int64();
  if (value->is_uint64())
    return std::numeric_limits<std::int64_t>::max();
  if (value->is_double()) {
    const double number = value->get_double();
    return number > -9e18 && number < 9e18 ? static_cast<std::int64_t>(number) : otherwise;
  }
  std::int64_t number = 0;
  if (value->is_string() && read_number(std::string_view(value->get_string()), number))
    return number;
  return otherwise;
}

std::int32_t export_int(const json::object& object, std::string_view key) {
  using Limits = std::numeric_limits<std::int32_t>;
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(export_number(object, key), Limits::min(), Limits::max()));
}

double export_double(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value != nullptr && value->is_double())
    return value->get_double();
  return static_cast<double>(export_number(object, key));
}

std::string_view export_string(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_string())
    return {};
  return value->get_string();
}

bool export_flag(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_bool() && value->get_bool();
}

const json::object* export_object(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

const json::array* export_array(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_array();
}

std::int64_t export_peer_number(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix))
    return 0;
  text.remove_prefix(prefix.size());
  std::int64_t number = 0;
  return read_number(text, number) ? number : 0;
}

std::int32_t export_date(std::string_view text) {
  // 2024-05-31T12:00:00
  if (text.size() < 19 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
    return 0;
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!read_number(text.substr(0, 4), year) || !read_number(text.substr(5, 2), month) ||
      !read_number(text.substr(8, 2), day) || !read_number(text.substr(11, 2), hour) ||
      !read_number(text.substr(14, 2), minute) || !read_number(text.substr(17, 2), second)) {
    return 0;
  }
  using namespace std::chrono;
  const year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok() || year < 1970 || year > 2037)
    return 0;
  const auto moment = sys_days(date).time_since_epoch() + hours(hour) + minutes(minute) + seconds(second);
  return static_cast<std::int32_t>(duration_cast<seconds>(moment).count());
}

}  // namespace ledgram::sim
