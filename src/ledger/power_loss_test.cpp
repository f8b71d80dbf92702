#include "ledgram/base/random.hpp"
#include "ledgram/ledger/history_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

/// A power failure, by the method of SQLite's own tests: the journal of a ledger in use is cut wherever it may be cut,
/// and what opens is the ledger as it was after some commit.

namespace ledgram::ledger {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const fs::path& file, std::string_view content) {
  std::ofstream(file, std::ios::binary | std::ios::trunc)
      .write(content.data(), static_cast<std::streamsize>(content.size()));
}

class PowerLossTest : public testing::Test {
 protected:
  /// Few enough that the journal is not taken over on the way.
  static constexpr std::int32_t kBatches = 16;

  // The database file and the journal of a ledger in the middle of its work, and its content after each commit.
  void write_history(std::int32_t batches) {
    const auto file = folder_ / "ledger.db";
    {
      // Closing takes the journal over, so that the next one holds the history alone.
      ledger_with_channels(file);
    }
    Ledger ledger = must(Ledger::open(file));
    contents_.push_back(whole_content(ledger));
    for (std::int32_t step = 1; step <= batches; ++step) {
      must(ledger.commit(history_batch(step)));
      contents_.push_back(whole_content(ledger));
      journal_sizes_.push_back(fs::file_size(file.string() + "-wal"));
    }
    database_ = read_file(file);
    journal_ = read_file(file.string() + "-wal");
  }

  // Opens the database with this journal; how many batches are there. Their content must be that of the prefix.
  std::int32_t open_with(std::string_view journal) {
    const auto file = folder_ / "copy.db";
    fs::remove(file.string() + "-shm");
    write_file(file, database_);
    write_file(file.string() + "-wal", journal);
    Ledger ledger = must(Ledger::open(file));
    const auto integrity = ledger.check_integrity(IntegrityCheck::Full);
    EXPECT_TRUE(integrity) << integrity.error().message;
    const std::int32_t length = history_length(ledger);
    EXPECT_EQ(whole_content(ledger), contents_.at(static_cast<std::size_t>(length)));
    return length;
  }

  // What must be there when so many bytes of the journal reached the disk.
  [[nodiscard]] std::int32_t expected(std::size_t size) const {
    return static_cast<std::int32_t>(
        std::ranges::count_if(journal_sizes_, [&](std::uintmax_t whole) { return whole <= size; }));
  }

  TemporaryFolder folder_;
  std::vector<std::string> contents_;          ///< by number of batches
  std::vector<std::uintmax_t> journal_sizes_;  ///< after each batch
  std::string database_;
  std::string journal_;
};

// sqlite.org/fileformat2.html#walformat
constexpr std::size_t kJournalHeader = 32;
constexpr std::size_t kFrame = 24 + 8'192;

TEST_F(PowerLossTest, CutAtEveryFrame) {
  write_history(kBatches);
  ASSERT_EQ((journal_.size() - kJournalHeader) % kFrame, 0U);
  ASSERT_GT(journal_.size(), 100 * kFrame);
  for (std::size_t size = kJournalHeader; size <= journal_.size(); size += kFrame) {
    SCOPED_TRACE(testing::Message() << "cut at " << size);
    ASSERT_EQ(open_with(std::string_view(journal_).substr(0, size)), expected(size));
  }
  EXPECT_EQ(expected(journal_.size()), kBatches);
  EXPECT_EQ(open_with(""), 0);
}

TEST_F(PowerLossTest, CutAtAnyByte) {
  write_history(kBatches);
  constexpr std::uint64_t kSeed = 20250311;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  SeededRandom random(kSeed);
  for (int round = 0; round < 60; ++round) {
    const std::size_t size = random.below(journal_.size());
    SCOPED_TRACE(testing::Message() << "cut at " << size);
    ASSERT_EQ(open_with(std::string_view(journal_).substr(0, size)), expected(size));
  }
}

// The blocks of the journal need not reach the disk in their order: what was not written holds zeros or old bytes.
TEST_F(PowerLossTest, BlocksThatWereNotWritten) {
  write_history(kBatches);
  constexpr std::uint64_t kSeed = 20250312;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  SeededRandom random(kSeed);
  constexpr std::size_t kBlock = 4096;
  for (int round = 0; round < 60; ++round) {
    const std::size_t at = random.below(journal_.size() / kBlock) * kBlock;
    std::string journal = journal_;
    const std::size_t length = std::min(kBlock, journal.size() - at);
    if (round % 2 == 0) {
      journal.replace(at, length, length, '\0');
    } else {
      for (std::size_t i = 0; i < length; ++i)
        journal[at + i] = static_cast<char>(random.below(256));
    }
    SCOPED_TRACE(testing::Message() << "block at " << at);
    const std::int32_t length_now = open_with(journal);
    ASSERT_GE(length_now, expected(at)) << "what was written before it is there";
    if (journal.compare(at, length, journal_, at, length) != 0) {
      ASSERT_LE(length_now, expected(at + kBlock + kFrame)) << "nothing after a torn block counts";
    }
  }
}

// After check-points the journal begins anew over its old frames, which must not come back to life.
TEST_F(PowerLossTest, CutAJournalThatWasUsedBefore) {
  constexpr std::int32_t kMany = 110;
  write_history(kMany);
  ASSERT_EQ(journal_sizes_[kMany - 1], journal_sizes_[kMany - 2]) << "it was taken over and written from its beginning";
  const std::int32_t least = open_with("");
  EXPECT_GT(least, 0);
  EXPECT_EQ(open_with(journal_), kMany);
  constexpr std::uint64_t kSeed = 20250313;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  SeededRandom random(kSeed);
  std::int32_t between = 0;
  for (int round = 0; round < 40; ++round) {
    const std::size_t size = random.below(journal_.size());
    SCOPED_TRACE(testing::Message() << "cut at " << size);
    const std::int32_t length = open_with(std::string_view(journal_).substr(0, size));
    ASSERT_GE(length, least);
    between += length > least && length < kMany ? 1 : 0;
  }
  EXPECT_GT(between, 0);
}

// The ledger catches up: the batches that were lost come again, and those that were not, too.
TEST_F(PowerLossTest, CommittingAgainGivesTheSameLedger) {
  write_history(kBatches);
  const std::size_t half = kJournalHeader + (journal_.size() - kJournalHeader) / 2;
  const std::int32_t kept = open_with(std::string_view(journal_).substr(0, half));
  ASSERT_GT(kept, 3);
  ASSERT_LT(kept, kBatches);
  Ledger ledger = must(Ledger::open(folder_ / "copy.db"));
  for (std::int32_t step = kept + 1; step <= kBatches; ++step)
    must(ledger.commit(history_batch(step)));
  EXPECT_EQ(whole_content(ledger), contents_.back());
  const CommitStats again = must(ledger.commit(history_batch(kBatches)));
  EXPECT_EQ(again.inserted + again.updated + again.deleted + again.events, 0);
}

}  // namespace
}  // namespace ledgram::ledger
