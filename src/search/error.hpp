#pragma once

/// What can go wrong with a search: only what its words are. What the disk does travels as Failure<LedgerError>.

#include "ledgram/base/error.hpp"

#include <cstdint>
#include <string_view>

namespace ledgram::search {

enum class SearchErrc : std::uint8_t {
  NoWords,  ///< nothing to look for: no words, or only excluded ones
  TooLong,  ///< more text or more words than one search may have
  Stopped,  ///< the search was given up at its deadline
};

constexpr bool is_retryable(SearchErrc code) {
  return code == SearchErrc::Stopped;
}

constexpr std::string_view name_of(SearchErrc code) {
  switch (code) {
    case SearchErrc::NoWords:
      return "no_words";
    case SearchErrc::TooLong:
      return "too_long";
    case SearchErrc::Stopped:
      return "stopped";
  }
  return "unknown";
}

using SearchError = BasicError<SearchErrc>;
using SearchFailure = Failure<SearchError>;

template <class T>
using SearchResult = Result<T, SearchError>;

}  // namespace ledgram::search
