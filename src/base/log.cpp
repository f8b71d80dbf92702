#include "ledgram/base/log.hpp"

#include "ledgram/base/log_gate.hpp"

#include <spdlog/details/log_msg.h>

#include <unistd.h>

#include <atomic>
#include <mutex>
#include <shared_mutex>

namespace ledgram::log {
namespace {

/// More lines than a service writes while a disk stalls, and no more than some megabytes.
constexpr std::size_t kMostWaitingLines = 10000;

class Log {
 public:
  Log() : output_(descriptor_output(STDERR_FILENO)) {}

  void set_output(std::unique_ptr<Output> output, Format format) {
    const std::scoped_lock lock(mutex_);
    const std::uint64_t lost_behind = output_->lost_later();
    written_ -= lost_behind;
    lost_ += lost_behind;
    output_ = std::move(output);
    format_ = format;
    unreported_ = 0;
    lost_behind_ = 0;
  }

  void set_levels(const Levels& levels) {
    const std::unique_lock lock(levels_mutex_);
    levels_ = levels;
    lowest_.store(levels.lowest(), std::memory_order_relaxed);
  }

  bool enabled(Level level, std::string_view module) {
    if (level < lowest_.load(std::memory_order_relaxed) || level == Level::Off)
      return false;
    const std::shared_lock lock(levels_mutex_);
    return level >= levels_.of(module);
  }

  void write(const Line& line) {
    const std::scoped_lock lock(mutex_);
    const std::uint64_t lost_behind = output_->lost_later();
    unreported_ += lost_behind - std::exchange(lost_behind_, lost_behind);
    if (unreported_ > 0 && put(loss_report(line)))
      unreported_ = 0;
    if (put(line)) {
      ++written_;
    } else {
      ++lost_;
      ++unreported_;
    }
  }

  void set_gate(Gate* gate) {
    const std::unique_lock lock(gate_mutex_);
    gate_ = gate;
  }

  bool passes(Level level, std::string_view module, std::string_view message) {
    const std::shared_lock lock(gate_mutex_);
    return gate_ == nullptr || gate_->passes(level, module, message);
  }

  void reopen() {
    const std::scoped_lock lock(mutex_);
    output_->reopen();
  }

  /// The mutex may be held by somebody whom a disk holds up.
  bool flush(std::chrono::milliseconds time) {
    const std::unique_lock lock(mutex_, time);
    return lock.owns_lock() && output_->flush(time);
  }

  Counters counters() {
    const std::scoped_lock lock(mutex_);
    const std::uint64_t lost_behind = output_->lost_later();
    return {written_ - lost_behind, lost_ + lost_behind};
  }

 private:
  bool put(const Line& line) { return output_->write(format_ == Format::Json ? to_json(line) : to_text(line)); }

  [[nodiscard]] Line loss_report(const Line& like) {
    loss_field_ = Field("lines", unreported_);
    return {like.time, Level::Warning, "log", "lines could not be written", std::span<const Field>(&loss_field_, 1)};
  }

  std::timed_mutex mutex_;
  std::unique_ptr<Output> output_;
  Format format_ = Format::Text;
  std::uint64_t written_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t lost_behind_ = 0;  ///< of Output::lost_later(), already in unreported_
  std::uint64_t unreported_ = 0;   ///< lost, and the log itself does not say so yet
  Field loss_field_{"lines", std::uint64_t{0}};

  std::shared_mutex gate_mutex_;  ///< taken before mutex_
  Gate* gate_ = nullptr;

  std::shared_mutex levels_mutex_;
  Levels levels_;
  std::atomic<Level> lowest_ = Level::Warning;
};

/// Never destroyed, because others log until the very end.
Log& the_log() {
  static Log& instance = *new Log;
  return instance;
}

}  // namespace

std::expected<void, std::string> configure(const Setup& setup) {
  std::unique_ptr<Output> output;
  if (setup.file) {
    auto file = file_output(*setup.file);
    if (!file)
      return std::unexpected(std::move(file.error()));
    output = std::move(*file);
  } else {
    output = descriptor_output(STDERR_FILENO);
  }
  if (setup.delivery == Delivery::Thread)
    output = queued_output(std::move(output), kMostWaitingLines);
  the_log().set_levels(setup.levels);
  the_log().set_output(std::move(output), setup.format);
  return {};
}

void set_output(std::unique_ptr<Output> output, Format format) {
  the_log().set_output(std::move(output), format);
}

void set_level(Level level) {
  the_log().set_levels(Levels(level));
}

void set_levels(const Levels& levels) {
  the_log().set_levels(levels);
}

bool enabled(Level level, std::string_view module) {
  return the_log().enabled(level, module);
}

void reopen() noexcept {
  the_log().reopen();
}

bool flush(std::chrono::milliseconds time) noexcept {
  return the_log().flush(time);
}

Counters counters() noexcept {
  return the_log().counters();
}

void set_gate(Gate* gate) noexcept {
  the_log().set_gate(gate);
}

void write(Level level, std::string_view module, std::string_view message, std::span<const Field> fields) noexcept {
  if (!enabled(level, module))
    return;
  if (level >= Level::Warning && fields.empty() && !the_log().passes(level, module, message))
    return;
  write_past_gate(level, module, message, fields);
}

void write_past_gate(Level level, std::string_view module, std::string_view message,
                     std::span<const Field> fields) noexcept {
  if (!enabled(level, module))
    return;
  try {
    // spdlog stamps its messages when they are made; this floor asks no clock itself.
    const spdlog::details::log_msg stamp(spdlog::string_view_t(), spdlog::level::info, spdlog::string_view_t());
    the_log().write({stamp.time, level, module, message, fields});
  } catch (...) {
    // Out of memory: a line less is not worth more than the caller.
    return;
  }
}

}  // namespace ledgram::log
