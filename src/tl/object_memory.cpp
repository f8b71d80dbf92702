#include "ledgram/tl/object_memory.hpp"

#include <cstdint>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#define LEDGRAM_KEEPS_OBJECTS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEDGRAM_KEEPS_OBJECTS 0
#endif
#endif
#ifndef LEDGRAM_KEEPS_OBJECTS
#define LEDGRAM_KEEPS_OBJECTS 1
#endif

namespace ledgram::tl {
namespace {

/// Sizes are rounded up to steps, so that a list serves several types.
constexpr std::size_t kStep = 64;
/// Larger objects are few (full channels, configurations) and not worth keeping.
constexpr std::size_t kLargest = 1024;
constexpr std::size_t kLists = kLargest / kStep;

struct Block {
  Block* next;
};

struct List {
  Block* first;
  std::uint32_t count;
};

/// Zero at the start and without a destructor, so that using it costs no check.
struct Kept {
  List lists[kLists];
  bool watched;  ///< Keeper will clear the lists when the thread ends
  bool over;     ///< it did; nothing is kept any more
};

constinit thread_local Kept kept{};

struct Keeper {
  Keeper() { kept.watched = true; }
  ~Keeper() {
    kept.over = true;
    for (List& list : kept.lists) {
      while (list.first != nullptr) {
        Block* block = list.first;
        list.first = block->next;
        ::operator delete(block);
      }
      list.count = 0;
    }
  }
};

void watch_thread_end() {
  thread_local const Keeper keeper;
}

std::size_t list_index(std::size_t size) {
  return (size + kStep - 1) / kStep - 1;
}

std::size_t block_size(std::size_t index) {
  return (index + 1) * kStep;
}

}  // namespace

void* allocate_object(std::size_t size) {
  if (LEDGRAM_KEEPS_OBJECTS == 0 || size > kLargest)
    return ::operator new(size);
  const std::size_t index = list_index(size);
  List& list = kept.lists[index];
  if (list.first == nullptr)
    return ::operator new(block_size(index));
  Block* block = list.first;
  list.first = block->next;
  --list.count;
  return block;
}

void free_object(void* memory, std::size_t size) noexcept {
  if (memory == nullptr)
    return;
  if (LEDGRAM_KEEPS_OBJECTS == 0 || size > kLargest) {
    ::operator delete(memory);
    return;
  }
  const std::size_t index = list_index(size);
  List& list = kept.lists[index];
  if (kept.over || list.count * block_size(index) >= kKeptBytes) {
    ::operator delete(memory);
    return;
  }
  if (!kept.watched)
    watch_thread_end();
  list.first = ::new (memory) Block{list.first};
  ++list.count;
}

std::size_t kept_object_bytes() {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < kLists; ++i)
    bytes += kept.lists[i].count * block_size(i);
  return bytes;
}

}  // namespace ledgram::tl
