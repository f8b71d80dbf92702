#pragma once

/// Who may hold lines of the log back.

#include "ledgram/base/log_levels.hpp"
#include "ledgram/base/log_line.hpp"

#include <span>
#include <string_view>

namespace ledgram::log {

/// Called on whatever thread logs.
class Gate {
 public:
  virtual ~Gate() = default;

  /// False: the line is not written; whoever says so tells of it later, with write_past_gate().
  virtual bool passes(Level level, std::string_view module, std::string_view message) noexcept = 0;
};

/// From now on `gate` is asked about warnings and errors that are one sentence, without named values; nullptr: nobody
/// is. When this returns, no thread is in the gate before it any more. Not to be called by a gate.
void set_gate(Gate* gate) noexcept;

/// As write(), and no gate is asked.
void write_past_gate(Level level, std::string_view module, std::string_view message,
                     std::span<const Field> fields = {}) noexcept;

}  // namespace ledgram::log
