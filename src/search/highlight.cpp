#include "ledgram/search/highlight.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace ledgram::search {
namespace {

using ByteRange = std::pair<std::size_t, std::size_t>;

bool stands_at(const std::vector<Token>& text, std::size_t at, const std::vector<Token>& phrase, bool is_prefix) {
  if (text.size() - at < phrase.size())
    return false;
  for (std::size_t i = 0; i < phrase.size(); ++i) {
    const bool may_go_on = is_prefix && i + 1 == phrase.size();
    const std::string& word = text[at + i].word;
    if (may_go_on ? !word.starts_with(phrase[i].word) : word != phrase[i].word)
      return false;
  }
  return true;
}

void join_overlapping(std::vector<ByteRange>& ranges) {
  std::ranges::sort(ranges);
  std::vector<ByteRange> joined;
  for (const ByteRange& range : ranges) {
    if (!joined.empty() && range.first < joined.back().second) {
      joined.back().second = std::max(joined.back().second, range.second);
    } else {
      joined.push_back(range);
    }
  }
  ranges = std::move(joined);
}

/// Code units that the bytes from `begin` to `end` make in UTF-16.
std::size_t utf16_length(std::string_view text, std::size_t begin, std::size_t end) {
  std::size_t length = 0;
  for (const char letter : text.substr(begin, end - begin)) {
    const auto byte = static_cast<std::uint8_t>(letter);
    if ((byte & 0xc0U) != 0x80U)
      length += byte >= 0xf0U ? 2 : 1;
  }
  return length;
}

}  // namespace

Query searchable(const Tokenizer& tokenizer, Query query) {
  constexpr std::size_t kShortestBeginning = 3;
  std::erase_if(query, [&](Phrase& phrase) {
    const std::vector<Token> words = tokenizer.tokens(phrase.text);
    if (words.empty())
      return true;
    const std::string& last = words.back().word;
    if (utf16_length(last, 0, last.size()) < kShortestBeginning)
      phrase.is_prefix = false;
    return false;
  });
  return query;
}

std::vector<Highlight> highlights(const Tokenizer& tokenizer, const Query& query, std::string_view text) {
  const std::vector<Token> words = tokenizer.tokens(text);
  std::vector<ByteRange> ranges;
  for (const Phrase& phrase : searchable(tokenizer, query)) {
    if (phrase.is_excluded)
      continue;
    const std::vector<Token> wanted = tokenizer.tokens(phrase.text);
    for (std::size_t at = 0; at < words.size(); ++at) {
      if (stands_at(words, at, wanted, phrase.is_prefix))
        ranges.emplace_back(words[at].begin, words[at + wanted.size() - 1].end);
    }
  }
  join_overlapping(ranges);
  std::vector<Highlight> result;
  std::size_t byte = 0;
  std::size_t offset = 0;
  for (const auto& [begin, end] : ranges) {
    offset += utf16_length(text, byte, begin);
    const std::size_t length = utf16_length(text, begin, end);
    result.push_back({offset, length});
    offset += length;
    byte = end;
  }
  return result;
}

}  // namespace ledgram::search
