#pragma once

/// A fingerprint of text that tells versions of one thing apart, at several bytes a nanosecond: for tags of answers,
/// where a cryptographic hash would cost as much as making the answer. No protection against somebody who looks for two
/// texts with the same one.

#include "ledgram/base/bytes.hpp"

#include <string_view>

namespace ledgram {

/// The same for the same text, in each process and on each machine.
ByteArray<16> fingerprint(std::string_view text);

}  // namespace ledgram
