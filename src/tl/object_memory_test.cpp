#include "ledgram/tl/object_memory.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <thread>
#include <vector>

namespace ledgram::tl {
namespace {

TEST(ObjectMemory, WhatIsKeptIsBounded) {
  std::thread([] {
    std::vector<void*> blocks;
    for (int i = 0; i < 10'000; ++i) {
      blocks.push_back(allocate_object(100));
      std::memset(blocks.back(), 0xaa, 100);
    }
    EXPECT_EQ(std::set<void*>(blocks.begin(), blocks.end()).size(), blocks.size());
    for (void* block : blocks)
      free_object(block, 100);
    EXPECT_LE(kept_object_bytes(), kKeptBytes + 128);
  }).join();
}

TEST(ObjectMemory, SizesDoNotMix) {
  std::thread([] {
    for (std::size_t size = 1; size <= 2048; ++size) {
      void* block = allocate_object(size);
      std::memset(block, 0x55, size);  // AddressSanitizer or malloc's own checks tell if this is too much
      free_object(block, size);
    }
    free_object(nullptr, 64);
  }).join();
}

TEST(ObjectMemory, BlocksMayBeFreedElsewhere) {
  std::vector<void*> blocks;
  std::thread([&] {
    for (int i = 0; i < 100; ++i)
      blocks.push_back(allocate_object(700));
  }).join();
  const std::size_t before = kept_object_bytes();
  std::thread([&] {
    for (void* block : blocks)
      free_object(block, 700);
  }).join();
  EXPECT_EQ(kept_object_bytes(), before);
}

}  // namespace
}  // namespace ledgram::tl
