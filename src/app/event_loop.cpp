#include "ledgram/app/event_loop.hpp"

#include <csignal>
#include <exception>

namespace ledgram::app {

RunEnd run_event_loop(const std::function<asio::awaitable<void>()>& make_task) {
  asio::io_context loop(1);
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  asio::cancellation_signal cancel;
  bool interrupted = false;
  std::exception_ptr failure;

  signals.async_wait([&](boost::system::error_code error, int) {
    if (error)
      return;
    interrupted = true;
    // From here on the signals have their ordinary effect, for whoever does not want to wait.
    signals.clear();
    cancel.emit(asio::cancellation_type::terminal);
  });
  asio::co_spawn(loop, make_task(), asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error) {
                   failure = std::move(error);
                   signals.cancel();
                 }));
  loop.run();

  if (interrupted)
    return RunEnd::Interrupted;
  if (failure)
    std::rethrow_exception(failure);
  return RunEnd::Finished;
}

}  // namespace ledgram::app
