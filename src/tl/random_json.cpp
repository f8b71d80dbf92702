#include "ledgram/tl/random_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <string>

namespace ledgram::tl {
namespace {

namespace json = boost::json;

constexpr unsigned kDeepest = 4;

class Generator {
 public:
  Generator(const Schema& schema, RandomSource& random) : schema_(schema), random_(random) {}

  json::value object(const Combinator& combinator, OptionalFields optional, unsigned depth) {
    json::object object;
    object.emplace("_", combinator.name);
    // Fields that share a bit are there together or not at all.
    std::vector<std::uint32_t> words;
    for (std::size_t i = 0; i < combinator.fields.size(); ++i) {
      const auto bits = static_cast<std::uint32_t>(random_.next_u64());
      words.push_back(optional == OptionalFields::All ? 0xffffffff : optional == OptionalFields::None ? 0 : bits);
    }
    for (const Field& field : combinator.fields) {
      if (field.type.kind == Kind::Flags)
        continue;
      if (field.optional() && (words[static_cast<std::size_t>(field.flags_field)] >> field.bit & 1U) == 0)
        continue;
      object.emplace(field.name, value(field.type, depth));
    }
    return object;
  }

 private:
  json::value value(Type type, unsigned depth) {
    switch (type.kind) {
      case Kind::Flags:
      case Kind::True:
        return true;
      case Kind::Int:
        return static_cast<std::int32_t>(random_.next_u64());
      case Kind::Long:
        return static_cast<std::int64_t>(random_.next_u64());
      case Kind::Double:
        return static_cast<double>(static_cast<std::int64_t>(random_.next_u64())) / 1024.0;
      case Kind::String:
        return json::value(text());
      case Kind::Bytes:
        return json::value(to_base64(random_.bytes(random_.below(40))));
      case Kind::Bits128:
        return json::value(to_hex(random_.bytes(16)));
      case Kind::Bits256:
        return json::value(to_hex(random_.bytes(32)));
      case Kind::Bool:
        return random_.below(2) == 0;
      case Kind::Boxed:
        return boxed(schema_.types()[type.index], depth);
      case Kind::Bare:
        return object(schema_.combinators()[type.index], OptionalFields::Some, depth + 1);
      case Kind::Any:
        return object(any_plain(), OptionalFields::None, depth + 1);
      case Kind::Vector:
      case Kind::BareVector: {
        json::array array;
        const std::uint64_t count = depth >= kDeepest ? 0 : random_.below(3);
        for (std::uint64_t i = 0; i < count; ++i) {
          array.push_back(value(schema_.element_types()[type.index], depth));
        }
        return array;
      }
    }
    return nullptr;
  }

  json::value boxed(const TypeDefinition& type, unsigned depth) {
    if (depth >= kDeepest && type.plainest != TypeDefinition::kNone) {
      return object(schema_.combinators()[type.plainest], OptionalFields::None, depth + 1);
    }
    const std::uint32_t chosen = type.constructors[random_.below(type.constructors.size())];
    const bool shallow = depth + 1 < kDeepest;
    return object(schema_.combinators()[chosen], shallow ? OptionalFields::Some : OptionalFields::None, depth + 1);
  }

  /// Something for `!X`: any constructor or method without fields.
  const Combinator& any_plain() {
    const auto& all = schema_.combinators();
    for (std::uint64_t i = random_.below(all.size());; i = (i + 1) % all.size()) {
      if (all[i].fields.empty())
        return all[i];
    }
  }

  /// Of all lengths around the borders of padding and of the long form, with characters of one to four bytes.
  std::string text() {
    static constexpr std::string_view kCharacters[] = {
        "a", "Z", "0", " ", "\n", "\"", "\xd1\x94", "\xe2\x82\xac", "\xf0\x9f\x8c\xbb"};
    std::string result;
    const std::uint64_t count = random_.below(16) == 0 ? 250 + random_.below(8) : random_.below(12);
    for (std::uint64_t i = 0; i < count; ++i)
      result += kCharacters[random_.below(std::size(kCharacters))];
    return result;
  }

  const Schema& schema_;
  RandomSource& random_;
};

}  // namespace

json::value random_json(const Schema& schema, const Combinator& combinator, RandomSource& random,
                        OptionalFields optional) {
  return Generator(schema, random).object(combinator, optional, 0);
}

}  // namespace ledgram::tl
