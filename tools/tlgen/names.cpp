#include "names.hpp"

#include <algorithm>
#include <array>

namespace ledgram::tlgen {
namespace {

using tl::Kind;

constexpr std::array<std::string_view, 97> kKeywords{
    "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char",
    "char16_t", "char32_t", "char8_t", "class", "co_await", "co_return", "co_yield", "compl", "concept", "const",
    "const_cast", "consteval", "constexpr", "constinit", "continue", "decltype", "default", "delete", "do", "double",
    "dynamic_cast", "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if",
    "inline", "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or",
    "or_eq", "private", "protected", "public", "register", "reinterpret_cast", "requires", "return", "short", "signed",
    "sizeof", "static", "static_assert", "static_cast", "struct", "switch", "template", "this", "thread_local", "throw",
    "true", "try", "typedef", "typeid", "typename", "union", "unsigned", "using", "virtual", "void", "volatile",
    "wchar_t", "while", "xor", "xor_eq",
    // and names that the generated code itself uses inside the structures:
    "read_body", "write_body", "std", "tl", "ledgram"};

}  // namespace

std::string identifier(std::string_view name) {
  std::string result(name);
  std::ranges::replace(result, '.', '_');
  if (std::ranges::find(kKeywords, result) != kKeywords.end())
    result += '_';
  return result;
}

std::string cpp_type(const tl::Schema& schema, tl::Type type) {
  switch (type.kind) {
    case Kind::Flags:
      return "std::uint32_t";
    case Kind::True:
    case Kind::Bool:
      return "bool";
    case Kind::Int:
      return "std::int32_t";
    case Kind::Long:
      return "std::int64_t";
    case Kind::Double:
      return "double";
    case Kind::String:
      return "std::string";
    case Kind::Bytes:
      return "::ledgram::Bytes";
    case Kind::Bits128:
      return "tl::Int128";
    case Kind::Bits256:
      return "tl::Int256";
    case Kind::Boxed:
      return identifier(schema.types()[type.index].name);
    case Kind::Bare:
      return identifier(schema.combinators()[type.index].name);
    case Kind::Vector:
    case Kind::BareVector:
      return "std::vector<" + cpp_type(schema, schema.element_types()[type.index]) + ">";
    case Kind::Any:
      break;
  }
  return "tl::RawObject";
}

std::string member_type(const tl::Schema& schema, const tl::Field& field) {
  const std::string plain = cpp_type(schema, field.type);
  const bool empty_able = field.type.kind == Kind::True || field.type.kind == Kind::Boxed;
  return field.optional() && !empty_able ? "std::optional<" + plain + ">" : plain;
}

}  // namespace ledgram::tlgen
