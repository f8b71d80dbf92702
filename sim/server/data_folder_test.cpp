#include "ledgram/sim_server/data_folder.hpp"

#include "ledgram/sim_server/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace ledgram::sim {
namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

unsigned mode_of(const std::filesystem::path& file) {
  struct stat status{};
  return ::stat(file.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
}

class DataFolderTest : public testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path data() const { return folder_.path() / "new" / "data"; }

  TestFolder folder_;
  SeededRandom random_{3};
};

TEST_F(DataFolderTest, MakesKeyAndSecretOnceAndKeepsThem) {
  std::string pem;
  ByteArray<16> secret{};
  std::int64_t fingerprint = 0;
  {
    auto opened = DataFolder::open(data(), random_);
    ASSERT_TRUE(opened) << opened.error().message;
    pem = content_of(opened->public_key_file());
    secret = opened->mtproxy_secret();
    fingerprint = opened->rsa_key().public_key().fingerprint();
  }
  EXPECT_TRUE(pem.starts_with("-----BEGIN RSA PUBLIC KEY-----\n"));
  // Every 2048-bit key with exponent 65537 has a text of this length; TDLib's library is patched in place by it.
  EXPECT_THAT(pem.size(), testing::AnyOf(425U, 426U));
  EXPECT_EQ(mode_of(data()), 0700U);
  EXPECT_EQ(mode_of(data() / "private_key.pem"), 0600U);
  EXPECT_EQ(mode_of(data() / "mtproxy_secret"), 0600U);

  auto again = DataFolder::open(data(), random_);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->rsa_key().public_key().fingerprint(), fingerprint);
  EXPECT_EQ(again->mtproxy_secret(), secret);
  EXPECT_EQ(content_of(again->public_key_file()), pem);
}

TEST_F(DataFolderTest, IsLockedWhileItIsOpen) {
  {
    auto first = DataFolder::open(data(), random_);
    ASSERT_TRUE(first) << first.error().message;
    auto second = DataFolder::open(data(), random_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ServerErrc::FolderInUse);
    EXPECT_THAT(second.error().message, testing::HasSubstr(data().string()));
  }
  EXPECT_TRUE(DataFolder::open(data(), random_));
}

TEST_F(DataFolderTest, ADamagedKeyIsReportedAndNotReplaced) {
  ASSERT_TRUE(DataFolder::open(data(), random_));
  std::ofstream(data() / "private_key.pem") << "not a key\n";
  auto opened = DataFolder::open(data(), random_);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, testing::HasSubstr("private_key.pem"));
  EXPECT_EQ(content_of(data() / "private_key.pem"), "not a key\n");
}

TEST_F(DataFolderTest, ADamagedSecretIsReported) {
  ASSERT_TRUE(DataFolder::open(data(), random_));
  std::ofstream(data() / "mtproxy_secret") << "abc\n";
  auto opened = DataFolder::open(data(), random_);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, testing::HasSubstr("32 hexadecimal digits"));
}

TEST_F(DataFolderTest, ReadyIsThereWhileWrittenAndGoneAfterACrash) {
  {
    auto opened = DataFolder::open(data(), random_);
    ASSERT_TRUE(opened) << opened.error().message;
    ASSERT_TRUE(opened->write_ready("{}\n"));
    ASSERT_TRUE(opened->write_ready("{\"event\":\"ready\"}\n"));
    EXPECT_EQ(content_of(opened->ready_file()), "{\"event\":\"ready\"}\n");
  }
  auto again = DataFolder::open(data(), random_);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_FALSE(std::filesystem::exists(again->ready_file()));
}

TEST_F(DataFolderTest, AFileInItsPlaceIsAnError) {
  std::ofstream(folder_.path() / "file") << "x";
  auto opened = DataFolder::open(folder_.path() / "file", random_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ServerErrc::DataFolder);
}

}  // namespace
}  // namespace ledgram::sim
