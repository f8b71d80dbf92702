#include "ledgram/ledger/history_support.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>

/// A disk that fills up: the commit fails with an error that says so, nothing of it is stored, and the same commit
/// succeeds when there is space again.

namespace ledgram::ledger {
namespace {

namespace fs = std::filesystem;

/// No file of this process may grow beyond so many bytes. The system answers as it does for a full disk, except for
/// the number of the error.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(std::uintmax_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    rlimit limit = old_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_{};
  void (*old_handler_)(int);
};

class DiskFullTest : public testing::Test {
 protected:
  // The error of committing with so much space; nothing if it succeeded.
  std::optional<LedgerError> commit_within(std::uintmax_t bytes, const Batch& batch) {
    const FileSizeLimit limit(bytes);
    const auto result = ledger_.commit(batch);
    return result ? std::nullopt : std::optional(result.error());
  }

  [[nodiscard]] std::uintmax_t journal_size() const { return fs::file_size(file_.string() + "-wal"); }

  // A ledger on a disk with space that got the same batches.
  std::string undisturbed(std::int32_t batches, std::size_t size) {
    Ledger ledger = ledger_with_channels(folder_ / "undisturbed.db");
    for (std::int32_t step = 1; step <= batches; ++step)
      must(ledger.commit(history_batch(step, size)));
    return whole_content(ledger);
  }

  void expect_sound(std::int32_t batches, std::size_t size) {
    EXPECT_EQ(whole_content(ledger_), undisturbed(batches, size));
    ledger_ = must(Ledger::open(file_));
    EXPECT_TRUE(ledger_.check_integrity(IntegrityCheck::Full));
    EXPECT_EQ(history_length(ledger_), batches);
  }

  TemporaryFolder folder_;
  fs::path file_ = folder_ / "ledger.db";
  Ledger ledger_ = ledger_with_channels(file_);
};

TEST_F(DiskFullTest, AtEachPageOfACommit) {
  constexpr std::size_t kSize = 20'000;
  constexpr std::int32_t kBatches = 4;
  int failures = 0;
  for (std::int32_t step = 1; step <= kBatches; ++step) {
    const std::string before = whole_content(ledger_);
    const Batch batch = history_batch(step, kSize);
    for (std::uintmax_t space = 0;; space += 8192) {
      ASSERT_LT(space, 1U << 24U);
      const auto error = commit_within(journal_size() + space, batch);
      if (!error)
        break;
      ++failures;
      ASSERT_EQ(error->code, LedgerErrc::DiskFull) << error->message;
      EXPECT_TRUE(error->retryable());
      EXPECT_NE(error->message.find("full"), std::string::npos) << error->message;
      ASSERT_EQ(whole_content(ledger_), before) << "with " << space << " bytes";
    }
  }
  EXPECT_GT(failures, 20);
  expect_sound(kBatches, kSize);
}

// The database file cannot grow, so the journal is not taken over and grows instead, until it cannot either.
TEST_F(DiskFullTest, WhileTheJournalIsTakenOver) {
  constexpr std::size_t kSize = 60'000;
  std::int32_t step = 1;
  std::optional<LedgerError> error;
  constexpr std::uintmax_t kSpace = 12'000'000;
  while (!(error = commit_within(kSpace, history_batch(step, kSize)))) {
    ++step;
    ASSERT_LT(step, 400);
  }
  EXPECT_GT(step, 10);
  EXPECT_EQ(error->code, LedgerErrc::DiskFull) << error->message;
  EXPECT_EQ(history_length(ledger_), step - 1);
  EXPECT_EQ(commit_within(kSpace, history_batch(step, kSize))->code, LedgerErrc::DiskFull) << "still";
  must(ledger_.commit(history_batch(step, kSize)));
  must(ledger_.commit(history_batch(step + 1, kSize)));
  expect_sound(step + 1, kSize);
}

TEST_F(DiskFullTest, WhileTheLedgerIsMadeOrOpened) {
  {
    const FileSizeLimit limit(20'000);
    const auto made = Ledger::open(folder_ / "new.db");
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, LedgerErrc::DiskFull) << made.error().message;
  }
  EXPECT_FALSE(fs::exists(folder_ / "new.db")) << "half a ledger is none";
  EXPECT_TRUE(Ledger::open(folder_ / "new.db"));
}

}  // namespace
}  // namespace ledgram::ledger
