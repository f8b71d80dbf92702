#pragma once

/// Child processes of the benchmarks: started, watched for memory, ended, and accounted for by the kernel.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::bench {

/// What a finished process used, as wait4 reports it.
struct Usage {
  int exit_code = 0;       ///< 128 + signal if a signal ended it
  double cpu_seconds = 0;  ///< user and system
  double peak_rss_mb = 0;  ///< MB here and below are 10^6 bytes
};

/// One moment in the life of a process.
struct MemorySample {
  std::chrono::steady_clock::time_point when;
  double rss_mb = 0;
};

/// What a running process has used so far.
struct Consumption {
  double cpu_seconds = 0;  ///< user and system, all threads
  double rss_mb = 0;       ///< now
};

enum class AtEnd : std::uint8_t { Remove, Keep };

/// A fresh folder, which is removed with everything in it at the end unless it is to be kept.
class ScratchFolder {
 public:
  explicit ScratchFolder(AtEnd at_end = AtEnd::Remove);
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  AtEnd at_end_;
};

/// A running child. Throws std::runtime_error with the command if it cannot be started.
class Process {
 public:
  /// What it writes to standard error is appended to `errors`, if that is not empty; otherwise it goes where ours goes.
  explicit Process(const std::vector<std::string>& command, const std::filesystem::path& errors = {});
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Ends it (SIGTERM) and waits if that was not done.
  ~Process();

  /// The next line of its standard output without the line feed; empty at the end.
  std::string read_line();

  /// The same, but gives up after `patience`: then it is nothing, and the line can still be read later.
  std::optional<std::string> read_line_within(std::chrono::milliseconds patience);

  /// Sends SIGTERM.
  void terminate();

  /// Sends SIGKILL, which gives it no chance to do anything, and waits for the end.
  void kill();

  /// Whether it has not ended yet.
  [[nodiscard]] bool running() const;

  /// From /proc; throws std::runtime_error if it has ended.
  [[nodiscard]] Consumption consumption() const;

  /// Waits for the end and takes a memory sample about every `interval` meanwhile. Its output is read and thrown away.
  Usage wait(std::chrono::milliseconds interval, std::vector<MemorySample>& samples);

  /// Waits for the end.
  Usage wait();

 private:
  /// A whole line that was read already, or nothing.
  std::optional<std::string> buffered_line();

  pid_t pid_ = -1;
  int output_ = -1;
  std::string buffer_;
};

/// Runs a command to its end. Throws std::runtime_error if it does not exit with 0.
Usage run(const std::vector<std::string>& command);

}  // namespace ledgram::bench
