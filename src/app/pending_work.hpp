#pragma once

/// What still runs, by name: for the line that a service which does not end leaves behind.

#include "ledgram/net/task_group.hpp"
#include "ledgram/net/worker.hpp"

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace ledgram::app {

/// Where a source of names may be asked.
enum class AskedOn : std::uint8_t {
  Loop,       ///< on the thread of the event loop only, as a TaskGroup
  AnyThread,  ///< anywhere, and it waits for nothing: told even if the event loop is blocked
};

/// The sources of names in a process. Thread-safe.
class PendingWork {
 public:
  using Source = std::function<std::vector<std::string>()>;

  /// Takes its source away again at its end. It may outlive the PendingWork.
  class Registration {
   public:
    Registration() = default;

   private:
    friend class PendingWork;
    explicit Registration(std::shared_ptr<void> entry) : entry_(std::move(entry)) {}
    std::shared_ptr<void> entry_;
  };

  /// What `source` refers to must outlive the registration.
  [[nodiscard]] Registration add(AskedOn where, Source source);

  /// The tasks of a group and the jobs of a worker, which must outlive the registration.
  [[nodiscard]] Registration add(const net::TaskGroup& group);
  [[nodiscard]] Registration add(const net::Worker& worker);

  /// All names of such sources.
  [[nodiscard]] std::vector<std::string> names(AskedOn where) const;

 private:
  struct State;

  std::shared_ptr<State> state_ = make_state();
  static std::shared_ptr<State> make_state();
};

}  // namespace ledgram::app
