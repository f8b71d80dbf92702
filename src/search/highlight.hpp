#pragma once

/// Where in a text the words of a search stand.

#include "ledgram/search/query.hpp"
#include "ledgram/search/tokenizer.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace ledgram::search {

/// In UTF-16 code units, as the entities of a message and the strings of JavaScript count.
struct Highlight {
  std::size_t offset = 0;
  std::size_t length = 0;

  friend bool operator==(const Highlight&, const Highlight&) = default;
};

/// The phrases that can be looked for: without those that hold no word, and without the star after a beginning of fewer
/// than three letters, which so many words have that it finds everything and takes long.
Query searchable(const Tokenizer& tokenizer, Query query);

/// Every place of every phrase that is not excluded, in order, none within another.
std::vector<Highlight> highlights(const Tokenizer& tokenizer, const Query& query, std::string_view text);

}  // namespace ledgram::search
