#include "ledgram/base/limited_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

namespace ledgram::log {
namespace {

/// How many keys a summary names; the others are one number.
constexpr std::size_t kNamedKeys = 5;

void write_summary(const std::optional<RepeatLimiter::Summary>& summary) {
  if (!summary)
    return;
  std::string named;
  std::uint64_t total = summary->forgotten;
  std::uint64_t unnamed = summary->forgotten;
  Level level = summary->held.empty() ? Level::Warning : Level::Trace;
  for (std::size_t index = 0; index < summary->held.size(); ++index) {
    const RepeatLimiter::Held& held = summary->held[index];
    total += held.count;
    level = std::max(level, held.level);
    if (index < kNamedKeys) {
      named += fmt::format("{}{} {} x {}", named.empty() ? "" : ", ", held.key.module, held.key.message, held.count);
    } else {
      unnamed += held.count;
    }
  }
  if (unnamed > 0)
    named += fmt::format("{}others x {}", named.empty() ? "" : ", ", unnamed);
  const double seconds = std::chrono::duration<double>(summary->over).count();
  const Field fields[] = {{"held_back", total}, {"keys", summary->held.size()}};
  write_past_gate(level, "log", fmt::format("the same again in {:.0f} s: {}", seconds, named), fields);
}

}  // namespace

bool LimitedLog::passes(Level level, std::string_view module, std::string_view message) noexcept {
  try {
    const nanoseconds now = clock_.now().monotonic;
    const RepeatKey key{std::string(module), std::string(message)};
    const std::scoped_lock lock(mutex());
    write_summary(limiter_.take_summary(now));
    const bool is_new = limiter_.take(key, level, now) == RepeatLimiter::Verdict::Show;
    announce();
    return is_new;
  } catch (...) {
    // Out of memory: rather a line too many.
    return true;
  }
}

RepeatLimiter::Totals LimitedLog::totals() const {
  const std::scoped_lock lock(mutex());
  return limiter_.totals();
}

void LimitedLog::report(nanoseconds now) {
  write_summary(limiter_.take_summary(now));
}

void LimitedLog::report_rest(nanoseconds now) {
  write_summary(limiter_.finish(now));
}

}  // namespace ledgram::log
