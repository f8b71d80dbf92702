#include "ledgram/ledger/data_lock.hpp"
#include "ledgram/ledger/seal_key.hpp"
#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>

namespace ledgram::ledger {
namespace {

Account account(std::string name) {
  Account result;
  result.name = std::move(name);
  result.phone = SecretText("9996612345");
  result.created = 77;
  return result;
}

TEST(Accounts, AreAddedChangedFoundAndRemoved) {
  const TemporaryFolder folder;
  Ledger ledger = must(Ledger::open(folder / "ledger.db"));
  const AccountId ann = must(ledger.add_account(account("ann")));
  Account bot = account("bot");
  bot.kind = AccountKind::Bot;
  bot.phone = {};
  must(ledger.add_account(bot));
  EXPECT_EQ(ledger.add_account(account("ann")).error().code, LedgerErrc::AlreadyExists);

  Account stored = must(ledger.find_account("ann")).value();
  EXPECT_EQ(stored.id, ann);
  EXPECT_EQ(stored.phone.reveal(), "9996612345");
  EXPECT_EQ(stored.created, 77);
  stored.user = UserId(5'000'000'001);
  stored.first_name = "Ann";
  stored.username = "ann_a";
  stored.state = AccountState::LoggedOut;
  must(ledger.update_account(stored));
  stored = must(ledger.find_account("ann")).value();
  EXPECT_EQ(stored.user, UserId(5'000'000'001));
  EXPECT_EQ(stored.first_name, "Ann");
  EXPECT_EQ(stored.username, "ann_a");
  EXPECT_EQ(stored.state, AccountState::LoggedOut);

  const auto all = must(ledger.accounts());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].kind, AccountKind::Bot);
  must(ledger.remove_account(ann));
  EXPECT_FALSE(must(ledger.find_account("ann")).has_value());
  EXPECT_EQ(ledger.remove_account(ann).error().code, LedgerErrc::NotFound);
  EXPECT_EQ(ledger.update_account(stored).error().code, LedgerErrc::NotFound);
}

TEST(Accounts, RemovalKeepsChannelsAndMessages) {
  const TemporaryFolder folder;
  Ledger ledger = ledger_with_channels(folder / "ledger.db");
  Batch batch;
  batch.messages.push_back(text_message(ChannelId(100), 1, "stays"));
  batch.peers.push_back({.account = AccountId(1), .key = {PeerType::User, 3}, .access_hash = 1});
  must(ledger.commit(batch));
  must(ledger.remove_account(AccountId(1)));
  EXPECT_EQ(must(ledger.message_count()), 1);
  EXPECT_EQ(must(ledger.find_channel(ChannelId(100)))->account, std::nullopt);
  EXPECT_FALSE(must(ledger.find_peer(AccountId(1), {PeerType::User, 3})).has_value());
}

class SessionTest : public testing::Test {
 protected:
  crypto::SealKey key(std::uint64_t seed) {
    SeededRandom source(seed);
    return crypto::SealKey::generate(source);
  }

  TemporaryFolder folder_;
  SeededRandom random_{1};
  std::filesystem::path file_ = folder_ / "ledger.db";
};

TEST_F(SessionTest, ComeBackWithTheSameKeyOnly) {
  const Bytes secret = {1, 2, 3, 200, 0, 5};
  {
    Ledger ledger = ledger_with_channels(file_);
    must(ledger.use_seal_key(key(7), random_));
    EXPECT_FALSE(must(ledger.load_session(AccountId(1))).has_value());
    must(ledger.save_session(AccountId(1), secret));
    must(ledger.save_session(AccountId(1), secret));
    EXPECT_EQ(ledger.save_session(AccountId(9), secret).error().code, LedgerErrc::NotFound);
  }
  Ledger ledger = must(Ledger::open(file_));
  EXPECT_EQ(ledger.use_seal_key(key(8), random_).error().code, LedgerErrc::WrongSealKey);
  must(ledger.use_seal_key(key(7), random_));
  EXPECT_EQ(must(ledger.load_session(AccountId(1)))->reveal(), secret);
  must(ledger.erase_session(AccountId(1)));
  EXPECT_FALSE(must(ledger.load_session(AccountId(1))).has_value());
}

TEST_F(SessionTest, ALostKeyIsReplacedOnceNoSessionIsLeft) {
  Ledger ledger = ledger_with_channels(file_);
  must(ledger.use_seal_key(key(7), random_));
  must(ledger.save_session(AccountId(1), Bytes{1}));
  EXPECT_EQ(ledger.use_seal_key(key(8), random_).error().code, LedgerErrc::WrongSealKey);
  must(ledger.remove_account(AccountId(1)));
  EXPECT_TRUE(ledger.use_seal_key(key(8), random_));
}

TEST_F(SessionTest, ProxiesAreSealedPerAccount) {
  const std::string url = "socks5://ann:recognisable@proxy.example.org:1080";
  {
    Ledger ledger = ledger_with_channels(file_);
    must(ledger.use_seal_key(key(7), random_));
    EXPECT_FALSE(must(ledger.account_proxy(AccountId(1))).has_value());
    must(ledger.set_account_proxy(AccountId(1), SecretText(std::string("none"))));
    must(ledger.set_account_proxy(AccountId(1), SecretText(url)));
    EXPECT_EQ(ledger.set_account_proxy(AccountId(9), SecretText(url)).error().code, LedgerErrc::NotFound);
  }
  std::ifstream in(file_, std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(content.find("recognisable"), std::string::npos);

  Ledger ledger = must(Ledger::open(file_));
  EXPECT_EQ(ledger.use_seal_key(key(8), random_).error().code, LedgerErrc::WrongSealKey) << "the proxy needs the key";
  must(ledger.use_seal_key(key(7), random_));
  EXPECT_EQ(must(ledger.account_proxy(AccountId(1)))->reveal(), url);
  must(ledger.set_account_proxy(AccountId(1), std::nullopt));
  EXPECT_FALSE(must(ledger.account_proxy(AccountId(1))).has_value());
  must(ledger.set_account_proxy(AccountId(1), SecretText(url)));
  must(ledger.remove_account(AccountId(1)));
  EXPECT_FALSE(must(ledger.account_proxy(AccountId(1))).has_value());
}

TEST_F(SessionTest, DoNotStandInTheFileInTheClear) {
  const std::string secret = "a very recognisable authorization key";
  {
    Ledger ledger = ledger_with_channels(file_);
    must(ledger.use_seal_key(key(7), random_));
    must(ledger.save_session(AccountId(1), as_bytes(secret)));
  }
  std::ifstream in(file_, std::ios::binary);
  const std::string content((std::istreambuf_iterator<char>(in)), {});
  EXPECT_NE(content.find("The alpha"), std::string::npos) << "the search itself works";
  EXPECT_EQ(content.find(secret), std::string::npos);
}

class SealKeyTest : public testing::Test {
 protected:
  SealKeyTest() { ::unsetenv("LEDGRAM_SEAL_KEY"); }
  ~SealKeyTest() override { ::unsetenv("LEDGRAM_SEAL_KEY"); }

  LedgerResult<crypto::SealKey> load() { return load_or_create_seal_key(folder_.path(), random_); }
  LedgerError load_error() {
    auto key = load();
    EXPECT_FALSE(key);
    return key ? LedgerError{} : key.error();
  }
  void write_key(std::string_view text, mode_t mode) {
    std::ofstream(folder_ / "seal.key") << text;
    ASSERT_EQ(::chmod((folder_ / "seal.key").c_str(), mode), 0);
  }

  TemporaryFolder folder_;
  SeededRandom random_{3};
};

TEST_F(SealKeyTest, IsMadeOnceWithAPrivateMode) {
  const auto first = load();
  ASSERT_TRUE(first) << first.error().message;
  struct stat status{};
  ASSERT_EQ(::stat((folder_ / "seal.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(status.st_size, 65);
  const auto second = load();
  ASSERT_TRUE(second);
  EXPECT_EQ(to_hex(first->reveal()), to_hex(second->reveal()));
}

TEST_F(SealKeyTest, AFileThatOthersCanReadIsRefused) {
  write_key(std::string(64, 'a'), 0640);
  const LedgerError error = load_error();
  EXPECT_EQ(error.code, LedgerErrc::BadSealKey);
  EXPECT_NE(error.message.find("chmod 600"), std::string::npos) << error.message;
  write_key(std::string(64, 'a'), 0600);
  EXPECT_TRUE(load());
}

TEST_F(SealKeyTest, AFileWithoutAKeyIsRefusedAndKept) {
  for (const std::string& text : {std::string(), std::string(63, 'a'), std::string(66, 'a'), std::string("hello")}) {
    write_key(text, 0600);
    EXPECT_EQ(load_error().code, LedgerErrc::BadSealKey) << text;
    EXPECT_EQ(std::filesystem::file_size(folder_ / "seal.key"), text.size());
  }
}

TEST_F(SealKeyTest, TheEnvironmentComesFirst) {
  ::setenv("LEDGRAM_SEAL_KEY", std::string(64, 'b').c_str(), 1);
  const auto hex = load();
  ASSERT_TRUE(hex) << hex.error().message;
  EXPECT_EQ(to_hex(hex->reveal()), std::string(64, 'b'));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "seal.key"));
  ::setenv("LEDGRAM_SEAL_KEY", to_base64(hex->reveal()).c_str(), 1);
  const auto base64 = load();
  ASSERT_TRUE(base64) << base64.error().message;
  EXPECT_EQ(to_hex(base64->reveal()), std::string(64, 'b'));
  ::setenv("LEDGRAM_SEAL_KEY", "too short", 1);
  const LedgerError error = load_error();
  EXPECT_EQ(error.code, LedgerErrc::BadSealKey);
  EXPECT_EQ(error.message.find("too short"), std::string::npos) << "the value itself is not shown";
}

TEST(DataLock, IsHeldByOneAndNamesTheHolder) {
  const TemporaryFolder folder;
  const auto dir = folder / "new";
  {
    auto lock = DataLock::acquire(dir);
    ASSERT_TRUE(lock) << lock.error().message;
    struct stat status{};
    ASSERT_EQ(::stat(dir.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U);
    const auto second = DataLock::acquire(dir);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, LedgerErrc::Locked);
    const std::string expected = "process " + std::to_string(::getpid());
    EXPECT_NE(second.error().message.find(expected), std::string::npos) << second.error().message;
    const DataLock moved = std::move(*lock);
    EXPECT_FALSE(DataLock::acquire(dir)) << "moving does not release";
  }
  EXPECT_TRUE(DataLock::acquire(dir));
}

TEST(DataLock, EndsWithTheProcessThatHeldIt) {
  const TemporaryFolder folder;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = DataLock::acquire(folder.path());
    const char result = lock ? 'y' : 'n';
    if (::write(ready[1], &result, 1) != 1)
      ::_exit(1);
    for (;;)
      ::pause();
  }
  char result = 0;
  ASSERT_EQ(::read(ready[0], &result, 1), 1);
  EXPECT_EQ(result, 'y');
  const auto second = DataLock::acquire(folder.path());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find(std::to_string(child)), std::string::npos) << second.error().message;
  ::kill(child, SIGKILL);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(DataLock::acquire(folder.path()));
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(DataLock, SaysThatTheFolderCannotBeMade) {
  const auto lock = DataLock::acquire("/proc/ledgram/data");
  ASSERT_FALSE(lock);
  EXPECT_NE(lock.error().message.find("/proc/ledgram"), std::string::npos) << lock.error().message;
}

}  // namespace
}  // namespace ledgram::ledger
