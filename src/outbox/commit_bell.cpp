#include "ledgram/outbox/commit_bell.hpp"

#include <utility>

namespace ledgram::outbox {

struct CommitBell::State {
  explicit State(asio::any_io_executor loop) : executor(std::move(loop)) {}

  asio::any_io_executor executor;
  std::atomic<bool> rung = false;
  std::vector<std::function<void()>> listeners;  ///< on the loop only
};

CommitBell::CommitBell(asio::any_io_executor executor) : state_(std::make_shared<State>(std::move(executor))) {}

CommitBell::~CommitBell() {
  state_->listeners.clear();
}

std::function<void()> CommitBell::ringer() const {
  return [state = state_] {
    if (state->rung.exchange(true))
      return;
    asio::post(state->executor, [state] {
      // First: a commit from here on rings again.
      state->rung = false;
      for (const auto& listener : state->listeners)
        listener();
    });
  };
}

void CommitBell::listen(std::function<void()> listener) {
  state_->listeners.push_back(std::move(listener));
}

}  // namespace ledgram::outbox
