#pragma once

/// One reader of the outbox for any number of streams. It is woken by commits, reads each event once and keeps the
/// newest ones; a stream holds its place only. A stream that is behind them reads from the ledger by itself, at its own
/// pace, until it has caught up. So a slow stream costs nobody anything, and a stream needs no queue.
///
/// Streams that ask for it also hear of activity in chats, which comes from whoever follows accounts and is not stored.
///
/// Lives on one event loop; reading happens on two threads of its own, one for what is new, one for streams that are
/// behind.

#include "ledgram/ledger/events.hpp"
#include "ledgram/ledger/owner_id.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/net/worker.hpp"
#include "ledgram/outbox/activity.hpp"
#include "ledgram/outbox/selector.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <filesystem>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ledgram::outbox {

/// Whose things a stream tells of; nothing: everybody's.
using Viewer = std::optional<ledger::OwnerId>;

/// An event and its JSON, made once for all streams.
struct HubEvent {
  ledger::Event event;  ///< without its data
  std::string json;
  std::int64_t sent = 0;  ///< of message.new: the date of the message in unix seconds; else 0
};

struct EventHubOptions {
  std::filesystem::path ledger;
  std::size_t kept_bytes = std::size_t{8} << 20U;  ///< of the newest events, in memory
  std::int64_t chunk = 1'000;                      ///< events read at a time
};

class EventHub {
 public:
  class Subscription;

  EventHub(asio::any_io_executor executor, EventHubOptions options);
  EventHub(const EventHub&) = delete;
  EventHub& operator=(const EventHub&) = delete;
  /// No subscription is left then.
  ~EventHub();

  /// Begins to read; before that streams wait.
  void start();

  /// Sees each new event once, for counts. To be set before start().
  void on_event(std::function<void(const HubEvent&)> observer) { observer_ = std::move(observer); }

  /// The ledger has changed. On the loop's thread.
  void notify();

  /// Something happened in a chat: to be told soon, together with what else happens there.
  void note(const Activity& what);
  /// Whether any stream wants to hear of that. If not, nobody need find out.
  [[nodiscard]] bool wants_activity() const { return activity_streams_ > 0; }

  /// The number of the newest event that is known; waits for the first look at the ledger. Throws Failure<LedgerError>.
  asio::awaitable<std::int64_t> last_event();

  [[nodiscard]] std::size_t streams() const { return subscriptions_.size(); }
  /// How often a stream had to read from the ledger by itself.
  [[nodiscard]] std::uint64_t reads_behind() const { return reads_behind_; }

  /// Ends every wait with operation_aborted.
  asio::awaitable<void> stop();

  [[nodiscard]] std::vector<std::string> pending_tasks() const { return tasks_.pending_names(); }

 private:
  struct Source;
  struct Piece;
  struct Look;
  using EventPointer = std::shared_ptr<const HubEvent>;

  asio::awaitable<void> follow();
  asio::awaitable<bool> read_new();
  asio::awaitable<std::shared_ptr<const Visible>> visible_to(ledger::OwnerId user);
  [[nodiscard]] std::vector<ledger::OwnerId> viewers() const;
  void show(const std::map<ledger::OwnerId, std::shared_ptr<const Visible>>& visible);
  void keep(std::vector<EventPointer> events);
  void wake(std::int64_t first);
  asio::awaitable<void> tell_activity();
  [[nodiscard]] std::int64_t first_kept() const { return last_ + 1 - static_cast<std::int64_t>(kept_.size()); }

  asio::any_io_executor executor_;
  EventHubOptions options_;
  std::function<void(const HubEvent&)> observer_;
  std::unique_ptr<Source> live_source_;
  std::unique_ptr<Source> behind_source_;
  bool started_ = false;
  std::exception_ptr problem_;
  std::int64_t last_ = 0;
  std::int64_t ownership_ = 0;     ///< the ledger's number of changes in what people may see
  std::deque<EventPointer> kept_;  ///< numbers without a gap, up to last_
  std::size_t kept_bytes_ = 0;
  std::uint64_t reads_behind_ = 0;
  std::list<Subscription*> subscriptions_;
  ActivityGather activity_;
  std::size_t activity_streams_ = 0;
  net::Event active_;  ///< there is something to tell
  net::Event changed_;
  net::Condition ready_;
  net::TaskGroup tasks_;
};

/// The place of one stream. It must not outlive the hub.
class EventHub::Subscription {
 public:
  /// `from`: the first number to give. What the viewer may see is the hub's affair and follows every change; the
  /// selector comes without it.
  Subscription(EventHub& hub, Viewer viewer, EventSelector selector, std::int64_t from);
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  ~Subscription();

  /// The next events that match, in their order, a bounded number of them; none if there was nothing until the
  /// deadline, or if there is activity to take. Cancellable. Throws Failure<LedgerError>.
  asio::awaitable<std::vector<std::shared_ptr<const HubEvent>>> next(net::Deadline deadline);

  /// What happened in chats since the last time, each of them once. After next().
  std::vector<Activity> take_activity();

  /// Everything before this number was given or does not match.
  [[nodiscard]] std::int64_t place() const { return next_; }

  [[nodiscard]] const EventSelector& selector() const { return selector_; }

 private:
  friend class EventHub;

  void hear(Activity what);
  void wake();
  asio::awaitable<std::vector<std::shared_ptr<const HubEvent>>> read_behind();
  std::vector<std::shared_ptr<const HubEvent>> take_kept();

  EventHub& hub_;
  Viewer viewer_;
  EventSelector selector_;
  std::int64_t next_;
  std::int64_t behind_;       ///< how many events are looked at in the ledger next
  std::set<Activity> heard_;  ///< to be taken
  std::list<Subscription*>::iterator entry_;
  asio::steady_timer timer_;
  bool waiting_ = false;
  bool woken_ = false;
};

}  // namespace ledgram::outbox
