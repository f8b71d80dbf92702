// Outputs of the log that fail, hang, are rotated and moved away.

#include "ledgram/base/log_output.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <mutex>
#include <vector>

namespace ledgram::log {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct FileOutputTest : testing::Test {
  FileOutputTest() {
    std::string name = (fs::temp_directory_path() / "ledgram-log-XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~FileOutputTest() override { fs::remove_all(folder); }

  [[nodiscard]] std::unique_ptr<Output> open(std::uint64_t max_size = 1000, std::size_t keep = 2) const {
    auto output = file_output({folder / "sub" / "a.log", max_size, keep});
    EXPECT_TRUE(output) << output.error();
    return std::move(output.value());
  }

  fs::path folder;
};

TEST_F(FileOutputTest, IsMadeForItsOwnerAloneAndAppendedTo) {
  const fs::path path = folder / "sub" / "a.log";
  EXPECT_TRUE(open()->write("one\n"));
  EXPECT_TRUE(open()->write("two\n"));
  EXPECT_EQ(content(path), "one\ntwo\n");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(FileOutputTest, IsRotatedByItsSize) {
  const std::unique_ptr<Output> output = open(10, 2);
  for (const char* const line : {"line-1\n", "line-2\n", "line-3\n", "line-4\n"})
    EXPECT_TRUE(output->write(line));
  EXPECT_EQ(content(folder / "sub" / "a.log"), "line-4\n");
  EXPECT_EQ(content(folder / "sub" / "a.1.log"), "line-3\n");
  EXPECT_EQ(content(folder / "sub" / "a.2.log"), "line-2\n");
  EXPECT_FALSE(fs::exists(folder / "sub" / "a.3.log"));
}

TEST_F(FileOutputTest, IsOpenedAnewAfterItWasMovedAway) {
  const std::unique_ptr<Output> output = open();
  EXPECT_TRUE(output->write("before\n"));
  fs::rename(folder / "sub" / "a.log", folder / "moved");
  EXPECT_TRUE(output->write("between\n"));
  EXPECT_TRUE(output->reopen());
  EXPECT_TRUE(output->write("after\n"));
  EXPECT_EQ(content(folder / "moved"), "before\nbetween\n");
  EXPECT_EQ(content(folder / "sub" / "a.log"), "after\n");
}

TEST_F(FileOutputTest, StaysInUseWhenItCannotBeOpenedAnew) {
  const std::unique_ptr<Output> output = open();
  fs::rename(folder / "sub" / "a.log", folder / "moved");
  fs::create_directory(folder / "sub" / "a.log");
  testing::internal::CaptureStderr();
  EXPECT_FALSE(output->reopen());
  EXPECT_NE(testing::internal::GetCapturedStderr().find("the one before stays in use"), std::string::npos);
  EXPECT_TRUE(output->write("after\n"));
  EXPECT_EQ(content(folder / "moved"), "after\n");
}

TEST_F(FileOutputTest, AFolderIsNoFile) {
  const auto output = file_output({folder, 1000, 1});
  ASSERT_FALSE(output);
  EXPECT_NE(output.error().find(folder.string()), std::string::npos) << output.error();
}

TEST_F(FileOutputTest, AFullDiskCostsLinesAndOneComplaint) {
  const auto output = file_output({"/dev/full", 1000, 1});
  ASSERT_TRUE(output) << output.error();
  testing::internal::CaptureStderr();
  EXPECT_FALSE((*output)->write("one\n"));
  EXPECT_FALSE((*output)->write("two\n"));
  const std::string complaint = testing::internal::GetCapturedStderr();
  EXPECT_NE(complaint.find("No space left on device"), std::string::npos) << complaint;
  EXPECT_EQ(std::ranges::count(complaint, '\n'), 1) << complaint;
}

struct PipeTest : testing::Test {
  PipeTest() {
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(::pipe(ends.data()), 0);
  }
  ~PipeTest() override {
    ::close(ends[0]);
    ::close(ends[1]);
  }

  /// What can be read at once.
  [[nodiscard]] std::string drain() const {
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    std::string all;
    std::array<char, 65536> part{};
    ssize_t got = 0;
    while ((got = ::read(ends[0], part.data(), part.size())) > 0)
      all.append(part.data(), static_cast<std::size_t>(got));
    return all;
  }

  std::array<int, 2> ends{};
};

TEST_F(PipeTest, AReaderThatTakesNothingCostsLinesAndHoldsNobodyUp) {
  const std::unique_ptr<Output> output = descriptor_output(ends[1]);
  const std::string line(999, 'x');
  int written = 0;
  while (output->write(line + "\n"))
    ++written;
  EXPECT_GT(written, 10);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 100; ++i)
    EXPECT_FALSE(output->write("lost\n"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(5)) << "100 ms for each line would be 10 s";
  EXPECT_FALSE(drain().empty());
  EXPECT_TRUE(output->write("back\n"));
  EXPECT_EQ(drain(), "back\n");
}

TEST_F(PipeTest, HalfALineIsEndedBeforeTheNext) {
  const std::unique_ptr<Output> output = descriptor_output(ends[1]);
  EXPECT_FALSE(output->write(std::string(1'000'000, 'x')));
  EXPECT_GT(drain().size(), 4096U);
  EXPECT_TRUE(output->write("whole\n"));
  EXPECT_EQ(drain(), "\nwhole\n");
}

TEST_F(PipeTest, AReaderThatHasGoneCostsLinesOnly) {
  const std::unique_ptr<Output> output = descriptor_output(ends[1]);
  ::close(ends[0]);
  EXPECT_FALSE(output->write("nobody\n"));
}

/// An output whose write() hangs until it is let go, as a disk can.
class Gate final : public Output {
 public:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    int waiting = 0;
    std::vector<std::string> lines;
  };

  explicit Gate(std::shared_ptr<State> state) : state_(std::move(state)) {}

  bool write(std::string_view line) noexcept override {
    std::unique_lock lock(state_->mutex);
    ++state_->waiting;
    state_->changed.notify_all();
    state_->changed.wait(lock, [this] { return state_->open; });
    state_->lines.emplace_back(line);
    return line != "refused";
  }

 private:
  std::shared_ptr<State> state_;
};

struct QueuedOutputTest : testing::Test {
  void let_go() const {
    const std::scoped_lock lock(gate->mutex);
    gate->open = true;
    gate->changed.notify_all();
  }
  void wait_until_it_hangs() const {
    std::unique_lock lock(gate->mutex);
    gate->changed.wait(lock, [this] { return gate->waiting > 0; });
  }

  std::shared_ptr<Gate::State> gate = std::make_shared<Gate::State>();
};

TEST_F(QueuedOutputTest, ADiskThatHangsHoldsUpNobodyAndLosesOnlyWhatDoesNotFit) {
  const std::unique_ptr<Output> output = queued_output(std::make_unique<Gate>(gate), 2);
  EXPECT_TRUE(output->write("1"));
  wait_until_it_hangs();
  EXPECT_TRUE(output->write("2"));
  EXPECT_TRUE(output->write("3"));
  EXPECT_FALSE(output->write("4"));
  EXPECT_FALSE(output->flush(milliseconds(1)));
  let_go();
  EXPECT_TRUE(output->flush(seconds(60)));
  EXPECT_EQ(gate->lines, (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(output->lost_later(), 0U);
}

TEST_F(QueuedOutputTest, ItsEndWritesTheRestAndCountsWhatWasRefused) {
  let_go();
  std::unique_ptr<Output> output = queued_output(std::make_unique<Gate>(gate), 10);
  EXPECT_TRUE(output->write("refused"));
  EXPECT_TRUE(output->flush(seconds(60)));
  EXPECT_EQ(output->lost_later(), 1U);
  EXPECT_TRUE(output->write("last"));
  output.reset();
  EXPECT_EQ(gate->lines, (std::vector<std::string>{"refused", "last"}));
}

TEST_F(QueuedOutputTest, ItsEndDoesNotWaitForADiskThatHangs) {
  std::unique_ptr<Output> output = queued_output(std::make_unique<Gate>(gate), 10);
  EXPECT_TRUE(output->write("1"));
  wait_until_it_hangs();
  output.reset();
  let_go();
}

}  // namespace
}  // namespace ledgram::log
