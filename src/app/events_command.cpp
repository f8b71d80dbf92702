#include "ledgram/app/commands.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/app/event_loop.hpp"
#include "ledgram/outbox/event_json.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <limits>
#include <string>
#include <vector>

/// `ledgram events`: reads the outbox while another process may write.

namespace ledgram::app {
namespace {

/// How often --follow asks SQLite whether somebody committed. That is a look into shared memory, no disk access, and a
/// tenth of a second is soon enough for whoever reads lines. A watch on the journal would have to follow it through
/// check-points and restarts of the writer, and sees nothing on some file systems.
constexpr std::chrono::milliseconds kLookInterval{100};

/// Events that are read at a time.
constexpr std::int64_t kChunk = 1000;

/// Prints events from a number on, as many as were asked for.
class EventPrinter {
 public:
  EventPrinter(ledger::Ledger ledger, const cli::EventsCommand& command)
      : ledger_(std::move(ledger)),
        next_(command.from),
        left_(command.limit.value_or(std::numeric_limits<std::int64_t>::max())) {
    if (!command.type.empty())
      type_ = ledger::event_type_named(command.type);
  }

  enum class Step : std::uint8_t {
    More,      ///< there may be more
    CaughtUp,  ///< there is no more for now
    Ended,     ///< the limit is reached, or nobody reads
  };

  /// Prints one chunk and flushes it.
  Step print_some() {
    if (left_ == 0)
      return Step::Ended;
    const std::int64_t chunk = std::min(left_, kChunk);
    // Asked first: what is committed in between has higher numbers and is not passed over.
    const std::int64_t last = value_or_throw(ledger_.last_event());
    const auto events = value_or_throw(ledger_.events({.from = next_, .limit = chunk, .type = type_}));
    for (const ledger::Event& event : events) {
      const std::string line = outbox::event_json(event) + '\n';
      if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size())
        return Step::Ended;
      next_ = event.number + 1;
      --left_;
    }
    if (std::fflush(stdout) != 0)
      return Step::Ended;
    if (left_ == 0)
      return Step::Ended;
    if (static_cast<std::int64_t>(events.size()) == chunk)
      return Step::More;
    // With a filter the last ones that match may lie far back.
    next_ = std::max(next_, last + 1);
    return Step::CaughtUp;
  }

  /// True once after each commit of another process.
  bool changed() {
    const std::int64_t version = value_or_throw(ledger_.data_version());
    return std::exchange(version_, version) != version;
  }

 private:
  ledger::Ledger ledger_;
  std::int64_t next_;
  std::int64_t left_;
  std::optional<ledger::EventType> type_;
  std::int64_t version_ = 0;
};

/// Whether the reader of a pipe has gone; without events nothing is written that would tell.
bool reader_is_gone() {
  pollfd output{.fd = STDOUT_FILENO, .events = 0, .revents = 0};
  return ::poll(&output, 1, 0) > 0 && (output.revents & POLLERR) != 0;
}

asio::awaitable<void> follow(EventPrinter& printer) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!reader_is_gone()) {
    if (printer.changed()) {
      EventPrinter::Step step = EventPrinter::Step::More;
      while (step == EventPrinter::Step::More) {
        step = printer.print_some();
        // Lets signals in between.
        co_await asio::post(asio::use_awaitable);
      }
      if (step == EventPrinter::Step::Ended)
        co_return;
    }
    timer.expires_after(kLookInterval);
    co_await timer.async_wait(asio::use_awaitable);
  }
}

}  // namespace

cli::ExitCode show_events(const std::filesystem::path& data, const cli::EventsCommand& command) {
  EventPrinter printer(ReadOnlyData::open(data).ledger, command);
  if (command.follow == cli::Follow::No) {
    while (printer.print_some() == EventPrinter::Step::More) {
    }
    return cli::ExitCode::Done;
  }
  const RunEnd end = run_event_loop([&] { return follow(printer); });
  return end == RunEnd::Interrupted ? cli::ExitCode::Interrupted : cli::ExitCode::Done;
}

}  // namespace ledgram::app
