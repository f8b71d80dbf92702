#pragma once

/// Serializing and parsing of whole values: constructors, methods, abstract types, vectors, Bool, numbers, strings.
///
///     Bytes query = tl::serialize(api::messages_getHistory{.peer = ..., .limit = 100});
///     Result<api::messages_Messages, TlError> page = tl::parse<api::messages_Messages>(bytes);
///
/// Everything is boxed where TL knows a boxed form: a constructor or method is preceded by its id, a vector by its.
/// The limits (depth, lengths) are Reader's.

#include "ledgram/tl/object.hpp"
#include "ledgram/tl/reader.hpp"
#include "ledgram/tl/writer.hpp"

#include <algorithm>
#include <concepts>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::tl {

/// A generated constructor or method.
template <class T>
concept GeneratedStruct = requires { T::kId; };

template <class T>
void read_into(Reader& in, T& value);
template <class T>
void write(Writer& out, const T& value);

namespace detail {

template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = !std::same_as<T, std::uint8_t>;

/// The fewest bytes that one element of a vector is encoded in.
template <class T>
constexpr std::size_t min_size() {
  if constexpr (std::same_as<T, std::int64_t> || std::same_as<T, double>)
    return 8;
  if constexpr (std::same_as<T, Int128> || std::same_as<T, Int256>)
    return sizeof(T);
  return 4;
}

/// In memory as on the wire, so that vectors of it are copied whole.
template <class T>
inline constexpr bool kIsPlain = std::same_as<T, std::int32_t> || std::same_as<T, std::int64_t> ||
                                 std::same_as<T, double> || std::same_as<T, Int128> || std::same_as<T, Int256>;

/// Elements that a vector makes room for before the first is read. An element can be much larger in memory than on
/// the wire, so a larger vector grows as its elements arrive instead of on the word of its head.
inline constexpr std::size_t kTrustedCount = 256;

template <class T>
void read_elements(Reader& in, std::vector<T>& values, std::size_t count) {
  if constexpr (kIsPlain<T>) {
    values.resize(count);
    const ByteView bytes = in.raw(count * sizeof(T));
    if (!bytes.empty())
      std::memcpy(values.data(), bytes.data(), bytes.size());
  } else {
    values.reserve(std::min(count, kTrustedCount));
    for (std::size_t i = 0; i < count && in.ok(); ++i)
      read_into(in, values.emplace_back());
  }
}

}  // namespace detail

/// Reads one value into a default-made one.
template <class T>
void read_into(Reader& in, T& value) {
  if constexpr (std::same_as<T, bool>) {
    value = in.boolean();
  } else if constexpr (std::same_as<T, std::int32_t>) {
    value = in.i32();
  } else if constexpr (std::same_as<T, std::int64_t>) {
    value = in.i64();
  } else if constexpr (std::same_as<T, double>) {
    value = in.f64();
  } else if constexpr (std::same_as<T, std::string>) {
    value = in.string();
  } else if constexpr (std::same_as<T, Bytes>) {
    value = in.bytes();
  } else if constexpr (std::same_as<T, Int128>) {
    value = in.int128();
  } else if constexpr (std::same_as<T, Int256>) {
    value = in.int256();
  } else if constexpr (std::same_as<T, RawObject>) {
    const ByteView view = in.rest();
    value.bytes.assign(view.begin(), view.end());
  } else if constexpr (detail::kIsVector<T>) {
    detail::read_elements(in, value, in.vector_count(detail::min_size<typename T::value_type>()));
  } else if constexpr (GeneratedStruct<T>) {
    if (!in.enter())
      return;
    const std::uint32_t id = in.u32();
    if (id == T::kId) {
      value.read_body(in);
    } else if (in.ok()) {
      in.fail_constructor(id, T::kName);
    }
    in.leave();
  } else {
    static_assert(std::derived_from<T, ObjectBase>, "not a TL type");
    value.read(in);
  }
}

template <class T>
[[nodiscard]] T read(Reader& in) {
  T value{};
  read_into(in, value);
  return value;
}

/// Boxed.
template <class T>
void write(Writer& out, const T& value) {
  if constexpr (std::same_as<T, bool>) {
    out.boolean(value);
  } else if constexpr (std::same_as<T, std::int32_t>) {
    out.i32(value);
  } else if constexpr (std::same_as<T, std::int64_t>) {
    out.i64(value);
  } else if constexpr (std::same_as<T, double>) {
    out.f64(value);
  } else if constexpr (std::same_as<T, std::string>) {
    out.string(value);
  } else if constexpr (std::same_as<T, Bytes>) {
    out.bytes(value);
  } else if constexpr (std::same_as<T, Int128> || std::same_as<T, Int256>) {
    out.raw(value);
  } else if constexpr (std::same_as<T, RawObject>) {
    out.raw(value.bytes);
  } else if constexpr (detail::kIsVector<T>) {
    out.vector_head(value.size());
    for (const auto& element : value)
      write<typename T::value_type>(out, element);
  } else if constexpr (GeneratedStruct<T>) {
    out.u32(T::kId);
    value.write_body(out);
  } else {
    static_assert(std::derived_from<T, ObjectBase>, "not a TL type");
    value.write(out);
  }
}

/// For generated code: `vector<%T>`, a count and the fields of each element without its id.
template <GeneratedStruct T>
void read_bare_vector(Reader& in, std::vector<T>& values, std::size_t min_element_size) {
  const std::size_t count = in.bare_vector_count(min_element_size);
  values.reserve(std::min(count, detail::kTrustedCount));
  for (std::size_t i = 0; i < count && in.ok(); ++i)
    values.emplace_back().read_body(in);
}

template <GeneratedStruct T>
void write_bare_vector(Writer& out, const std::vector<T>& values) {
  out.u32(static_cast<std::uint32_t>(values.size()));
  for (const T& value : values)
    value.write_body(out);
}

template <class T>
[[nodiscard]] Bytes serialize(const T& value) {
  Writer out;
  write(out, value);
  return out.take();
}

/// One value that takes all of `bytes`.
template <class T>
[[nodiscard]] Result<T, TlError> parse(ByteView bytes) {
  Reader in(bytes);
  Result<T, TlError> value{std::in_place};
  read_into(in, *value);
  if (in.ok() && in.remaining() != 0)
    in.fail(TlErrc::TrailingBytes, "the value ended before its bytes");
  if (!in.ok())
    return std::unexpected(in.take_error());
  return value;
}

}  // namespace ledgram::tl
