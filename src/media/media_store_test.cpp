#include "ledgram/media/media_store.hpp"

#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <fstream>

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
