#include "ledgram/telegram/connection_log.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/base/log_gate.hpp"

#include <mutex>

namespace ledgram::telegram {
namespace {

void write(const std::vector<ConnectionJournal::Line>& lines) {
  for (const ConnectionJournal::Line& line : lines) {
    std::vector<log::Field> fields;
    if (!line.account.empty()) {
      fields.emplace_back("account", line.account);
      fields.emplace_back("dc", line.dc.value());
    }
    for (const auto& [name, count] : line.counts)
      fields.emplace_back(name, count);
    log::write_past_gate(line.level, "telegram", line.message, fields);
  }
}

}  // namespace

void ConnectionLog::down(ConnectionNumber number, const ConnectionJournal::State& state, nanoseconds now) {
  const std::scoped_lock lock(mutex());
  journal_.down(number, state, now);
  report(now);
  announce();
}

void ConnectionLog::up(ConnectionNumber number, std::size_t attempts, nanoseconds now) {
  const std::scoped_lock lock(mutex());
  journal_.up(number, attempts, now);
  report(now);
  announce();
}

void ConnectionLog::give_up(ConnectionNumber number) {
  const std::scoped_lock lock(mutex());
  journal_.give_up(number);
}

ConnectionJournal::Counters ConnectionLog::counters() const {
  const std::scoped_lock lock(mutex());
  return journal_.counters();
}

void ConnectionLog::report(nanoseconds now) {
  write(journal_.take_lines(now));
}

void ConnectionLog::report_rest(nanoseconds now) {
  write(journal_.finish(now));
}

}  // namespace ledgram::telegram
