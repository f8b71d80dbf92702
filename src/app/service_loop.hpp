#pragma once

/// The life of a service process: it starts, says that it is ready, stops when it is told to, and never hangs.
///
/// SIGINT and SIGTERM ask the service to stop. It ends by itself within ServiceOptions::stop_time; then the process
/// prints `stopped: 0 tasks pending, N messages committed` and nothing else. A second signal or the end of that time
/// ends the process with code 1 and the names of what still runs, even if the event loop or a worker thread hangs.
/// SIGHUP opens the log file anew. systemd is told of all that.

#include "ledgram/app/pending_work.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/limited_log.hpp"
#include "ledgram/cli/exit_code.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/telegram/connection_log.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace ledgram::app {

struct ServiceOptions {
  nanoseconds stop_time = std::chrono::seconds(5);  ///< from the signal to the forced end
};

/// What a service says of itself when it has stopped.
struct ServiceEnd {
  std::uint64_t messages_committed = 0;
};

/// What a service may ask and say while it runs. Used on the event loop's thread only, but for pending().
class ServiceControl {
 public:
  virtual ~ServiceControl() = default;

  [[nodiscard]] virtual asio::any_io_executor executor() = 0;

  /// Returns when the service is to stop, at once if that is so already. For any number of coroutines; cancellable.
  virtual asio::awaitable<void> stop_requested() = 0;
  [[nodiscard]] virtual bool stopping() const = 0;
  /// When the process is ended by force; kNoDeadline before the stop. Orderly ends should be given a little less.
  [[nodiscard]] virtual net::Deadline stop_deadline() const = 0;
  /// As a signal would.
  virtual void request_stop() = 0;

  /// To be said once: what the service is for can be used now. `status` is a line for people.
  virtual void ready(std::string_view status) = 0;
  virtual void status(std::string_view status) = 0;

  /// Where task groups and workers are registered, to be named if they hang.
  [[nodiscard]] virtual PendingWork& pending() = 0;

  /// For ClientOptions::connection_log of all accounts, and for errors that may come again and again. Their summaries
  /// are written in time, and the rest when the service has ended.
  [[nodiscard]] virtual telegram::ConnectionLog& connection_log() = 0;
  [[nodiscard]] virtual log::LimitedLog& limited_log() = 0;
};

/// Runs the service on the calling thread until its coroutine returns. What the service owns should live in that
/// coroutine: the watch over the stop ends when this returns. Throws what the coroutine throws.
/// Done, or Failed if the coroutine has left tasks behind (their names are on standard error).
cli::ExitCode run_service(const ServiceOptions& options,
                          const std::function<asio::awaitable<ServiceEnd>(ServiceControl&)>& make_task);

}  // namespace ledgram::app
