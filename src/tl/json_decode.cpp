#include "ledgram/base/utf8.hpp"
#include "ledgram/tl/json_codec.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace ledgram::tl {
namespace {

namespace json = boost::json;

/// Elements an array makes room for before the first is read; see codec.hpp.
constexpr std::size_t kTrustedCount = 256;

class Decoder {
 public:
  Decoder(const Schema& schema, Reader& in, JsonStyle style) : schema_(schema), in_(in), style_(style) {}

  json::value value(Type type) {
    switch (type.kind) {
      case Kind::Flags:
        return in_.u32();
      case Kind::True:
        return true;
      case Kind::Int:
        return in_.i32();
      case Kind::Long:
        return style_ == JsonStyle::Web ? json::value(fmt::to_string(in_.i64())) : json::value(in_.i64());
      case Kind::Double:
        return in_.f64();
      case Kind::String:
        return text(as_text(in_.bytes_view()));
      case Kind::Bytes:
        return json::value(to_base64(in_.bytes_view()));
      case Kind::Bits128:
        return json::value(to_hex(in_.int128()));
      case Kind::Bits256:
        return json::value(to_hex(in_.int256()));
      case Kind::Bool:
        return in_.boolean();
      case Kind::Boxed:
      case Kind::Any:
        return boxed(type);
      case Kind::Bare:
        return fields(schema_.combinators()[type.index]);
      case Kind::Vector:
      case Kind::BareVector:
        return array(type);
    }
    return nullptr;
  }

 private:
  json::value text(std::string_view text) const {
    if (style_ == JsonStyle::Web && !is_valid_utf8(text))
      return json::value(to_valid_utf8(text));
    return json::value(json::string(text));
  }

  json::value boxed(Type type) {
    if (!in_.enter())
      return nullptr;
    json::value value = entered(type);
    in_.leave();
    return value;
  }

  json::value entered(Type type) {
    const std::uint32_t id = in_.u32();
    if (!in_.ok())
      return nullptr;
    if (type.kind == Kind::Any && (id == kBoolTrueId || id == kBoolFalseId))
      return id == kBoolTrueId;
    const Combinator* combinator = schema_.find(id);
    if (combinator == nullptr) {
      in_.fail_constructor(id, schema_.type_name(type));
      return nullptr;
    }
    const bool fits = type.kind == Kind::Any || (combinator->role == Role::Constructor && combinator->result == type);
    if (!fits) {
      in_.fail_constructor(id, schema_.type_name(type), combinator->name);
      return nullptr;
    }
    return fields(*combinator);
  }

  json::value fields(const Combinator& combinator) {
    json::object object;
    object.reserve(std::min<std::size_t>(combinator.fields.size() + 1, kSmallObject));
    object.emplace("_", combinator.name);
    // The `#` words read so far, by their place among the fields; objects with more than a few do not exist, but a
    // schema file from elsewhere may say so.
    std::vector<std::uint32_t> words;
    std::vector<std::int16_t> word_fields;
    for (std::size_t i = 0; i < combinator.fields.size() && in_.ok(); ++i) {
      const Field& field = combinator.fields[i];
      if (field.type.kind == Kind::Flags) {
        words.push_back(in_.u32());
        word_fields.push_back(static_cast<std::int16_t>(i));
        continue;
      }
      if (field.optional()) {
        const auto at = std::ranges::find(word_fields, field.flags_field) - word_fields.begin();
        if ((words[static_cast<std::size_t>(at)] >> field.bit & 1U) == 0)
          continue;
      }
      object.emplace(field.name, value(field.type));
    }
    return object;
  }

  json::value array(Type type) {
    const Type element = schema_.element_types()[type.index];
    const std::size_t least = std::max<std::size_t>(min_size(schema_, element), 1);
    const std::size_t count = type.kind == Kind::Vector ? in_.vector_count(least) : in_.bare_vector_count(least);
    json::array array;
    array.reserve(std::min(count, kTrustedCount));
    for (std::size_t i = 0; i < count && in_.ok(); ++i)
      array.push_back(value(element));
    return array;
  }

  /// Boost looks for keys one by one up to this size; larger objects get their room when they need it.
  static constexpr std::size_t kSmallObject = 18;

  const Schema& schema_;
  Reader& in_;
  JsonStyle style_;
};

}  // namespace

Result<json::value, TlError> decode_json(const Schema& schema, Reader& in, Type type, JsonStyle style) {
  json::value value = Decoder(schema, in, style).value(type);
  if (!in.ok())
    return std::unexpected(in.error());
  return value;
}

}  // namespace ledgram::tl
