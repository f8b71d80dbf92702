#pragma once

/// A TL schema as tables: what tools/tlgen generates code from, and what the JSON codec walks at run time.
///
/// The text is the usual one (core.telegram.org/mtproto/TL): `name#id field:type ... = Type;`, `---functions---`,
/// `// LAYER 223`. Definitions of the language itself (`int ? = Int;`, `vector ... [ t ]`, Bool) are accepted and
/// skipped. A schema is immutable after parse(), so threads may share it.

#include "ledgram/tl/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ledgram::tl {

enum class Kind : std::uint8_t {
  Flags,  ///< `#`: 32 bits that say which fields follow
  True,   ///< `flags.N?true`: takes no bytes
  Int,
  Long,
  Double,
  String,
  Bytes,
  Bits128,  ///< int128
  Bits256,  ///< int256
  Bool,
  Boxed,       ///< an abstract type; `index` into types()
  Bare,        ///< a constructor without its id; `index` into combinators()
  Vector,      ///< boxed; `index` of the element's type into element_types()
  BareVector,  ///< without the id of vector
  Any,         ///< `!X`, `Object`: one boxed object of a type that the schema leaves open
};

/// The type of a field, a result or an element of a vector.
struct Type {
  Kind kind = Kind::Any;
  std::uint32_t index = 0;

  friend bool operator==(const Type&, const Type&) = default;
};

struct Field {
  static constexpr std::int16_t kNotOptional = -1;

  std::string name;
  Type type;
  std::int16_t flags_field = kNotOptional;  ///< index of the Flags field that this one depends on
  std::uint8_t bit = 0;

  [[nodiscard]] bool optional() const { return flags_field != kNotOptional; }
};

enum class Role : std::uint8_t { Constructor, Method };

/// A constructor or a method.
struct Combinator {
  std::uint32_t id = 0;
  Role role = Role::Constructor;
  std::string name;  ///< Telegram's, with the dot
  std::vector<Field> fields;
  Type result;               ///< of a constructor: its abstract type, or Any for constructors of `Object`
  std::uint32_t line = 0;    ///< of the text, from 1
  std::size_t min_size = 0;  ///< the fewest bytes its fields take, its id not counted
};

/// An abstract type.
struct TypeDefinition {
  std::string name;
  std::vector<std::uint32_t> constructors;  ///< indexes into combinators(), in the order of the text

  /// The constructor that stands for "nothing" where an object must be written and none is given: the one whose
  /// required fields nest least. kNone if every constructor needs itself.
  static constexpr std::uint32_t kNone = 0xffffffff;
  std::uint32_t plainest = kNone;
};

class Schema {
 public:
  /// BadSchema with the line for text that breaks the grammar, names an unknown type, or uses an id or name twice.
  static Result<Schema, TlError> parse(std::string_view text);

  Schema(Schema&&) noexcept = default;
  Schema& operator=(Schema&&) noexcept = default;

  /// From the comment `// LAYER N`; 0 without one.
  [[nodiscard]] std::int32_t layer() const { return layer_; }

  /// In the order of the text.
  [[nodiscard]] const std::vector<Combinator>& combinators() const { return combinators_; }
  [[nodiscard]] const std::vector<TypeDefinition>& types() const { return types_; }
  /// Of vectors; Type::index refers to it.
  [[nodiscard]] const std::vector<Type>& element_types() const { return element_types_; }

  /// nullptr if there is none. Names are unique over constructors and methods.
  [[nodiscard]] const Combinator* find(std::uint32_t id) const;
  [[nodiscard]] const Combinator* find(std::string_view name) const;

  /// A type by its text: "messages.Messages", "Vector<User>", "Bool", "int". BadSchema if the schema has no such type
  /// or no field or result of such a vector type.
  [[nodiscard]] Result<Type, TlError> type(std::string_view text) const;

  /// For messages: "Vector<User>".
  [[nodiscard]] std::string type_name(Type type) const;

 private:
  friend class SchemaParser;
  Schema() = default;

  std::int32_t layer_ = 0;
  std::vector<Combinator> combinators_;
  std::vector<TypeDefinition> types_;
  std::vector<Type> element_types_;
  // Keys are views of the names above, whose memory does not move with the Schema.
  std::unordered_map<std::uint32_t, std::uint32_t> by_id_;
  std::unordered_map<std::string_view, std::uint32_t> by_name_;
  std::unordered_map<std::string_view, std::uint32_t> types_by_name_;
};

/// Bytes that one value of a type takes at least.
[[nodiscard]] std::size_t min_size(const Schema& schema, Type type);

}  // namespace ledgram::tl
