#include "ledgram/outbox/event_hub.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/ledger/feeds.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/ownership.hpp"
#include "ledgram/outbox/event_json.hpp"

#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

namespace ledgram::outbox {

namespace {

constexpr std::string_view kModule = "events";

/// Events that a stream gets at once: enough to write them in one go, few enough for its memory.
constexpr std::size_t kMostAtOnce = 100;
constexpr std::size_t kMostBytesAtOnce = std::size_t{64} << 10U;

/// Events read at a time for a stream that is behind: as many as it gets at once, and more where few match.
constexpr std::int64_t kFirstBehind = 100;
constexpr std::int64_t kMostBehind = 1'000;

/// Chats that a stream keeps until it tells of them; beyond that it tells of all of their account.
constexpr std::size_t kMostHeard = 256;

std::shared_ptr<const HubEvent> rendered(ledger::Event event) {
  std::string json = event_json(event);
  const std::int64_t sent = event.type == ledger::EventType::MessageNew ? message_date(event.data) : 0;
  // The rendered form holds it.
  event.data = {};
  return std::make_shared<const HubEvent>(HubEvent{std::move(event), std::move(json), sent});
}

}  // namespace

/// What a stream gets at once.
struct EventHub::Piece {
  void add(EventPointer event) {
    bytes += event->json.size();
    events.push_back(std::move(event));
  }
  [[nodiscard]] bool full() const { return events.size() >= kMostAtOnce || bytes >= kMostBytesAtOnce; }

  std::vector<EventPointer> events;
  std::size_t bytes = 0;
  std::int64_t next = 0;  ///< where the next piece begins
};

/// What one look at the ledger has found.
struct EventHub::Look {
  std::vector<EventPointer> events;
  std::int64_t ownership = 0;
  std::map<ledger::OwnerId, std::shared_ptr<const Visible>> visible;  ///< if that has changed
};

/// A connection to the ledger on a thread of its own.
struct EventHub::Source {
  explicit Source(std::string name) : worker(std::move(name), kWaiting) {}

  static constexpr std::size_t kWaiting = 64;

  ledger::Ledger& open(const std::filesystem::path& file) {
    if (!ledger)
      ledger.emplace(value_or_throw(ledger::Ledger::open(file, {.mode = ledger::OpenMode::ReadOnly})));
    return *ledger;
  }

  std::vector<EventPointer> read(const std::filesystem::path& file, std::int64_t from, std::int64_t limit) {
    std::vector<EventPointer> result;
    for (ledger::Event& event : value_or_throw(open(file).events({.from = from, .limit = limit})))
      result.push_back(rendered(std::move(event)));
    return result;
  }

  // The number first: what is read after it is at least as new.
  std::shared_ptr<const Visible> read_visible(const std::filesystem::path& file, ledger::OwnerId user) {
    auto visible = std::make_shared<Visible>();
    ledger::Ledger& opened = open(file);
    visible->version = value_or_throw(opened.feeds().ownership_changes());
    for (const ChannelId channel : value_or_throw(opened.ownership().subscriptions(user)))
      visible->channels.insert(channel);
    for (const AccountId account : value_or_throw(opened.ownership().accounts_of(user)))
      visible->accounts.insert(account);
    return visible;
  }

  // What people may see is read after the events: who follows a channel gets what was told after that.
  Look look(const std::filesystem::path& file, std::int64_t from, std::int64_t limit, std::int64_t known_ownership,
            const std::vector<ledger::OwnerId>& viewers) {
    Look look{.events = read(file, from, limit), .ownership = value_or_throw(open(file).feeds().ownership_changes())};
    if (look.ownership != known_ownership) {
      for (const ledger::OwnerId viewer : viewers)
        look.visible.emplace(viewer, read_visible(file, viewer));
    }
    return look;
  }

  /// Up to `limit` events are looked at.
  Piece read_matching(const std::filesystem::path& file, std::int64_t from, std::int64_t limit,
                      const EventSelector& selector) {
    Piece piece;
    piece.next = from;
    for (ledger::Event& event : value_or_throw(open(file).events({.from = from, .limit = limit}))) {
      if (piece.full())
        break;
      piece.next = event.number + 1;
      if (selector.matches(event))
        piece.add(rendered(std::move(event)));
    }
    return piece;
  }

  std::optional<ledger::Ledger> ledger;
  net::Worker worker;  ///< ends first
};

EventHub::EventHub(asio::any_io_executor executor, EventHubOptions options)
    : executor_(executor),
      options_(std::move(options)),
      live_source_(std::make_unique<Source>("events")),
      behind_source_(std::make_unique<Source>("events behind")),
      active_(executor),
      changed_(executor),
      ready_(executor),
      tasks_(executor) {}

void EventHub::start() {
  tasks_.spawn("reading events", follow());
  tasks_.spawn("telling of activity", tell_activity());
}

EventHub::~EventHub() {
  assert(subscriptions_.empty() && "a stream has outlived the hub");
}

void EventHub::notify() {
  changed_.set();
}

asio::awaitable<std::int64_t> EventHub::last_event() {
  co_await ready_.wait_until([this] { return started_ || problem_; });
  if (problem_)
    std::rethrow_exception(problem_);
  co_return last_;
}

asio::awaitable<void> EventHub::follow() {
  try {
    last_ = co_await live_source_->worker.run(
        [this] { return value_or_throw(live_source_->open(options_.ledger).last_event()); });
    started_ = true;
    ready_.notify_all();
    while (true) {
      while (co_await read_new()) {
      }
      co_await changed_.wait();
    }
  } catch (const Failure<ledger::LedgerError>& failure) {
    log::error(kModule, "events cannot be read any more: {}", failure.error().message);
    problem_ = std::current_exception();
  }
  ready_.notify_all();
  for (Subscription* subscription : subscriptions_)
    subscription->wake();
}

/// True: there may be more.
asio::awaitable<bool> EventHub::read_new() {
  auto look_again = [this, from = last_ + 1, known = ownership_, who = viewers()] {
    return live_source_->look(options_.ledger, from, options_.chunk, known, who);
  };
  Look look = co_await live_source_->worker.run(look_again);
  ownership_ = look.ownership;
  show(look.visible);
  if (look.events.empty())
    co_return false;
  const bool more = static_cast<std::int64_t>(look.events.size()) == options_.chunk;
  const std::int64_t first = look.events.front()->event.number;
  keep(std::move(look.events));
  wake(first);
  co_return more;
}

std::vector<ledger::OwnerId> EventHub::viewers() const {
  std::set<ledger::OwnerId> users;
  for (const Subscription* subscription : subscriptions_) {
    if (subscription->viewer_)
      users.insert(*subscription->viewer_);
  }
  return {users.begin(), users.end()};
}

void EventHub::show(const std::map<ledger::OwnerId, std::shared_ptr<const Visible>>& visible) {
  if (visible.empty())
    return;
  for (Subscription* subscription : subscriptions_) {
    if (!subscription->viewer_)
      continue;
    const auto found = visible.find(*subscription->viewer_);
    if (found != visible.end())
      subscription->selector_.visible = found->second;
  }
}

/// Streams of one user share it.
asio::awaitable<std::shared_ptr<const Visible>> EventHub::visible_to(ledger::OwnerId user) {
  while (true) {
    for (const Subscription* subscription : subscriptions_) {
      if (subscription->viewer_ == user && subscription->selector_.visible)
        co_return subscription->selector_.visible;
    }
    auto visible = co_await behind_source_->worker.run(
        [this, user] { return behind_source_->read_visible(options_.ledger, user); });
    // Else it has changed meanwhile, and whoever told of that did not yet know this user.
    if (visible->version >= ownership_)
      co_return visible;
  }
}

void EventHub::keep(std::vector<EventPointer> events) {
  for (EventPointer& event : events) {
    if (observer_)
      observer_(*event);
    // A rolled back transaction may leave out numbers; then what is kept begins anew.
    if (event->event.number != last_ + 1) {
      kept_.clear();
      kept_bytes_ = 0;
    }
    last_ = event->event.number;
    kept_bytes_ += event->json.size() + sizeof(HubEvent);
    kept_.push_back(std::move(event));
  }
  while (kept_bytes_ > options_.kept_bytes && kept_.size() > 1) {
    kept_bytes_ -= kept_.front()->json.size() + sizeof(HubEvent);
    kept_.pop_front();
  }
}

// Who waits is at the end; for whom none of the new events is stays asleep and is moved on.
void EventHub::wake(std::int64_t first) {
  const std::int64_t kept_from = std::max(first, first_kept());
  const auto begin = kept_.begin() + (kept_from - first_kept());
  for (Subscription* subscription : subscriptions_) {
    if (!subscription->waiting_ || subscription->woken_)
      continue;
    const auto match = kept_from > first ? begin : std::find_if(begin, kept_.end(), [&](const EventPointer& event) {
      return event->event.number >= subscription->next_ && subscription->selector_.matches(event->event);
    });
    if (match == kept_.end()) {
      subscription->next_ = std::max(subscription->next_, last_ + 1);
      continue;
    }
    subscription->wake();
  }
}

void EventHub::note(const Activity& what) {
  activity_.note(what, std::chrono::steady_clock::now().time_since_epoch());
  if (activity_.is_ready())
    active_.set();
}

asio::awaitable<void> EventHub::tell_activity() {
  while (true) {
    const std::optional<nanoseconds> due = activity_.deadline();
    co_await active_.wait(due ? net::deadline_at(*due) : net::kNoDeadline);
    for (const Activity& what : activity_.take(std::chrono::steady_clock::now().time_since_epoch())) {
      for (Subscription* subscription : subscriptions_)
        subscription->hear(what);
    }
  }
}

asio::awaitable<void> EventHub::stop() {
  co_await tasks_.stop();
  live_source_->worker.stop();
  behind_source_->worker.stop();
}

EventHub::Subscription::Subscription(EventHub& hub, Viewer viewer, EventSelector selector, std::int64_t from)
    : hub_(hub),
      viewer_(viewer),
      selector_(std::move(selector)),
      next_(std::max<std::int64_t>(from, 1)),
      behind_(kFirstBehind),
      timer_(hub.executor_) {
  static const auto kEverything = std::make_shared<const Visible>(Visible{.everything = true});
  selector_.visible = viewer_ ? nullptr : kEverything;
  entry_ = hub_.subscriptions_.insert(hub_.subscriptions_.end(), this);
  hub_.activity_streams_ += selector_.activity ? 1U : 0U;
}

EventHub::Subscription::~Subscription() {
  hub_.activity_streams_ -= selector_.activity ? 1U : 0U;
  hub_.subscriptions_.erase(entry_);
}

void EventHub::Subscription::wake() {
  woken_ = true;
  timer_.cancel();
}

void EventHub::Subscription::hear(Activity what) {
  // What may be seen is perhaps not known yet; take_activity() knows it.
  if (!selector_.activity || (selector_.visible && !selector_.matches(what)))
    return;
  // A stream that takes nothing for a while keeps few of them.
  if (heard_.contains(Activity{what.account}) || heard_.size() >= kMostHeard)
    what.chat.reset();
  heard_.insert(what);
  if (waiting_ && !woken_)
    wake();
}

std::vector<Activity> EventHub::Subscription::take_activity() {
  std::vector<Activity> taken;
  for (const Activity& what : std::exchange(heard_, {})) {
    if (selector_.matches(what))
      taken.push_back(what);
  }
  return taken;
}

std::vector<std::shared_ptr<const HubEvent>> EventHub::Subscription::take_kept() {
  Piece piece;
  while (next_ <= hub_.last_ && !piece.full()) {
    const auto& event = hub_.kept_[static_cast<std::size_t>(next_ - hub_.first_kept())];
    if (selector_.matches(event->event))
      piece.add(event);
    ++next_;
  }
  return std::move(piece.events);
}

/// One chunk from the ledger; nothing of it may match.
asio::awaitable<std::vector<std::shared_ptr<const HubEvent>>> EventHub::Subscription::read_behind() {
  ++hub_.reads_behind_;
  const std::int64_t last = hub_.last_;
  // With a copy of the selector, since it may be changed on the loop meanwhile.
  auto read = [&hub = hub_, from = next_, limit = behind_, selector = selector_] {
    return hub.behind_source_->read_matching(hub.options_.ledger, from, limit, selector);
  };
  Piece piece = co_await hub_.behind_source_->worker.run(read);
  // Numbers that were never given out make no piece longer.
  next_ = piece.next > next_ ? piece.next : std::max(next_, last + 1);
  behind_ = piece.events.empty() ? std::min(behind_ * 2, kMostBehind) : kFirstBehind;
  co_return std::move(piece.events);
}

asio::awaitable<std::vector<std::shared_ptr<const HubEvent>>> EventHub::Subscription::next(net::Deadline deadline) {
  co_await hub_.last_event();
  if (!selector_.visible) {
    const auto visible = co_await hub_.visible_to(*viewer_);
    // Newer ones have come meanwhile, perhaps.
    if (!selector_.visible)
      selector_.visible = visible;
  }
  while (true) {
    if (hub_.problem_)
      std::rethrow_exception(hub_.problem_);
    std::vector<std::shared_ptr<const HubEvent>> events;
    if (next_ > hub_.last_) {
      if (!heard_.empty())
        co_return events;
      waiting_ = true;
      woken_ = false;
      timer_.expires_at(deadline);
      const auto [error] = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
      waiting_ = false;
      if (!woken_ && error)
        throw boost::system::system_error(error, "events");
      if (!woken_)
        co_return events;
      continue;
    }
    if (next_ >= hub_.first_kept()) {
      events = take_kept();
    } else {
      events = co_await read_behind();
    }
    if (!events.empty())
      co_return events;
    if (std::chrono::steady_clock::now() >= deadline)
      co_return events;
  }
}

}  // namespace ledgram::outbox
