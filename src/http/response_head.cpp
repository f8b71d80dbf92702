#include "ledgram/http/response_head.hpp"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>

namespace ledgram::http {
namespace {

bool is_safe(std::string_view text) {
  return std::ranges::none_of(text,
                              [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

}  // namespace

std::string_view reason_of(unsigned status) {
  const auto known = boost::beast::http::int_to_status(status);
  if (known == boost::beast::http::status::unknown)
    return "Unknown";
  const auto text = boost::beast::http::obsolete_reason(known);
  return {text.data(), text.size()};
}

std::string head_text(unsigned status, const Headers& headers) {
  std::string text;
  text.reserve(512);
  text += "HTTP/1.1 ";
  text += std::to_string(status);
  text += ' ';
  text += reason_of(status);
  text += "\r\n";
  for (const Headers::Field& field : headers) {
    if (field.name.empty() || !is_safe(field.name) || !is_safe(field.value))
      continue;
    text += field.name;
    text += ": ";
    text += field.value;
    text += "\r\n";
  }
  text += "\r\n";
  return text;
}

}  // namespace ledgram::http
