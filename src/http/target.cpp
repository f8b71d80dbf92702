#include "ledgram/http/target.hpp"

#include "ledgram/base/utf8.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace ledgram::http {
namespace {

namespace urls = boost::urls;

bool is_clean(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return is_valid_utf8(text) && std::ranges::none_of(text, is_control);
}

}  // namespace

std::optional<Target> parse_target(std::string_view text) {
  const auto parsed = text.starts_with('/') ? urls::parse_origin_form(text) : urls::parse_absolute_uri(text);
  if (!parsed)
    return std::nullopt;
  const urls::url_view& url = *parsed;
  Target target;
  target.path = std::string(url.encoded_path());
  if (target.path.empty())
    target.path = "/";
  for (const auto& segment : url.segments())
    target.segments.emplace_back(segment);
  // "/" alone has one empty segment.
  if (target.segments.size() == 1 && target.segments.front().empty())
    target.segments.clear();
  urls::encoding_opts options;
  options.space_as_plus = true;
  if (url.has_query()) {
    for (const auto& item : url.params(options))
      target.query.push_back({std::string(item.key), std::string(item.value)});
  }
  const bool clean =
      std::ranges::all_of(target.segments, is_clean) && std::ranges::all_of(target.query, [](const QueryItem& item) {
        return is_valid_utf8(item.name) && is_valid_utf8(item.value);
      });
  return clean ? std::optional(std::move(target)) : std::nullopt;
}

}  // namespace ledgram::http
