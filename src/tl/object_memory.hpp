#pragma once

/// Memory for values in handles. Decoding a page of history makes and drops hundreds of objects of few sizes, and half
/// of its time went into malloc and free; so each thread keeps some freed blocks of each size for the next page.
///
/// Blocks may be freed by another thread than the one that made them. What a thread keeps is bounded (kKeptBytes for
/// each size) and returned when it ends. With AddressSanitizer nothing is kept, so that it sees every use after free.

#include <cstddef>

namespace ledgram::tl {

/// A page of 100 messages fits, with a third to spare.
inline constexpr std::size_t kKeptBytes = 96 * 1024;

/// Memory for an object of `size` bytes, aligned for anything.
void* allocate_object(std::size_t size);

/// Takes back what allocate_object gave for this `size`.
void free_object(void* memory, std::size_t size) noexcept;

/// Bytes that this thread keeps; for tests.
std::size_t kept_object_bytes();

}  // namespace ledgram::tl
