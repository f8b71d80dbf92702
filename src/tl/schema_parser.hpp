#pragma once

/// Reads TL text into a Schema. Used by Schema::parse only.

#include "ledgram/tl/schema.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ledgram::tl {

class SchemaParser {
 public:
  explicit SchemaParser(std::string_view text) : text_(text) {}

  Result<Schema, TlError> run();

 private:
  /// One definition, cut into words, with the line it starts on.
  struct Statement {
    std::vector<std::string_view> words;
    std::uint32_t line = 0;
    Role role = Role::Constructor;
  };

  struct Stop {
    TlError error;
  };

  // The parser is small and stops at the first error, so inside of it an error is thrown (Stop).
  void split();
  void comment(std::string_view text);
  void define(const Statement& statement);
  void declare_types();
  void fill(const Statement& statement, Combinator& combinator);
  Field field(std::string_view word, const Combinator& combinator);
  Type type(std::string_view text);
  std::uint32_t element(Type type);
  void measure();
  void check_bare_recursion(std::uint32_t combinator, std::vector<std::uint8_t>& state);
  [[noreturn]] void stop(std::string_view what) const;

  std::string_view text_;
  std::uint32_t line_ = 1;  ///< of what is being looked at, for messages
  std::vector<Statement> statements_;
  Schema schema_;
};

}  // namespace ledgram::tl
