#pragma once

/// Where lines of the log go: standard error, a file that is rotated by its size, and a thread between.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace ledgram::log {

/// A log file and how much of it is kept.
struct FileSetup {
  std::filesystem::path path;
  std::uint64_t max_size = 50'000'000;  ///< bytes; then PATH is renamed, ledgram.log to ledgram.1.log
  std::size_t keep = 5;                 ///< files kept beside the one being written
};

/// Takes whole lines. A line that cannot be written is lost, which the caller counts; nothing is thrown.
class Output {
 public:
  virtual ~Output() = default;

  /// False if the line was lost, whole or in part.
  virtual bool write(std::string_view line) noexcept = 0;

  /// Opens the file anew by its name, for programs that move it away. False if that failed: the old one stays in use.
  virtual bool reopen() noexcept { return true; }

  /// Waits until what was taken has been written, for `time` at most. False if some of it still waits.
  virtual bool flush(std::chrono::milliseconds /*time*/) noexcept { return true; }

  /// Lines lost behind an earlier write().
  [[nodiscard]] virtual std::uint64_t lost_later() const noexcept { return 0; }
};

/// Standard error, or what `descriptor` is. A reader that takes nothing holds a line up for 100 ms at most, and the
/// lines after it not at all until it reads again.
std::unique_ptr<Output> descriptor_output(int descriptor);

/// A file that only its owner may read, made if it is not there, with its folder. The error is a sentence.
std::expected<std::unique_ptr<Output>, std::string> file_output(const FileSetup& setup);

/// Writes to `next` on a thread of its own, so that a disk or a reader that hangs holds up nobody. What more than
/// `capacity` lines would wait for it is lost. Its destructor waits half a second at most, then leaves the thread
/// alone.
std::unique_ptr<Output> queued_output(std::unique_ptr<Output> next, std::size_t capacity);

}  // namespace ledgram::log
