#include "ledgram/net/worker.hpp"

#include "ledgram/net/error.hpp"

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace ledgram::net {

namespace {

/// A producer with its job, in the queue or in line for it.
struct Entry {
  std::function<void()> body;
  /// Resumes the producer on its own executor. Called once.
  std::function<void(boost::system::error_code)> complete;
  bool in_line = false;  ///< guarded by State::mutex
};

/// Ends the entry from whatever thread. Its job is gone before the producer goes on, with all that it refers to.
void finish(Entry& entry, boost::system::error_code error) {
  entry.body = nullptr;
  const auto complete = std::move(entry.complete);
  complete(error);
}

}  // namespace

struct Worker::State {
  State(std::string of_worker, std::size_t places)
      : name(std::move(of_worker)), capacity(std::max<std::size_t>(places, 1)) {}

  void run_thread() {
    ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
    std::unique_lock lock(mutex);
    while (true) {
      wake.wait(lock, [this] { return stopping || !jobs.empty(); });
      if (jobs.empty())
        return;
      const std::shared_ptr<Entry> entry = std::move(jobs.front());
      jobs.pop_front();
      lock.unlock();
      entry->body();
      lock.lock();
      --taken;
      if (!line.empty())
        accept_from_line();
      lock.unlock();
      finish(*entry, {});
      lock.lock();
    }
  }

  /// With the mutex held.
  void accept(std::shared_ptr<Entry> entry) {
    ++taken;
    jobs.push_back(std::move(entry));
    wake.notify_all();
  }

  /// With the mutex held.
  void accept_from_line() {
    std::shared_ptr<Entry> next = std::move(line.front());
    line.pop_front();
    next->in_line = false;
    accept(std::move(next));
  }

  /// The producer is cancelled: it leaves if its job has not been accepted yet.
  void leave_line(const std::shared_ptr<Entry>& entry) {
    {
      const std::scoped_lock lock(mutex);
      if (!entry->in_line)
        return;
      entry->in_line = false;
      std::erase(line, entry);
    }
    finish(*entry, asio::error::operation_aborted);
  }

  const std::string name;
  const std::size_t capacity;
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::shared_ptr<Entry>> jobs;
  std::deque<std::shared_ptr<Entry>> line;
  std::size_t taken = 0;  ///< accepted and not finished
  bool stopping = false;
  std::thread thread;
};

Worker::Worker(std::string name, std::size_t capacity) : state_(std::make_shared<State>(std::move(name), capacity)) {
  state_->thread = std::thread([state = state_] { state->run_thread(); });
}

Worker::~Worker() {
  stop();
}

asio::awaitable<void> Worker::perform(std::function<void()> body) {
  const std::shared_ptr<State> state = state_;
  const auto entry = std::make_shared<Entry>();
  entry->body = std::move(body);
  const auto enqueue = [&state, &entry](auto handler) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    // Keeps the producer's io_context running until the handler is called there.
    auto work = asio::make_work_guard(asio::get_associated_executor(handler));
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    entry->complete = [work, slot, shared](boost::system::error_code error) mutable {
      const auto executor = work.get_executor();
      asio::post(executor, [work, slot, shared = std::move(shared), error]() mutable {
        if (slot.is_connected())
          slot.clear();
        std::move (*shared)(error);
      });
    };
    if (slot.is_connected()) {
      slot.assign([state, entry](asio::cancellation_type) { state->leave_line(entry); });
    }
    std::unique_lock lock(state->mutex);
    if (state->stopping) {
      lock.unlock();
      finish(*entry, asio::error::shut_down);
    } else if (state->taken < state->capacity && state->line.empty()) {
      state->accept(entry);
    } else {
      entry->in_line = true;
      state->line.push_back(entry);
    }
  };
  const auto token = asio::as_tuple(asio::use_awaitable);
  const auto [error] =
      co_await asio::async_initiate<const decltype(token), void(boost::system::error_code)>(enqueue, token);
  if (error == asio::error::shut_down) {
    throw NetFailure({NetErrc::WorkerStopped, "the worker thread " + state->name + " has been stopped"});
  }
  if (error)
    throw boost::system::system_error(error, "worker");
}

void Worker::stop() {
  std::deque<std::shared_ptr<Entry>> refused;
  {
    const std::scoped_lock lock(state_->mutex);
    state_->stopping = true;
    refused.swap(state_->line);
    for (const auto& entry : refused)
      entry->in_line = false;
    state_->wake.notify_all();
  }
  for (const auto& entry : refused)
    finish(*entry, asio::error::shut_down);
  if (state_->thread.joinable())
    state_->thread.join();
}

std::size_t Worker::pending() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->taken;
}

bool Worker::full() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->taken >= state_->capacity || !state_->line.empty();
}

const std::string& Worker::name() const {
  return state_->name;
}

}  // namespace ledgram::net
