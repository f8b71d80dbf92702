#include "ledgram/tl/json_codec.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>

namespace ledgram::tl {
namespace {

namespace json = boost::json;

class Encoder {
 public:
  Encoder(const Schema& schema, Writer& out) : schema_(schema), out_(out) {}

  /// False after a failure; error() then says what and where.
  bool write(Type type, const json::value& value) {
    switch (type.kind) {
      case Kind::Flags:
      case Kind::True:
        return true;  // decided by the object around them
      case Kind::Int:
        return write_int(value);
      case Kind::Long:
        return write_long(value);
      case Kind::Double:
        return write_double(value);
      case Kind::String:
        return write_string(value);
      case Kind::Bytes:
        return write_bytes(value);
      case Kind::Bits128:
        return write_hex(value, sizeof(Int128));
      case Kind::Bits256:
        return write_hex(value, sizeof(Int256));
      case Kind::Bool:
        if (!value.is_bool())
          return wrong("true or false", value);
        out_.boolean(value.get_bool());
        return true;
      case Kind::Boxed:
      case Kind::Any:
      case Kind::Bare:
        return write_object(type, value);
      case Kind::Vector:
      case Kind::BareVector:
        return write_array(type, value);
    }
    return true;
  }

  [[nodiscard]] TlError error() const {
    return TlError{{TlErrc::BadJson, path_.empty() ? problem_ : fmt::format("{}: {}", path_, problem_)}, 0, 0};
  }

 private:
  bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  bool wrong(std::string_view expected, const json::value& got) {
    const json::string_view kind = json::to_string(got.kind());
    return fail(fmt::format("expected {}, got {}", expected, std::string_view(kind.data(), kind.size())));
  }

  /// On the way out of a failure: what is wrong is inside of `step`.
  bool inside(std::string_view step) {
    const bool joined = path_.empty() || path_.front() == '[';
    path_ = joined ? fmt::format("{}{}", step, path_) : fmt::format("{}.{}", step, path_);
    return false;
  }

  /// The integer of either style, if it is one and fits 64 bits.
  static std::optional<std::int64_t> integer(const json::value& value) {
    if (value.is_int64())
      return value.get_int64();
    if (value.is_uint64()) {
      if (value.get_uint64() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return std::nullopt;
      return static_cast<std::int64_t>(value.get_uint64());
    }
    if (!value.is_string())
      return std::nullopt;
    const json::string& text = value.get_string();
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || code != std::errc{} || end != text.data() + text.size())
      return std::nullopt;
    return number;
  }

  bool write_int(const json::value& value) {
    const std::optional<std::int64_t> number = integer(value);
    if (!number || *number < std::numeric_limits<std::int32_t>::min() ||
        *number > std::numeric_limits<std::int32_t>::max()) {
      return wrong("an integer of 32 bits", value);
    }
    out_.i32(static_cast<std::int32_t>(*number));
    return true;
  }

  bool write_long(const json::value& value) {
    const std::optional<std::int64_t> number = integer(value);
    if (!number)
      return wrong("an integer of 64 bits", value);
    out_.i64(*number);
    return true;
  }

  bool write_double(const json::value& value) {
    if (!value.is_number())
      return wrong("a number", value);
    out_.f64(value.is_double()  ? value.get_double()
             : value.is_int64() ? static_cast<double>(value.get_int64())
                                : static_cast<double>(value.get_uint64()));
    return true;
  }

  bool write_string(const json::value& value) {
    if (!value.is_string())
      return wrong("text", value);
    return write_content(as_bytes(std::string_view(value.get_string().data(), value.get_string().size())));
  }

  bool write_bytes(const json::value& value) {
    if (!value.is_string())
      return wrong("base64", value);
    const std::optional<Bytes> content =
        from_base64(std::string_view(value.get_string().data(), value.get_string().size()));
    if (!content)
      return fail("expected base64, got other text");
    return write_content(*content);
  }

  bool write_content(ByteView content) {
    if (content.size() > kMaxStringLength) {
      return fail(fmt::format("{} bytes are too long, TL ends at {}", content.size(), kMaxStringLength));
    }
    out_.bytes(content);
    return true;
  }

  bool write_hex(const json::value& value, std::size_t size) {
    const std::optional<Bytes> content =
        value.is_string() ? from_hex(std::string_view(value.get_string().data(), value.get_string().size()))
                          : std::nullopt;
    if (!content || content->size() != size)
      return wrong(fmt::format("{} hexadecimal digits", size * 2), value);
    out_.raw(*content);
    return true;
  }

  bool write_array(Type type, const json::value& value) {
    if (!value.is_array())
      return wrong("an array", value);
    const json::array& array = value.get_array();
    if (array.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
      return fail(fmt::format("{} elements are too many", array.size()));
    }
    if (type.kind == Kind::Vector)
      out_.u32(kVectorId);
    out_.u32(static_cast<std::uint32_t>(array.size()));
    const Type element = schema_.element_types()[type.index];
    for (std::size_t i = 0; i < array.size(); ++i) {
      if (!write(element, array[i]))
        return inside(fmt::format("[{}]", i));
    }
    return true;
  }

  bool write_object(Type type, const json::value& value) {
    if (type.kind == Kind::Any && value.is_bool()) {
      out_.boolean(value.get_bool());
      return true;
    }
    if (!value.is_object())
      return wrong("an object", value);
    const json::object& object = value.get_object();
    const Combinator* combinator = nullptr;
    if (type.kind == Kind::Bare) {
      combinator = &schema_.combinators()[type.index];  // the name is known, so "_" need not be there
    } else {
      const json::value* name = object.if_contains("_");
      if (name == nullptr || !name->is_string())
        return fail("expected a name in \"_\"");
      const std::string_view text(name->get_string().data(), name->get_string().size());
      combinator = schema_.find(text);
      if (combinator == nullptr)
        return fail(fmt::format("the schema of layer {} has no {}", schema_.layer(), text));
      const bool fits = type.kind == Kind::Any || (combinator->role == Role::Constructor && combinator->result == type);
      if (!fits)
        return fail(fmt::format("{} is no constructor of {}", text, schema_.type_name(type)));
      out_.u32(combinator->id);
    }
    if (depth_ == kMaxDepth)
      return fail(fmt::format("objects are nested more than {} deep", kMaxDepth));
    ++depth_;
    const bool done = write_fields(*combinator, object);
    --depth_;
    return done;
  }

  /// Finds the object's values for the fields, at found_[base...]. Objects mostly have their keys in the order of the
  /// schema, so the search goes on from where the last one ended instead of hashing.
  void match(const Combinator& combinator, const json::object& object, std::size_t base) {
    const std::size_t count = combinator.fields.size();
    std::size_t cursor = 0;
    for (const json::key_value_pair& pair : object) {
      if (pair.value().is_null())
        continue;
      const std::string_view key(pair.key().data(), pair.key().size());
      for (std::size_t step = 0; step < count; ++step) {
        const std::size_t at = cursor + step < count ? cursor + step : cursor + step - count;
        if (combinator.fields[at].name != key)
          continue;
        found_[base + at] = &pair.value();
        cursor = at + 1 == count ? 0 : at + 1;
        break;
      }
    }
  }

  bool write_fields(const Combinator& combinator, const json::object& object) {
    const std::size_t count = combinator.fields.size();
    const std::size_t base = found_.size();
    found_.resize(base + count, nullptr);
    words_.resize(base + count, 0);
    match(combinator, object, base);
    for (std::size_t i = 0; i < count; ++i) {
      const Field& field = combinator.fields[i];
      const json::value* value = found_[base + i];
      if (!field.optional() || value == nullptr)
        continue;
      if (field.type.kind == Kind::True) {
        if (!value->is_bool()) {
          wrong("true or false", *value);
          return inside(field.name);
        }
        if (!value->get_bool())
          continue;
      }
      words_[base + static_cast<std::size_t>(field.flags_field)] |= 1U << field.bit;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const Field& field = combinator.fields[i];
      if (field.type.kind == Kind::Flags) {
        out_.u32(words_[base + i]);
        continue;
      }
      if (field.optional() && (words_[base + static_cast<std::size_t>(field.flags_field)] >> field.bit & 1U) == 0) {
        continue;
      }
      const json::value* value = found_[base + i];
      if (!(value == nullptr ? write_zero(field.type) : write(field.type, *value)))
        return inside(field.name);
    }
    found_.resize(base);
    words_.resize(base);
    return true;
  }

  /// What stands for a value that is not given. Ends, since TypeDefinition::plainest never leads back to itself.
  bool write_zero(Type type) {
    switch (type.kind) {
      case Kind::Flags:
      case Kind::True:
        return true;
      case Kind::Int:
        out_.i32(0);
        return true;
      case Kind::Long:
        out_.i64(0);
        return true;
      case Kind::Double:
        out_.f64(0);
        return true;
      case Kind::String:
      case Kind::Bytes:
        out_.bytes({});
        return true;
      case Kind::Bits128:
        out_.int128({});
        return true;
      case Kind::Bits256:
        out_.int256({});
        return true;
      case Kind::Bool:
        out_.boolean(false);
        return true;
      case Kind::Vector:
        out_.vector_head(0);
        return true;
      case Kind::BareVector:
        out_.u32(0);
        return true;
      case Kind::Bare:
        return write_fields(schema_.combinators()[type.index], {});
      case Kind::Boxed: {
        const std::uint32_t plainest = schema_.types()[type.index].plainest;
        if (plainest == TypeDefinition::kNone)
          break;
        out_.u32(schema_.combinators()[plainest].id);
        return write_fields(schema_.combinators()[plainest], {});
      }
      case Kind::Any:
        break;
    }
    return fail("is missing and has no plain value");
  }

  const Schema& schema_;
  Writer& out_;
  unsigned depth_ = 0;
  // For each object that is being written, a stretch as long as its fields: the values given, and the `#` words.
  std::vector<const json::value*> found_;
  std::vector<std::uint32_t> words_;
  std::string path_;
  std::string problem_;
};

}  // namespace

Result<void, TlError> encode_json(const Schema& schema, Writer& out, const json::value& value, Type type) {
  Encoder encoder(schema, out);
  if (!encoder.write(type, value))
    return std::unexpected(encoder.error());
  return {};
}

}  // namespace ledgram::tl
