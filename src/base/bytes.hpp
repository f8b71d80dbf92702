#pragma once

/// Byte buffers and views. A `ByteView` never owns; whoever hands one out says how long it stays valid.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;

template <std::size_t N>
using ByteArray = std::array<std::uint8_t, N>;

/// The same memory seen as bytes; valid as long as `text` is.
ByteView as_bytes(std::string_view text);

/// The same memory seen as characters; valid as long as `bytes` is.
std::string_view as_text(ByteView bytes);

void append(Bytes& to, ByteView what);

/// Lower-case hexadecimal, two digits a byte.
std::string to_hex(ByteView bytes);

/// Nothing if `text` has an odd length or a character that is not a hexadecimal digit.
std::optional<Bytes> from_hex(std::string_view text);

/// Base64 of RFC 4648 section 4, with padding.
std::string to_base64(ByteView bytes);

/// Accepts both alphabets of RFC 4648 (section 4 and the URL-safe section 5), with or without padding.
std::optional<Bytes> from_base64(std::string_view text);

/// True if both have the same length and content. The time does not depend on where they differ.
bool equal_in_constant_time(ByteView a, ByteView b);

/// Overwrites memory in a way that the optimiser keeps.
void wipe(MutableByteView bytes);

/// Little-endian loads and stores; the caller guarantees the size.
std::uint32_t load_le32(ByteView from);
std::uint64_t load_le64(ByteView from);
void store_le32(MutableByteView to, std::uint32_t value);
void store_le64(MutableByteView to, std::uint64_t value);

}  // namespace ledgram
