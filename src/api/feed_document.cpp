#include "ledgram/api/feed_document.hpp"

#include "ledgram/api/post_text.hpp"
#include "ledgram/base/iso_time.hpp"
#include "ledgram/base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace ledgram::api {
namespace {

/// Characters of a title; readers show one line.
constexpr std::size_t kTitleCharacters = 100;

/// What XML 1.0, 2.2 calls no character: control characters, U+FFFE and U+FFFF.
bool is_no_character(std::string_view rest) {
  const auto first = static_cast<std::uint8_t>(rest.front());
  if (first < 0x20)
    return first != '\t' && first != '\n' && first != '\r';
  return rest.starts_with("\xef\xbf\xbe") || rest.starts_with("\xef\xbf\xbf");
}

std::size_t length_of(char first) {
  const auto byte = static_cast<std::uint8_t>(first);
  if (byte < 0x80)
    return 1;
  if (byte < 0xe0)
    return 2;
  return byte < 0xf0 ? 3 : 4;
}

/// The first line, cut between characters.
std::string title_of(const ledger::Post& post) {
  const std::string text = to_valid_utf8(post.message.text);
  const std::size_t line_end = std::min(text.find('\n'), text.size());
  std::size_t end = 0;
  for (std::size_t count = 0; end < line_end && count < kTitleCharacters; ++count)
    end += length_of(text[end]);
  if (end == 0)
    return fmt::format("[{}]", post.message.media_kind.empty() ? "post" : post.message.media_kind);
  return text.substr(0, end) + (end < line_end ? "…" : "");
}

/// HTML of the text: escaped once as HTML here, and once more as XML where it is put in.
std::string html_of(const ledger::Post& post) {
  std::string html = xml_escaped(post.message.text);
  for (std::size_t at = html.find('\n'); at != std::string::npos; at = html.find('\n', at))
    html.replace(at, 1, "<br>");
  return html;
}

std::string tag_of(const ledger::Post& post) {
  return fmt::format("tag:t.me,2013:{}/{}", post.message.channel.value(), post.message.number.value());
}

std::string author_of(const ledger::Post& post) {
  if (!post.message.post_author.empty())
    return post.message.post_author;
  return post.channel_title.empty() ? post.channel_username : post.channel_title;
}

/// RFC 822, with a year of four digits.
std::string rfc822(ledger::UnixSeconds time) {
  using namespace std::chrono;
  constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds moment{seconds(time)};
  const auto day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss clock(moment - day);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays.at(weekday(day).c_encoding()),
                     static_cast<unsigned>(date.day()), kMonths.at(static_cast<unsigned>(date.month()) - 1),
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

ledger::UnixSeconds changed_at(const ledger::Post& post) {
  return std::max(post.message.edit_date, post.message.date);
}

ledger::UnixSeconds changed_at(const FeedDocument& feed) {
  ledger::UnixSeconds newest = feed.created;
  for (const ledger::Post& post : feed.posts)
    newest = std::max(newest, changed_at(post));
  return newest;
}

void element(std::string& out, std::string_view name, std::string_view text) {
  out += fmt::format("<{0}>{1}</{0}>\n", name, xml_escaped(text));
}

}  // namespace

std::string xml_escaped(std::string_view text) {
  const std::string valid = to_valid_utf8(text);
  std::string out;
  out.reserve(valid.size() + valid.size() / 8);
  for (std::string_view rest = valid; !rest.empty();) {
    const std::size_t length = length_of(rest.front());
    if (!is_no_character(rest)) {
      switch (rest.front()) {
        case '&':
          out += "&amp;";
          break;
        case '<':
          out += "&lt;";
          break;
        case '>':
          out += "&gt;";
          break;
        case '"':
          out += "&quot;";
          break;
        case '\'':
          out += "&#39;";
          break;
        default:
          out += rest.substr(0, length);
      }
    }
    rest.remove_prefix(length);
  }
  return out;
}

std::string rss_text(const FeedDocument& feed) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" "
      "xmlns:atom=\"http://www.w3.org/2005/Atom\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel>\n";
  element(out, "title", feed.title);
  element(out, "link", feed.link);
  element(out, "description", feed.title);
  element(out, "generator", "Ledgram");
  element(out, "lastBuildDate", rfc822(changed_at(feed)));
  out += fmt::format("<atom:link href=\"{}\" rel=\"self\" type=\"application/rss+xml\"/>\n", xml_escaped(feed.link));
  for (const ledger::Post& post : feed.posts) {
    out += "<item>\n";
    element(out, "title", title_of(post));
    element(out, "link", post_url(post));
    out += fmt::format("<guid isPermaLink=\"false\">{}</guid>\n", xml_escaped(tag_of(post)));
    element(out, "pubDate", rfc822(post.message.date));
    element(out, "dc:creator", author_of(post));
    element(out, "description", html_of(post));
    out += "</item>\n";
  }
  out += "</channel>\n</rss>\n";
  return out;
}

std::string atom_text(const FeedDocument& feed) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n";
  element(out, "title", feed.title);
  element(out, "id", feed.id);
  element(out, "updated", iso8601(changed_at(feed)));
  element(out, "generator", "Ledgram");
  out += fmt::format("<link rel=\"self\" href=\"{}\"/>\n", xml_escaped(feed.link));
  for (const ledger::Post& post : feed.posts) {
    out += "<entry>\n";
    element(out, "title", title_of(post));
    element(out, "id", tag_of(post));
    element(out, "published", iso8601(post.message.date));
    element(out, "updated", iso8601(changed_at(post)));
    out += fmt::format("<link rel=\"alternate\" href=\"{}\"/>\n<author><name>{}</name></author>\n",
                       xml_escaped(post_url(post)), xml_escaped(author_of(post)));
    out += fmt::format("<content type=\"html\">{}</content>\n</entry>\n", xml_escaped(html_of(post)));
  }
  out += "</feed>\n";
  return out;
}

}  // namespace ledgram::api
