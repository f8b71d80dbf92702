#include "ledgram/app/storage_meter.hpp"

#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace ledgram::app {
namespace {

using std::chrono::seconds;

struct HandClock final : Clock {
  [[nodiscard]] Instant now() const override { return instant; }
  Instant instant{seconds(100), seconds(1769860800)};
};

struct StorageMeterTest : testing::Test {
  void write(std::string_view name, std::size_t size) const {
    const std::filesystem::path file = folder / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << std::string(size, 'x');
  }

  ledger::TemporaryFolder folder;
  HandClock clock;
  StorageMeter meter{folder.path(), clock};
};

TEST_F(StorageMeterTest, WhatIsNotThereIsNothing) {
  EXPECT_EQ(meter.measure(), (StorageMeter::Sizes{{"ledger", 0}, {"journal", 0}, {"search", 0}, {"media", 0}}));
}

TEST_F(StorageMeterTest, EachFileIsCountedInItsPart) {
  write("ledger.db", 1);
  write("ledger.db-wal", 20);
  write("ledger.db-shm", 300);
  write("search.db", 4'000);
  write("search.db-wal", 50'000);
  write("media/ab/abc", 600'000);
  write("media/partial/7", 7'000'000);
  write("ledgram.toml", 8);
  EXPECT_EQ(meter.measure(),
            (StorageMeter::Sizes{{"ledger", 1}, {"journal", 320}, {"search", 54'000}, {"media", 7'600'000}}));
}

TEST_F(StorageMeterTest, MediaAreCountedAnewAfterAMinute) {
  write("ledger.db", 1);
  write("media/ab/abc", 10);
  EXPECT_EQ(meter.measure().at("media"), 10U);
  write("ledger.db", 2);
  write("media/ab/abd", 5);
  clock.instant = clock.instant.after(seconds(59));
  EXPECT_EQ(meter.measure().at("media"), 10U);
  EXPECT_EQ(meter.measure().at("ledger"), 2U);
  clock.instant = clock.instant.after(seconds(1));
  EXPECT_EQ(meter.measure().at("media"), 15U);
}

TEST_F(StorageMeterTest, WhatCannotBeReadIsNothingAndTheRestIsTold) {
  write("ledger.db", 1);
  std::filesystem::create_symlink("media", folder / "media");
  EXPECT_EQ(meter.measure().at("ledger"), 1U);
  EXPECT_EQ(meter.measure().at("media"), 0U);
}

}  // namespace
}  // namespace ledgram::app
