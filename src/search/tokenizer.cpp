#include "ledgram/search/tokenizer.hpp"

#include "ledgram/ledger/sqlite.hpp"

#include <sqlite3.h>

#include <array>
#include <utility>

namespace ledgram::search {

namespace sqlite = ledger::sqlite;

// U+02BC, the apostrophe of Ukrainian keyboards, counts as a letter in Unicode; all others separate by themselves.
const char* const kTokenizerArguments = "unicode61 remove_diacritics 2 separators '\u02bc'";

namespace {

constexpr std::array kArguments = {"remove_diacritics", "2", "separators", "\u02bc"};

[[noreturn]] void fail(std::string_view what) {
  sqlite::fail(ledger::LedgerErrc::Internal, "SQLite's full-text search cannot be used (" + std::string(what) +
                                                 "); install an SQLite that was built with FTS5");
}

fts5_api* find_api(sqlite3* connection) {
  fts5_api* api = nullptr;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(connection, "SELECT fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
    sqlite3_bind_pointer(statement, 1, static_cast<void*>(&api), "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
  }
  sqlite3_finalize(statement);
  return api;
}

int keep_token(void* context, int flags, const char* word, int length, int begin, int end) {
  auto& tokens = *static_cast<std::vector<Token>*>(context);
  if ((flags & FTS5_TOKEN_COLOCATED) == 0) {
    tokens.push_back({std::string(word, static_cast<std::size_t>(length)), static_cast<std::size_t>(begin),
                      static_cast<std::size_t>(end)});
  }
  return SQLITE_OK;
}

}  // namespace

struct Tokenizer::Handles {
  Handles() : memory(":memory:", sqlite::Access::ReadWrite, {}) {
    fts5_api* api = find_api(memory.native());
    if (api == nullptr)
      fail("there is no FTS5");
    void* user_data = nullptr;
    if (api->xFindTokenizer(api, "unicode61", &user_data, &methods) != SQLITE_OK)
      fail("there is no tokenizer unicode61");
    auto arguments = kArguments;
    if (methods.xCreate(user_data, arguments.data(), static_cast<int>(arguments.size()), &tokenizer) != SQLITE_OK)
      fail("its tokenizer refuses our settings");
  }
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    if (tokenizer != nullptr)
      methods.xDelete(tokenizer);
  }

  sqlite::Connection memory;  ///< owns the methods
  fts5_tokenizer methods{};
  Fts5Tokenizer* tokenizer = nullptr;
};

Tokenizer::Tokenizer() : handles_(std::make_unique<Handles>()) {}
Tokenizer::Tokenizer(Tokenizer&&) noexcept = default;
Tokenizer& Tokenizer::operator=(Tokenizer&&) noexcept = default;
Tokenizer::~Tokenizer() = default;

std::vector<Token> Tokenizer::tokens(std::string_view text) const {
  std::vector<Token> found;
  const std::string prepared = same_letters(text);
  if (handles_->methods.xTokenize(handles_->tokenizer, static_cast<void*>(&found), FTS5_TOKENIZE_DOCUMENT,
                                  prepared.data(), static_cast<int>(prepared.size()), keep_token) != SQLITE_OK)
    fail("its tokenizer failed");
  return found;
}

std::string same_letters(std::string_view text) {
  std::string result(text);
  const auto replace = [&result](std::string_view letter, std::string_view with) {
    for (std::size_t at = result.find(letter); at != std::string::npos; at = result.find(letter, at + with.size()))
      result.replace(at, letter.size(), with);
  };
  static_assert(std::string_view("\u0451").size() == std::string_view("\u0435").size());
  replace("\u0451", "\u0435");
  replace("\u0401", "\u0415");
  return result;
}

}  // namespace ledgram::search
