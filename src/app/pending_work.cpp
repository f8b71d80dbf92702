#include "ledgram/app/pending_work.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace ledgram::app {

struct PendingWork::State {
  struct Entry {
    AskedOn where;
    Source source;
  };

  /// Held while sources are asked, so that a registration's end waits for that.
  std::timed_mutex mutex;
  std::list<Entry> entries;
};

std::shared_ptr<PendingWork::State> PendingWork::make_state() {
  return std::make_shared<State>();
}

PendingWork::Registration PendingWork::add(AskedOn where, Source source) {
  const std::scoped_lock lock(state_->mutex);
  state_->entries.push_back({where, std::move(source)});
  const auto take_away = [state = state_, entry = std::prev(state_->entries.end())](void*) {
    const std::scoped_lock again(state->mutex);
    state->entries.erase(entry);
  };
  return Registration(std::shared_ptr<void>(nullptr, take_away));
}

PendingWork::Registration PendingWork::add(const net::TaskGroup& group) {
  return add(AskedOn::Loop, [&group] { return group.pending_names(); });
}

PendingWork::Registration PendingWork::add(const net::Worker& worker) {
  return add(AskedOn::AnyThread, [&worker]() -> std::vector<std::string> {
    const std::size_t jobs = worker.pending();
    if (jobs == 0)
      return {};
    return {fmt::format("thread {} ({} {})", worker.name(), jobs, jobs == 1 ? "job" : "jobs")};
  });
}

std::vector<std::string> PendingWork::names(AskedOn where) const {
  std::vector<std::string> all;
  // Whoever asks at a forced end must not hang where the others hang.
  constexpr std::chrono::milliseconds kPatience{300};
  const std::unique_lock lock(state_->mutex, kPatience);
  if (!lock.owns_lock())
    return {"a source of names (blocked)"};
  for (const State::Entry& entry : state_->entries) {
    if (entry.where == where)
      std::ranges::move(entry.source(), std::back_inserter(all));
  }
  return all;
}

}  // namespace ledgram::app
