#pragma once

/// Child processes of the benchmarks: started, watched for memory, ended, and accounted for by the kernel.

#include <sys/types.h>

#include <chrono>
#include <filesystem>
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

/// A folder that is removed with everything in it at the end.
class ScratchFolder {
 public:
  ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  ~ScratchFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// A running child. Throws std::runtime_error with the command if it cannot be started.
class Process {
 public:
  explicit Process(const std::vector<std::string>& command);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// Ends it (SIGTERM) and waits if that was not done.
  ~Process();

  /// The next line of its standard output without the line feed; empty at the end.
  std::string read_line();

  /// Sends SIGTERM.
  void terminate();

  /// Waits for the end and takes a memory sample about every `interval` meanwhile. Its output is read and thrown away.
  Usage wait(std::chrono::milliseconds interval, std::vector<MemorySample>& samples);

  /// Waits for the end.
  Usage wait();

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string buffer_;
};

/// Runs a command to its end. Throws std::runtime_error if it does not exit with 0.
Usage run(const std::vector<std::string>& command);

}  // namespace ledgram::bench
