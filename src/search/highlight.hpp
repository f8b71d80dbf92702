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

/// Every place of every phrase that is not excluded, in order, none within another.
std::vector<Highlight> highlights(const Tokenizer& tokenizer, const Query& query, std::string_view text);

}  // namespace ledgram::search
