#include "ledgram/base/log_output.hpp"

#include <fmt/format.h>
#include <spdlog/details/log_msg.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace ledgram::log {
namespace {

class DescriptorOutput final : public Output {
 public:
  explicit DescriptorOutput(int descriptor) : descriptor_(descriptor) {}

  bool write(std::string_view line) noexcept override {
    // The reader may have half a line.
    if (torn_ && write_bytes("\n") == 0)
      return false;
    const std::size_t written = write_bytes(line);
    torn_ = written > 0 && written < line.size();
    return written == line.size();
  }

 private:
  static constexpr int kPatienceMs = 100;

  /// A pipe that can be written takes PIPE_BUF bytes at once, so this never waits in write(2).
  std::size_t write_bytes(std::string_view bytes) noexcept {
    std::size_t total = 0;
    while (total < bytes.size()) {
      pollfd ready{.fd = descriptor_, .events = POLLOUT, .revents = 0};
      if (::poll(&ready, 1, blocked_ ? 0 : kPatienceMs) != 1) {
        blocked_ = true;
        return total;
      }
      const ssize_t written =
          ::write(descriptor_, bytes.data() + total, std::min<std::size_t>(bytes.size() - total, PIPE_BUF));
      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return total;
      total += static_cast<std::size_t>(written);
    }
    blocked_ = false;
    return total;
  }

  int descriptor_;
  bool torn_ = false;
  bool blocked_ = false;
};

/// spdlog's sink rotates; its lines are already formatted.
class FileOutput final : public Output {
 public:
  explicit FileOutput(FileSetup setup) : setup_(std::move(setup)), sink_(open()) {}

  bool write(std::string_view line) noexcept override {
    const off_t before = size();
    try {
      if (torn_)
        sink_->log(message("\n"));
      torn_ = false;
      sink_->log(message(line));
      complained_ = false;
      return true;
    } catch (const std::exception& error) {
      const off_t now = size();
      torn_ = torn_ || (now > 0 && now != before);
      if (!std::exchange(complained_, true))
        complain(error.what(), "lines are lost until it can be written");
      return false;
    }
  }

  bool reopen() noexcept override {
    try {
      sink_ = open();
      torn_ = false;
      return true;
    } catch (const std::exception& error) {
      complain(error.what(), "the one before stays in use");
      return false;
    }
  }

 private:
  using Sink = spdlog::sinks::rotating_file_sink_st;

  static spdlog::details::log_msg message(std::string_view line) {
    return {spdlog::string_view_t(), spdlog::level::info, spdlog::string_view_t(line.data(), line.size())};
  }

  /// On standard error, where somebody may see it; the log itself is what fails.
  static void complain(std::string_view what, std::string_view so) noexcept {
    try {
      descriptor_output(STDERR_FILENO)->write(fmt::format("ledgram: log file: {}; {}\n", what, so));
    } catch (const std::exception&) {
      return;
    }
  }

  std::unique_ptr<Sink> open() {
    spdlog::file_event_handlers handlers;
    handlers.after_open = [this](const spdlog::filename_t&, std::FILE* file) {
      // Without a buffer, so that each write tells whether the disk has taken the line.
      std::setvbuf(file, nullptr, _IONBF, 0);
      descriptor_ = ::fileno(file);
      // A device (/dev/stdout, say) keeps its owner's choice, and so does a file with something in it.
      struct stat status{};
      if (::fstat(descriptor_, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == 0)
        ::fchmod(descriptor_, S_IRUSR | S_IWUSR);
      ::fcntl(descriptor_, F_SETFD, FD_CLOEXEC);
    };
    auto sink = std::make_unique<Sink>(setup_.path.string(), std::max<std::size_t>(setup_.max_size, 1), setup_.keep,
                                       false, handlers);
    sink->set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc, std::string()));
    return sink;
  }

  [[nodiscard]] off_t size() const noexcept {
    struct stat status{};
    return ::fstat(descriptor_, &status) == 0 ? status.st_size : -1;
  }

  FileSetup setup_;
  int descriptor_ = -1;  ///< of the file being written; the sink owns it
  std::unique_ptr<Sink> sink_;
  bool torn_ = false;  ///< the file ends with half a line
  bool complained_ = false;
};

class QueuedOutput final : public Output {
 public:
  QueuedOutput(std::unique_ptr<Output> next, std::size_t capacity) : state_(std::make_shared<State>()) {
    state_->next = std::move(next);
    state_->capacity = capacity;
    // Detached, because nothing can end a thread that waits for a disk; what it uses is its own.
    std::thread([state = state_] { state->run(); }).detach();
  }

  ~QueuedOutput() override {
    std::unique_lock lock(state_->mutex);
    state_->stopping = true;
    state_->wake.notify_all();
    constexpr std::chrono::milliseconds kPatience(500);
    state_->idle.wait_for(lock, kPatience, [this] { return state_->ended; });
  }

  QueuedOutput(const QueuedOutput&) = delete;
  QueuedOutput& operator=(const QueuedOutput&) = delete;

  bool write(std::string_view line) noexcept override {
    try {
      const std::scoped_lock lock(state_->mutex);
      if (state_->lines.size() >= state_->capacity)
        return false;
      state_->lines.emplace_back(line);
      state_->wake.notify_all();
      return true;
    } catch (...) {
      return false;
    }
  }

  /// Done later, before the lines that follow.
  bool reopen() noexcept override {
    const std::scoped_lock lock(state_->mutex);
    state_->reopen = true;
    state_->wake.notify_all();
    return true;
  }

  bool flush(std::chrono::milliseconds time) noexcept override {
    std::unique_lock lock(state_->mutex);
    return state_->idle.wait_for(lock, time, [this] { return state_->is_idle(); });
  }

  [[nodiscard]] std::uint64_t lost_later() const noexcept override { return state_->lost; }

 private:
  struct State {
    [[nodiscard]] bool is_idle() const { return lines.empty() && !writing && !reopen; }

    void run() {
      std::unique_lock lock(mutex);
      while (true) {
        wake.wait(lock, [this] { return stopping || reopen || !lines.empty(); });
        if (!reopen && lines.empty())
          break;
        writing = true;
        if (std::exchange(reopen, false)) {
          lock.unlock();
          next->reopen();
        } else {
          const std::string line = std::move(lines.front());
          lines.pop_front();
          lock.unlock();
          if (!next->write(line))
            ++lost;
        }
        lock.lock();
        writing = false;
        if (is_idle())
          idle.notify_all();
      }
      ended = true;
      idle.notify_all();
    }

    std::mutex mutex;
    std::condition_variable wake;  ///< for the thread
    std::condition_variable idle;  ///< for who waits for the thread
    std::deque<std::string> lines;
    std::size_t capacity = 0;
    bool reopen = false;
    bool writing = false;
    bool stopping = false;
    bool ended = false;
    std::atomic<std::uint64_t> lost = 0;
    std::unique_ptr<Output> next;
  };

  std::shared_ptr<State> state_;
};

}  // namespace

std::unique_ptr<Output> descriptor_output(int descriptor) {
  return std::make_unique<DescriptorOutput>(descriptor);
}

std::expected<std::unique_ptr<Output>, std::string> file_output(const FileSetup& setup) {
  try {
    return std::make_unique<FileOutput>(setup);
  } catch (const std::exception& error) {
    return std::unexpected(std::string(error.what()));
  }
}

std::unique_ptr<Output> queued_output(std::unique_ptr<Output> next, std::size_t capacity) {
  return std::make_unique<QueuedOutput>(std::move(next), capacity);
}

}  // namespace ledgram::log
