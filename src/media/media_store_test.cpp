#include "ledgram/media/media_store.hpp"

#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace ledgram::media {
namespace {

struct MediaStoreTest : testing::Test {
  MediaStore open() { return value_or_throw(MediaStore::open(folder / "media")); }

  static Bytes text(std::string_view words) {
    const ByteView view = as_bytes(words);
    return {view.begin(), view.end()};
  }

  ledger::TemporaryFolder folder;
  MediaStore store = open();
};

TEST_F(MediaStoreTest, TheSameFileLiesThereOnce) {
  crypto::Sha256Digest digests[2];
  for (const int i : {0, 1}) {
    PartialFile file = value_or_throw(store.resume(i == 0 ? "a" : "b", 5, 1));
    value_or_throw(file.append(text("hello")));
    digests[i] = value_or_throw(store.finish(std::move(file), 5));
  }
  EXPECT_EQ(digests[0], digests[1]);
  EXPECT_EQ(to_hex(digests[0]), "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  EXPECT_TRUE(store.has(digests[0]));
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "media"))
    files += entry.is_regular_file() ? 1U : 0U;
  EXPECT_EQ(files, 1U);
  struct stat status{};
  ASSERT_EQ(::stat(store.path_of(digests[0]).c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(MediaStoreTest, ResumesAtAWholePart) {
  {
    PartialFile file = value_or_throw(store.resume("a", 12, 4));
    value_or_throw(file.append(text("abcdefghij")));
  }
  store = open();
  PartialFile file = value_or_throw(store.resume("a", 12, 4));
  EXPECT_EQ(file.size(), 8);
  value_or_throw(file.append(text("ijkl")));
  const auto digest = value_or_throw(store.finish(std::move(file), 12));
  EXPECT_EQ(digest, crypto::sha256(text("abcdefghijkl")));
}

// Large files are written in another way than small ones, and their last bytes in yet another.
TEST_F(MediaStoreTest, ALargeFileInPartsOfAnySizeIsWhatWasGiven) {
  constexpr std::size_t kSize = 6'000'123;
  constexpr std::size_t kStep = std::size_t{512} * 1024;
  Bytes content(kSize);
  SeededRandom(7).fill(content);
  const auto digest_of = [&](std::string_view name, std::size_t part) {
    std::size_t given = 0;
    while (given < kSize) {
      // Opened anew every few parts, as after a kill.
      PartialFile file = value_or_throw(store.resume(name, kSize, kStep));
      given = static_cast<std::size_t>(file.size());
      for (int i = 0; i < 2 * static_cast<int>(kStep / part) + 1 && given < kSize; ++i) {
        const std::size_t size = std::min(part, kSize - given);
        value_or_throw(file.append(ByteView(content).subspan(given, size)));
        given += size;
      }
      if (given == kSize)
        return value_or_throw(store.finish(std::move(file), kSize));
    }
    throw std::logic_error("the file has no end");
  };
  for (const std::size_t part : {kStep, std::size_t{128} * 1024, std::size_t{100'000}}) {
    const auto digest = digest_of("a", part);
    EXPECT_EQ(digest, crypto::sha256(content)) << part;
    std::ifstream stored(store.path_of(digest), std::ios::binary);
    const std::string read{std::istreambuf_iterator<char>(stored), {}};
    EXPECT_TRUE(std::ranges::equal(as_bytes(read), content)) << part;
    std::filesystem::remove(store.path_of(digest));
  }
}

TEST_F(MediaStoreTest, WhatIsTooLongCannotBeThisFile) {
  {
    PartialFile file = value_or_throw(store.resume("a", 12, 4));
    value_or_throw(file.append(text("abcdefghijklm")));
    EXPECT_EQ(store.finish(std::move(file), 12).error().code, MediaErrc::TooLong);
  }
  EXPECT_EQ(value_or_throw(store.resume("a", 12, 4)).size(), 0);
  EXPECT_EQ(store.finish(value_or_throw(store.resume("a", 12, 4)), 12).error().code, MediaErrc::EndedEarly);
}

TEST_F(MediaStoreTest, PartialFilesOfEarlierStartsOfTheMachineAreNotTrusted) {
  {
    std::ofstream(folder / "media/partial/document-1.0000dead.part") << "zeros after power loss";
  }
  {
    value_or_throw(store.resume("document-2", 10, 1));
  }
  open();
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder / "media/partial"))
    ++files;
  EXPECT_EQ(files, 1U);
}

TEST_F(MediaStoreTest, AFolderThatCannotBeMadeIsSaid) {
  {
    std::ofstream(folder / "file") << "in the way";
  }
  const auto refused = MediaStore::open(folder / "file/media");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, MediaErrc::Disk);
  EXPECT_NE(refused.error().message.find("media"), std::string::npos);
}

}  // namespace
}  // namespace ledgram::media
