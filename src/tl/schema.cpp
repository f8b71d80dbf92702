#include "ledgram/tl/schema.hpp"

#include "ledgram/tl/schema_parser.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ledgram::tl {
namespace {

struct KindName {
  Kind kind;
  std::string_view name;
};

constexpr KindName kScalarNames[] = {{Kind::Flags, "#"},     {Kind::True, "true"},      {Kind::Int, "int"},
                                     {Kind::Long, "long"},   {Kind::Double, "double"},  {Kind::String, "string"},
                                     {Kind::Bytes, "bytes"}, {Kind::Bits128, "int128"}, {Kind::Bits256, "int256"},
                                     {Kind::Bool, "Bool"},   {Kind::Any, "Object"}};

}  // namespace

Result<Schema, TlError> Schema::parse(std::string_view text) {
  return SchemaParser(text).run();
}

const Combinator* Schema::find(std::uint32_t id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &combinators_[found->second];
}

const Combinator* Schema::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &combinators_[found->second];
}

Result<Type, TlError> Schema::type(std::string_view text) const {
  for (const KindName& scalar : kScalarNames) {
    if (scalar.name == text)
      return Type{scalar.kind, 0};
  }
  if (const auto found = types_by_name_.find(text); found != types_by_name_.end()) {
    return Type{Kind::Boxed, found->second};
  }
  if (text.starts_with("Vector<") && text.ends_with('>')) {
    Result<Type, TlError> inner = type(text.substr(7, text.size() - 8));
    if (!inner)
      return inner;
    const auto element = std::ranges::find(element_types_, *inner);
    if (element != element_types_.end()) {
      return Type{Kind::Vector, static_cast<std::uint32_t>(element - element_types_.begin())};
    }
  }
  return std::unexpected(TlError{{TlErrc::BadSchema, fmt::format("the schema has no type {}", text)}});
}

std::string Schema::type_name(Type type) const {
  switch (type.kind) {
    case Kind::Boxed:
      return types_[type.index].name;
    case Kind::Bare:
      return combinators_[type.index].name;
    case Kind::Vector:
      return fmt::format("Vector<{}>", type_name(element_types_[type.index]));
    case Kind::BareVector:
      return fmt::format("vector<{}>", type_name(element_types_[type.index]));
    default:
      return std::string(std::ranges::find(kScalarNames, type.kind, &KindName::kind)->name);
  }
}

std::size_t min_size(const Schema& schema, Type type) {
  switch (type.kind) {
    case Kind::True:
      return 0;
    case Kind::Long:
    case Kind::Double:
    case Kind::Vector:  // the id and the count
      return 8;
    case Kind::Bits128:
      return 16;
    case Kind::Bits256:
      return 32;
    case Kind::Bare:
      return schema.combinators()[type.index].min_size;
    default:
      return 4;
  }
}

}  // namespace ledgram::tl
