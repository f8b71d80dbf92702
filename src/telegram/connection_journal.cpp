#include "ledgram/telegram/connection_journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>

namespace ledgram::telegram {
namespace {

/// How many reasons a summary names; the others are one number.
constexpr std::size_t kNamedReasons = 4;

double seconds_of(nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string plural(std::size_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

/// "cannot connect 40, no answer 8": the most frequent first.
std::string text_of(const std::map<std::string, std::int64_t>& reasons) {
  std::vector<std::pair<std::int64_t, std::string_view>> sorted;
  sorted.reserve(reasons.size());
  for (const auto& [reason, count] : reasons)
    sorted.emplace_back(count, reason);
  std::ranges::stable_sort(sorted, std::greater(), &std::pair<std::int64_t, std::string_view>::first);
  std::string text;
  std::int64_t others = 0;
  for (std::size_t index = 0; index < sorted.size(); ++index) {
    if (index < kNamedReasons) {
      text += fmt::format("{}{} {}", index == 0 ? "" : ", ", sorted[index].second, sorted[index].first);
    } else {
      others += sorted[index].first;
    }
  }
  if (others > 0)
    text += fmt::format(", others {}", others);
  return text;
}

}  // namespace

void ConnectionJournal::down(ConnectionNumber number, const State& state, nanoseconds now) {
  const auto [found, is_new] = down_.try_emplace(number);
  Down& entry = found->second;
  entry.reason = state.reason;
  entry.detail = state.detail;
  entry.attempts = state.attempts;
  if (!is_new)
    return;
  entry.account = state.account;
  entry.dc = state.dc;
  entry.since = now;
  by_age_.emplace(now, number);
  ++counters_.losses;
  if (may_show_one(now)) {
    lines_.push_back({log::Level::Info,
                      fmt::format("connection to data centre {} lost: {}", state.dc.value(), state.detail),
                      entry.account,
                      state.dc,
                      {}});
    return;
  }
  hold(now);
  ++held_.lost;
  held_.accounts.insert(entry.account);
  ++held_.reasons[entry.reason];
}

void ConnectionJournal::up(ConnectionNumber number, std::size_t attempts, nanoseconds now) {
  const auto found = down_.find(number);
  if (found == down_.end())
    return;
  const Down entry = std::move(found->second);
  down_.erase(found);
  by_age_.erase({entry.since, number});
  ++counters_.returns;
  const nanoseconds away = now - entry.since;
  if (may_show_one(now)) {
    lines_.push_back({log::Level::Info,
                      fmt::format("connection to data centre {} is back after {:.1f} s and {}", entry.dc.value(),
                                  seconds_of(away), plural(attempts, "attempt")),
                      entry.account,
                      entry.dc,
                      {}});
    return;
  }
  hold(now);
  ++held_.back;
  held_.longest = std::max(held_.longest, away);
}

void ConnectionJournal::give_up(ConnectionNumber number) {
  const auto found = down_.find(number);
  if (found == down_.end())
    return;
  by_age_.erase({found->second.since, number});
  down_.erase(found);
  ++counters_.given_up;
  ++held_.given_up;
}

/// Counts the line that it allows.
bool ConnectionJournal::may_show_one(nanoseconds now) {
  while (!shown_.empty() && now - shown_.front() >= limits_.interval)
    shown_.pop_front();
  // What comes after something that is held back is held back too, so that lines stand in their order.
  if (shown_.size() >= limits_.singles || !held_.empty())
    return false;
  shown_.push_back(now);
  return true;
}

void ConnectionJournal::hold(nanoseconds now) {
  ++counters_.held;
  if (held_.empty())
    held_.first = now;
}

std::optional<nanoseconds> ConnectionJournal::summary_due() const {
  std::optional<nanoseconds> due;
  if (!held_.empty()) {
    due = held_.first + limits_.gather;
  }
  if (!down_.empty()) {
    const nanoseconds reminder = oldest() + limits_.interval;
    due = due ? std::min(*due, reminder) : reminder;
  }
  if (due && last_summary_)
    due = std::max(*due, *last_summary_ + limits_.interval);
  return due;
}

std::optional<nanoseconds> ConnectionJournal::deadline() const {
  return summary_due();
}

std::vector<ConnectionJournal::Line> ConnectionJournal::take_lines(nanoseconds now) {
  const std::optional<nanoseconds> due = summary_due();
  if (due && now >= *due) {
    if (held_.empty() && down_.size() == 1) {
      remind_of_one(now);
    } else {
      summarise(now);
    }
  }
  return std::exchange(lines_, {});
}

std::vector<ConnectionJournal::Line> ConnectionJournal::finish(nanoseconds now) {
  if (!held_.empty())
    summarise(now);
  return std::exchange(lines_, {});
}

void ConnectionJournal::remind_of_one(nanoseconds now) {
  const Down& entry = down_.begin()->second;
  lines_.push_back({log::Level::Warning,
                    fmt::format("no connection to data centre {} for {:.0f} s, {}: {}", entry.dc.value(),
                                seconds_of(now - entry.since), plural(entry.attempts, "attempt"), entry.detail),
                    entry.account,
                    entry.dc,
                    {}});
  last_summary_ = now;
  held_ = {};
}

void ConnectionJournal::summarise(nanoseconds now) {
  std::vector<std::string> parts;
  if (held_.lost > 0) {
    parts.push_back(fmt::format("{} more lost, of {} ({})", held_.lost, plural(held_.accounts.size(), "account"),
                                text_of(held_.reasons)));
  }
  if (held_.back > 0) {
    parts.push_back(fmt::format("{} {}back after up to {:.1f} s", held_.back, held_.lost > 0 ? "" : "more ",
                                seconds_of(held_.longest)));
  }
  if (held_.given_up > 0)
    parts.push_back(fmt::format("{} no longer wanted", held_.given_up));
  std::int64_t attempts = 0;
  nanoseconds longest{};
  std::map<std::string, std::int64_t> reasons;
  for (const auto& [number, entry] : down_) {
    attempts += static_cast<std::int64_t>(entry.attempts);
    ++reasons[entry.reason];
  }
  if (down_.empty()) {
    parts.emplace_back("none down now");
  } else {
    longest = now - oldest();
    parts.push_back(fmt::format("{} down for up to {:.0f} s, {}{}", down_.size(), seconds_of(longest),
                                plural(static_cast<std::size_t>(attempts), "attempt"),
                                held_.lost > 0 ? std::string() : fmt::format(" ({})", text_of(reasons))));
  }
  Line line;
  line.level = longest >= limits_.interval ? log::Level::Warning : log::Level::Info;
  line.message = fmt::format("connections: {}", fmt::join(parts, "; "));
  line.counts = {
      {"lost", held_.lost},         {"back", held_.back},
      {"given_up", held_.given_up}, {"down", static_cast<std::int64_t>(down_.size())},
      {"attempts", attempts},       {"longest_s", std::chrono::floor<std::chrono::seconds>(longest).count()}};
  lines_.push_back(std::move(line));
  last_summary_ = now;
  held_ = {};
}

ConnectionJournal::Counters ConnectionJournal::counters() const {
  Counters counters = counters_;
  counters.down = down_.size();
  return counters;
}

}  // namespace ledgram::telegram
