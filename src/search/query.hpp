#pragma once

/// What people type into a search: words, "phrases", beginnings of words*, and -words that must not be there.
///
/// Pure. Nothing that is typed is an error of syntax: a quotation mark without its partner ends with the text, and
/// signs without a meaning separate words.

#include "ledgram/search/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::search {

/// Words that stand one after the other, as they were typed; a single word is a phrase of one.
struct Phrase {
  std::string text;
  bool is_prefix = false;    ///< the last word may go on
  bool is_excluded = false;  ///< posts that have it are left out

  friend bool operator==(const Phrase&, const Phrase&) = default;
};

using Query = std::vector<Phrase>;

/// Bytes of a search, and phrases in it; more would only cost time.
inline constexpr std::size_t kMostQueryBytes = 1'000;
inline constexpr std::size_t kMostPhrases = 32;

/// Errors: TooLong. The phrases may hold no letter at all: what a word is, the tokenizer knows.
SearchResult<Query> parse_query(std::string_view text);

/// The expression of FTS5 that asks for `query` in the column `text`. Empty if nothing is to be looked for. Whatever
/// the phrases hold, it stays inside of FTS5's quotation marks.
std::string fts5_expression(const Query& query);

/// `text` as a string of FTS5.
std::string fts5_string(std::string_view text);

}  // namespace ledgram::search
