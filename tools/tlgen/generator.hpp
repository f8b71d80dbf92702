#pragma once

/// Writes C++ for a schema: one header with everything, sources ("shards") that share the work of the compiler, and
/// one source with the table of all constructors. Text only; main.cpp puts it into files.

#include "ledgram/tl/schema.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::tlgen {

class Generator {
 public:
  /// `space` is the last part of the namespace (ledgram::tl::SPACE) and the name of the header (ledgram/tl/SPACE.hpp).
  /// Both arguments outlive the generator.
  Generator(const tl::Schema& schema, std::string_view space) : schema_(schema), space_(space) {}

  /// Two of Telegram's names that become the same C++ name; empty if all is well. Check before anything else.
  [[nodiscard]] std::string name_clash() const;

  [[nodiscard]] std::string header() const;

  /// Every `count`-th combinator and type from `index` on, so that shards take the compiler about the same time.
  [[nodiscard]] std::string shard(std::size_t index, std::size_t count) const;

  [[nodiscard]] std::string registry() const;

 private:
  void emit_struct(std::string& out, const tl::Combinator& combinator) const;
  void emit_functions(std::string& out, const tl::Combinator& combinator) const;
  void emit_type(std::string& out, const tl::TypeDefinition& type) const;
  void emit_read(std::string& out, const tl::Combinator& combinator) const;
  void emit_write(std::string& out, const tl::Combinator& combinator) const;
  [[nodiscard]] std::string read_statement(const tl::Field& field, std::string_view member) const;
  [[nodiscard]] std::string write_statement(tl::Type type, std::string_view value) const;
  [[nodiscard]] std::vector<std::uint32_t> declaration_order() const;

  const tl::Schema& schema_;
  std::string_view space_;
};

}  // namespace ledgram::tlgen
