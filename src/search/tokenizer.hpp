#pragma once

/// What a word is: SQLite's unicode61 tokenizer, the one that the index is made with, so that what is found and what is
/// marked are the same words.
///
/// Case does not matter, nor do accents on Latin letters, nor whether the Russian yo has its dots. Apostrophes of all
/// kinds separate, so that a Ukrainian word is found however its apostrophe was typed.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::search {

/// The arguments of `CREATE VIRTUAL TABLE ... USING fts5(tokenize = ...)`.
extern const char* const kTokenizerArguments;

/// Letters that are the same for a reader become the same; each stays as many bytes long as it was. Texts go through
/// this before they are indexed or looked for.
std::string same_letters(std::string_view text);

struct Token {
  std::string word;       ///< as the index has it
  std::size_t begin = 0;  ///< in bytes of the text
  std::size_t end = 0;

  friend bool operator==(const Token&, const Token&) = default;
};

/// Not thread-safe; each thread has its own.
class Tokenizer {
 public:
  /// Throws Failure<LedgerError> if this SQLite has no FTS5.
  Tokenizer();
  Tokenizer(Tokenizer&&) noexcept;
  Tokenizer& operator=(Tokenizer&&) noexcept;
  ~Tokenizer();

  [[nodiscard]] std::vector<Token> tokens(std::string_view text) const;

 private:
  struct Handles;
  std::unique_ptr<Handles> handles_;
};

}  // namespace ledgram::search
