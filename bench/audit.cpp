#include "audit.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace ledgram::bench {

namespace json = boost::json;

namespace {

/// Examples of one kind; a broken run would fill the screen otherwise.
constexpr int kExamplesOfAKind = 5;

/// Telegram's constructor and the ledger's name for it (src/collect/README.md).
constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kEntityNames{{
    {"messageEntityUnknown", "unknown"},
    {"messageEntityMention", "mention"},
    {"messageEntityHashtag", "hashtag"},
    {"messageEntityBotCommand", "bot_command"},
    {"messageEntityUrl", "link"},
    {"messageEntityEmail", "email"},
    {"messageEntityBold", "bold"},
    {"messageEntityItalic", "italic"},
    {"messageEntityCode", "code"},
    {"messageEntityPre", "pre"},
    {"messageEntityTextUrl", "text_link"},
    {"messageEntityMentionName", "mention_name"},
    {"messageEntityPhone", "phone"},
    {"messageEntityCashtag", "cashtag"},
    {"messageEntityUnderline", "underline"},
    {"messageEntityStrike", "strikethrough"},
    {"messageEntityBankCard", "bank_card"},
    {"messageEntitySpoiler", "spoiler"},
    {"messageEntityCustomEmoji", "custom_emoji"},
    {"messageEntityBlockquote", "blockquote"},
}};

std::string_view ledger_name(std::string_view constructor) {
  const auto found = std::ranges::find(kEntityNames, constructor, [](const auto& pair) { return pair.first; });
  return found == kEntityNames.end() ? constructor : found->second;
}

std::string_view text_of(const json::value& value) {
  const json::string& text = value.as_string();
  return {text.data(), text.size()};
}

/// The one member that some entities have besides their place; numbers are written as texts here and there.
void add_extra(std::string& out, const json::object& entity, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const json::value* extra = entity.if_contains(name);
    if (extra == nullptr)
      continue;
    if (extra->is_string())
      out += fmt::format(" {}", text_of(*extra));
    else if (extra->is_int64())
      out += fmt::format(" {}", extra->get_int64());
  }
}

std::string write_entities(const json::array& entities) {
  std::string out;
  for (const json::value& item : entities) {
    const json::object& entity = item.as_object();
    out += fmt::format("{}{} {} {}", out.empty() ? "" : "; ", ledger_name(text_of(entity.at("type"))),
                       entity.at("offset").to_number<int>(), entity.at("length").to_number<int>());
    add_extra(out, entity, {"url", "href", "language", "user_id", "document_id"});
  }
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

/// The end of a text on one line: it tells two generated texts apart best.
std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 60;
  std::size_t begin = text.size() <= kShown ? 0 : text.size() - kShown;
  const bool cut = begin > 0;
  // Not in the middle of a character of UTF-8.
  while (begin < text.size() && cut && (static_cast<unsigned char>(text[begin]) & 0xC0U) == 0x80U)
    ++begin;
  std::string line(text.substr(begin));
  std::ranges::replace(line, '\n', ' ');
  return fmt::format("\"{}{}\"", cut ? "..." : "", line);
}

}  // namespace

std::string entities_of_truth(const json::object& message) {
  const json::value* entities = message.if_contains("entities");
  return entities == nullptr ? std::string() : write_entities(entities->as_array());
}

std::string entities_of_ledger(std::string_view json_array) {
  if (json_array.empty())
    return {};
  return write_entities(json::parse(json::string_view(json_array.data(), json_array.size())).as_array());
}

TrueMessage true_message(const json::object& message) {
  TrueMessage out;
  out.text = text_of(message.at("text"));
  out.entities = entities_of_truth(message);
  if (const json::value* date = message.if_contains("edit_date"))
    out.edit_date = date->to_number<std::int64_t>();
  return out;
}

Audit::Audit(const Truth& truth, AuditOptions options) : truth_(truth), options_(options) {}

/// Of what was there before the collector began only history counts.
bool Audit::counts(const PlaceTruth& place, std::int32_t number) const {
  return number > place.after || (options_.history && place.history);
}

void Audit::tell(std::string_view what, const PlaceTruth& place, std::int32_t number, std::string_view detail) {
  int& told = told_.emplace(what, 0).first->second;
  if (++told <= kExamplesOfAKind)
    result_.examples.push_back(
        fmt::format("{}: {}/{}{}{}", what, place.name, number, detail.empty() ? "" : " ", detail));
}

void Audit::compare(const PlaceTruth& place, const TrueMessage& there, const StoredMessage& stored) {
  const std::string_view wanted = options_.trimmed ? trim(there.text) : std::string_view(there.text);
  const std::string_view found = options_.trimmed ? trim(stored.text) : std::string_view(stored.text);
  std::string detail;
  if (found != wanted)
    detail = fmt::format("text {} instead of {}", in_quotes(found), in_quotes(wanted));
  else if (stored.edit_date != there.edit_date)
    detail = fmt::format("edited {} instead of {}", stored.edit_date, there.edit_date);
  else if (options_.entities && stored.entities != there.entities)
    detail = fmt::format("entities {} instead of {}", in_quotes(stored.entities), in_quotes(there.entities));
  else if (stored.peer != there.peer)
    detail = fmt::format("in the chat with {} instead of {}", stored.peer, there.peer);
  if (!detail.empty()) {
    ++result_.wrong_version;
    tell("wrong version", place, stored.number, detail);
  }
  if (stored.deleted) {
    ++result_.wrong_deletion;
    tell("wrong deletion", place, stored.number, "is there and marked as deleted");
  }
}

void Audit::add(const StoredMessage& stored) {
  const auto place = truth_.find(stored.place);
  if (place == truth_.end()) {
    // A place that nobody asked about, such as the private chats of an account that was given up.
    return;
  }
  const PlaceTruth& truth = place->second;
  if (!counts(truth, stored.number))
    return;
  if (seen_[stored.place][stored.number].rows++ > 0) {
    ++result_.doubled;
    tell("doubled", truth, stored.number);
    return;
  }
  if (const auto there = truth.messages.find(stored.number); there != truth.messages.end()) {
    compare(truth, there->second, stored);
  } else if (!truth.deleted.contains(stored.number)) {
    ++result_.doubled;
    tell("never was", truth, stored.number);
  } else if (!stored.deleted) {
    ++result_.wrong_deletion;
    tell("wrong deletion", truth, stored.number, "was deleted and is not marked");
  }
}

void Audit::add_news(Place place, std::int32_t number) {
  if (truth_.contains(place))
    ++seen_[place][number].news;
}

AuditResult Audit::finish() {
  for (const auto& [place, truth] : truth_) {
    auto& seen = seen_[place];
    for (const auto& [number, message] : truth.messages) {
      if (!counts(truth, number))
        continue;
      ++result_.checked;
      const Seen& found = seen[number];
      if (found.rows == 0) {
        ++result_.lost;
        tell("lost", truth, number, in_quotes(message.text));
      } else if (options_.news && truth.news && number > truth.after && found.news == 0) {
        ++result_.lost_news;
        tell("stored and not told", truth, number);
      }
    }
    if (!options_.news)
      continue;
    for (const auto& [number, found] : seen) {
      if (!counts(truth, number))
        continue;
      const std::int32_t due = number > truth.after || !truth.news ? 1 : 0;
      if (found.news > due) {
        result_.doubled_news += found.news - due;
        tell("told again", truth, number, fmt::format("{} times", found.news));
      }
    }
  }
  return std::move(result_);
}

}  // namespace ledgram::bench
