#pragma once

/// What the program tells its caller when it ends. Scripts rely on these numbers.

#include <cstdint>

namespace ledgram::cli {

enum class ExitCode : std::uint8_t {
  Done = 0,
  Failed = 1,
  WrongUsage = 2,
  Interrupted = 130,  ///< 128 + SIGINT, as shells count it
};

constexpr int to_int(ExitCode code) {
  return static_cast<int>(code);
}

}  // namespace ledgram::cli
