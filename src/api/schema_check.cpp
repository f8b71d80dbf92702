#include "ledgram/api/schema_check.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <functional>
#include <regex>
#include <unordered_map>

namespace ledgram::api {
namespace {

constexpr std::size_t kMostBreaches = 10;
constexpr std::string_view kReference = "#/components/schemas/";

std::string_view view(const json::string& text) {
  return {text.data(), text.size()};
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

const std::regex& compiled(std::string_view pattern) {
  static thread_local std::unordered_map<std::string, std::regex> known;
  const auto [entry, is_new] = known.try_emplace(std::string(pattern));
  if (is_new)
    entry->second = std::regex(entry->first, std::regex::ECMAScript | std::regex::optimize);
  return entry->second;
}

bool is_of_type(const json::value& value, std::string_view type) {
  if (type == "string")
    return value.is_string();
  if (type == "integer")
    return value.is_int64();
  if (type == "number")
    return value.is_number();
  if (type == "boolean")
    return value.is_bool();
  if (type == "null")
    return value.is_null();
  if (type == "array")
    return value.is_array();
  return type == "object" && value.is_object();
}

double as_number(const json::value& value) {
  return value.is_int64()    ? static_cast<double>(value.get_int64())
         : value.is_uint64() ? static_cast<double>(value.get_uint64())
                             : value.get_double();
}

/// Walks schema and value together.
class Checker {
 public:
  explicit Checker(const Schema& root) : root_(root) {}

  void check(const json::object& schema, const json::value& value, const std::string& where) {
    if (breaches_.size() >= kMostBreaches)
      return;
    if (const json::value* reference = schema.if_contains("$ref")) {
      const std::string name(view(reference->as_string()).substr(kReference.size()));
      check(root_.components().at(name).document(), value, where);
      return;
    }
    if (const json::value* choices = schema.if_contains("anyOf")) {
      check_any_of(choices->as_array(), value, where);
      return;
    }
    if (!check_type(schema, value, where))
      return;
    check_enumeration(schema, value, where);
    if (value.is_string())
      check_text(schema, value.get_string(), where);
    if (value.is_number())
      check_number(schema, value, where);
    if (value.is_array())
      check_array(schema, value.get_array(), where);
    if (value.is_object())
      check_object(schema, value.get_object(), where);
  }

  std::vector<Breach> take() { return std::move(breaches_); }

 private:
  void breach(const std::string& where, std::string message) { breaches_.push_back({where, std::move(message)}); }

  void check_any_of(const json::array& choices, const json::value& value, const std::string& where) {
    for (const json::value& choice : choices) {
      Checker alone(root_);
      alone.check(choice.as_object(), value, where);
      if (alone.breaches_.empty())
        return;
    }
    breach(where, "is none of the forms that are allowed here");
  }

  bool check_type(const json::object& schema, const json::value& value, const std::string& where) {
    const json::value* type = schema.if_contains("type");
    if (type == nullptr)
      return true;
    if (type->is_string()) {
      if (is_of_type(value, view(type->get_string())))
        return true;
      breach(where, fmt::format("must be of type {}", view(type->get_string())));
      return false;
    }
    std::vector<std::string_view> names;
    for (const json::value& one : type->as_array()) {
      if (is_of_type(value, view(one.as_string())))
        return true;
      names.push_back(view(one.as_string()));
    }
    breach(where, fmt::format("must be of type {}", fmt::join(names, " or ")));
    return false;
  }

  void check_enumeration(const json::object& schema, const json::value& value, const std::string& where) {
    const json::value* allowed = schema.if_contains("enum");
    if (allowed == nullptr || std::ranges::find(allowed->as_array(), value) != allowed->as_array().end())
      return;
    breach(where, fmt::format("must be one of {}", json::serialize(*allowed)));
  }

  void check_text(const json::object& schema, const json::string& value, const std::string& where) {
    const std::string_view text = view(value);
    const std::size_t length = characters(text);
    if (const json::value* least = schema.if_contains("minLength"); least && length < least->to_number<std::size_t>())
      breach(where, fmt::format("must have at least {} characters", least->to_number<std::size_t>()));
    if (const json::value* most = schema.if_contains("maxLength"); most && length > most->to_number<std::size_t>()) {
      breach(where, fmt::format("must have at most {} characters", most->to_number<std::size_t>()));
      return;
    }
    if (const json::value* pattern = schema.if_contains("pattern")) {
      if (!std::regex_search(text.begin(), text.end(), compiled(view(pattern->as_string()))))
        breach(where, fmt::format("must match {}", view(pattern->as_string())));
    }
    const json::value* format = schema.if_contains("format");
    if (format != nullptr && view(format->as_string()) == "date-time" && !parse_time(text))
      breach(where, "must be a time like 2026-01-31T12:30:00Z");
  }

  void check_number(const json::object& schema, const json::value& value, const std::string& where) {
    if (const json::value* least = schema.if_contains("minimum"); least && as_number(value) < as_number(*least))
      breach(where, fmt::format("must be at least {}", json::serialize(*least)));
    if (const json::value* most = schema.if_contains("maximum"); most && as_number(value) > as_number(*most))
      breach(where, fmt::format("must be at most {}", json::serialize(*most)));
  }

  void check_array(const json::object& schema, const json::array& values, const std::string& where) {
    if (const json::value* least = schema.if_contains("minItems");
        least && values.size() < least->to_number<std::size_t>())
      breach(where, fmt::format("must have at least {} items", least->to_number<std::size_t>()));
    if (const json::value* most = schema.if_contains("maxItems");
        most && values.size() > most->to_number<std::size_t>()) {
      breach(where, fmt::format("must have at most {} items", most->to_number<std::size_t>()));
      return;
    }
    if (schema.contains("uniqueItems")) {
      for (std::size_t i = 1; i < values.size(); ++i) {
        if (std::find(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(i), values[i]) !=
            values.begin() + static_cast<std::ptrdiff_t>(i)) {
          breach(where, "has the same item twice");
          break;
        }
      }
    }
    if (const json::value* items = schema.if_contains("items")) {
      for (std::size_t i = 0; i < values.size(); ++i)
        check(items->as_object(), values[i], fmt::format("{}/{}", where, i));
    }
  }

  void check_object(const json::object& schema, const json::object& value, const std::string& where) {
    if (const json::value* required = schema.if_contains("required")) {
      for (const json::value& name : required->as_array()) {
        if (!value.contains(name.as_string()))
          breach(where, fmt::format("lacks the member {}", view(name.as_string())));
      }
    }
    const json::value* properties = schema.if_contains("properties");
    const json::value* additional = schema.if_contains("additionalProperties");
    for (const auto& member : value) {
      const std::string inside = where + "/" + escaped(std::string_view(member.key().data(), member.key().size()));
      const json::value* known = properties != nullptr ? properties->as_object().if_contains(member.key()) : nullptr;
      if (known != nullptr) {
        check(known->as_object(), member.value(), inside);
      } else if (additional != nullptr && additional->is_object()) {
        check(additional->as_object(), member.value(), inside);
      } else if (additional != nullptr) {
        breach(inside, "is not known here");
      }
    }
  }

  static std::string escaped(std::string_view name) {
    std::string text;
    for (const char c : name)
      text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return text;
  }

  const Schema& root_;
  std::vector<Breach> breaches_;
};

/// `digits` decimal digits, taken off the text.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits || !std::ranges::all_of(text.substr(0, digits), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  int number = 0;
  std::from_chars(text.data(), text.data() + digits, number);
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos)
    return false;
  text.remove_prefix(1);
  return true;
}

/// Seconds east of UTC.
std::optional<std::int64_t> take_offset(std::string_view& text) {
  if (take(text, "Zz"))
    return 0;
  const bool west = text.starts_with('-');
  if (!take(text, "+-"))
    return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || !take(text, ":"))
    return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59)
    return std::nullopt;
  const std::int64_t seconds = *hours * 3600 + *minutes * 60;
  return west ? -seconds : seconds;
}

}  // namespace

std::vector<Breach> check_against(const Schema& schema, const json::value& value) {
  Checker checker(schema);
  checker.check(schema.document(), value, "");
  return checker.take();
}

std::optional<std::int64_t> parse_time(std::string_view text) {
  namespace chrono = std::chrono;
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-"))
    return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-"))
    return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !take(text, "Tt "))
    return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ":"))
    return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || !take(text, ":"))
    return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second)
    return std::nullopt;
  if (take(text, ".")) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0)
      return std::nullopt;
    text.remove_prefix(digits);
  }
  const auto offset = take_offset(text);
  const chrono::year_month_day date{chrono::year(*year), chrono::month(static_cast<unsigned>(*month)),
                                    chrono::day(static_cast<unsigned>(*day))};
  if (!offset || !text.empty() || !date.ok() || *hour > 23 || *minute > 59 || *second > 60)
    return std::nullopt;
  const auto days = chrono::sys_days(date).time_since_epoch();
  return chrono::duration_cast<chrono::seconds>(days).count() + *hour * 3600 + *minute * 60 + *second - *offset;
}

}  // namespace ledgram::api
