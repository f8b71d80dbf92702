#include "fast_clock.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>

namespace ledgram::bench {
namespace {

/// For programs with threads.
constexpr const char* kLibrary = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

}  // namespace

FastClock::FastClock(int speed) : speed_(speed), start_(std::chrono::system_clock::now()) {
  if (speed_ != 1 && !std::filesystem::exists(kLibrary))
    throw std::runtime_error(fmt::format("a fast clock needs {}: install the package faketime", kLibrary));
}

std::vector<std::string> FastClock::wrap(std::vector<std::string> command) const {
  if (speed_ == 1)
    return command;
  // The library counts from the start of each process, and all have to have the same time.
  const std::chrono::duration<double> passed = std::chrono::system_clock::now() - start_;
  const double ahead = passed.count() * (speed_ - 1);
  command.insert(command.begin(), {"/usr/bin/env", fmt::format("LD_PRELOAD={} {}", LEDGRAM_FAST_CLOCK_TIMERS, kLibrary),
                                   fmt::format("FAKETIME={:+.3f} x{}", ahead, speed_)});
  return command;
}

}  // namespace ledgram::bench
