#include "ledgram/search/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace ledgram::search {
namespace {

bool is_space(char letter) {
  return static_cast<unsigned char>(letter) <= ' ';
}

/// Quotation marks that people type or that their keyboards put in, each as one character.
struct Quote {
  std::string_view mark;
};
constexpr Quote kQuotes[] = {{"\""}, {"\u201c"}, {"\u201d"}, {"\u201e"}, {"\u00ab"}, {"\u00bb"}};

std::size_t quote_length(std::string_view text) {
  for (const Quote& quote : kQuotes) {
    if (text.starts_with(quote.mark))
      return quote.mark.size();
  }
  return 0;
}

/// Cuts the text into phrases from left to right.
class Parser {
 public:
  explicit Parser(std::string_view text) : rest_(text) {}

  std::optional<Phrase> next() {
    while (!rest_.empty() && is_space(rest_.front()))
      rest_.remove_prefix(1);
    if (rest_.empty())
      return std::nullopt;
    Phrase phrase;
    if (rest_.front() == '-' && rest_.size() > 1 && !is_space(rest_[1])) {
      phrase.is_excluded = true;
      rest_.remove_prefix(1);
    }
    const std::size_t opening = quote_length(rest_);
    if (opening > 0) {
      rest_.remove_prefix(opening);
      phrase.text = take_until_quote();
    } else {
      phrase.text = take_word();
    }
    if (!rest_.empty() && rest_.front() == '*') {
      phrase.is_prefix = true;
      while (!rest_.empty() && rest_.front() == '*')
        rest_.remove_prefix(1);
    }
    return phrase;
  }

 private:
  std::string take_until_quote() {
    std::size_t end = 0;
    while (end < rest_.size() && quote_length(rest_.substr(end)) == 0)
      ++end;
    std::string taken(rest_.substr(0, end));
    rest_.remove_prefix(end);
    rest_.remove_prefix(quote_length(rest_));
    return taken;
  }

  std::string take_word() {
    std::size_t end = 0;
    while (end < rest_.size() && !is_space(rest_[end]) && rest_[end] != '*' && quote_length(rest_.substr(end)) == 0)
      ++end;
    std::string taken(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return taken;
  }

  std::string_view rest_;
};

std::string joined(const Query& query, bool excluded, std::string_view between) {
  std::string text;
  for (const Phrase& phrase : query) {
    if (phrase.is_excluded != excluded)
      continue;
    if (!text.empty())
      text += between;
    text += fts5_string(phrase.text);
    if (phrase.is_prefix)
      text += " *";
  }
  return text;
}

}  // namespace

SearchResult<Query> parse_query(std::string_view text) {
  if (text.size() > kMostQueryBytes) {
    return std::unexpected(
        SearchError{SearchErrc::TooLong,
                    fmt::format("the search has {} bytes; at most {} are looked for", text.size(), kMostQueryBytes)});
  }
  Query query;
  Parser parser(text);
  while (auto phrase = parser.next()) {
    if (phrase->text.empty())
      continue;
    if (query.size() == kMostPhrases) {
      return std::unexpected(
          SearchError{SearchErrc::TooLong, fmt::format("the search has more than {} words or phrases", kMostPhrases)});
    }
    query.push_back(std::move(*phrase));
  }
  return query;
}

std::string fts5_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    // SQLite takes a zero for the end of the expression.
    if (letter == '\0') {
      quoted += ' ';
      continue;
    }
    if (letter == '"')
      quoted += '"';
    quoted += letter;
  }
  quoted += '"';
  return quoted;
}

std::string fts5_expression(const Query& query) {
  const std::string wanted = joined(query, false, " AND ");
  if (wanted.empty())
    return {};
  const std::string unwanted = joined(query, true, " OR ");
  if (unwanted.empty())
    return fmt::format("{{text}} : ({})", wanted);
  return fmt::format("{{text}} : (({}) NOT ({}))", wanted, unwanted);
}

}  // namespace ledgram::search
