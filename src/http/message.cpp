#include "ledgram/http/message.hpp"

#include "ledgram/http/text.hpp"

#include <algorithm>
#include <array>

namespace ledgram::http {
namespace {

constexpr std::array<std::pair<Method, std::string_view>, 7> kMethods{{{Method::Get, "GET"},
                                                                       {Method::Head, "HEAD"},
                                                                       {Method::Post, "POST"},
                                                                       {Method::Put, "PUT"},
                                                                       {Method::Patch, "PATCH"},
                                                                       {Method::Delete, "DELETE"},
                                                                       {Method::Options, "OPTIONS"}}};

}  // namespace

std::string_view name_of(Method method) {
  const auto* found = std::ranges::find(kMethods, method, &std::pair<Method, std::string_view>::first);
  return found != kMethods.end() ? found->second : "?";
}

Method method_named(std::string_view name) {
  const auto* found = std::ranges::find(kMethods, name, &std::pair<Method, std::string_view>::second);
  return found != kMethods.end() ? found->first : Method::Other;
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  const auto found =
      std::ranges::find_if(fields_, [name](const Field& field) { return equal_ignoring_case(field.name, name); });
  return found != fields_.end() ? std::optional<std::string_view>(found->value) : std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(fields_, [name](const Field& field) { return equal_ignoring_case(field.name, name); }));
}

std::string Headers::joined(std::string_view name) const {
  std::string all;
  for (const Field& field : fields_) {
    if (!equal_ignoring_case(field.name, name))
      continue;
    if (!all.empty())
      all += ", ";
    all += field.value;
  }
  return all;
}

void Headers::set(std::string name, std::string value) {
  std::erase_if(fields_, [&](const Field& field) { return equal_ignoring_case(field.name, name); });
  add(std::move(name), std::move(value));
}

std::optional<std::string_view> Request::cookie(std::string_view name) const {
  for (const Headers::Field& field : headers) {
    if (!equal_ignoring_case(field.name, "Cookie"))
      continue;
    for (const std::string_view pair : split(field.value, ';')) {
      const std::size_t sign = pair.find('=');
      if (sign != std::string_view::npos && trim(pair.substr(0, sign)) == name)
        return trim(pair.substr(sign + 1));
    }
  }
  return std::nullopt;
}

}  // namespace ledgram::http
