#pragma once

/// One account that is kept connected and followed live: its client, its message box, and the way of what the box says
/// into the ledger.
///
/// An AccountFollower lives on one shard. run() is its life: it connects, asks for what was missed, follows, and ends
/// when stop() was called or the login is lost. Whatever happens on the line is its own business; a channel or a login
/// that is lost is told to the owner, who decides which account goes on. The references must outlive it.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/collect/collector.hpp"
#include "ledgram/collect/ledger_worker.hpp"
#include "ledgram/collect/username_book.hpp"
#include "ledgram/follow/channel_repair.hpp"
#include "ledgram/follow/committer.hpp"
#include "ledgram/follow/link_state.hpp"
#include "ledgram/follow/one_at_a_time.hpp"
#include "ledgram/follow/private_repair.hpp"
#include "ledgram/follow/progress_book.hpp"
#include "ledgram/follow/step_rows.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/telegram/client.hpp"
#include "ledgram/updates/message_box.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ledgram::follow {

struct FollowOptions {
  FollowPolicy policy;
  /// A message box that heard nothing for so long asks (U24).
  std::chrono::seconds silence{15 * 60};
  /// For getDifference and its kind, waits not included.
  std::chrono::seconds call_time{60};
  /// Bytes of updates that wait for their turn before the socket is not read any more.
  std::size_t most_inbox_bytes = 4 * 1024 * 1024;
  /// How long the socket may go unread. Then updates are dropped instead, and asked for later: a connection that is
  /// not read for longer looks dead to both sides.
  std::chrono::seconds longest_hold{8};
  collect::CollectOptions collect;
};

/// What the owner hears of. Called on the shard; must not block or throw.
struct FollowHooks {
  std::function<void(ChannelId, updates::LossReason)> on_channel_lost;
  /// The account is a member or is not any more.
  std::function<void(ChannelId, ledger::Membership)> on_membership;
  std::function<void(GroupMigration)> on_migration;
  /// Connected for the first time, and nothing of what was missed is missing any more.
  std::function<void()> on_caught_up;
  /// Whether somebody wants to hear of activity at this moment; only then it is looked for. Asked with every push.
  std::function<bool()> wants_activity{};
  /// Something happened in a chat, stored or not; nothing: in any of them.
  std::function<void(std::optional<ledger::PeerKey>)> on_activity{};
};

enum class History : std::uint8_t { Complete, Missing };

/// A channel as the ledger has it, on its way to the account that is to follow it.
struct FollowedChannel {
  ledger::Channel row;
  ledger::Membership membership{};
  History history{};
};

enum class FollowEnd : std::uint8_t { Stopped, LoginLost };

struct FollowResult {
  FollowEnd end = FollowEnd::Stopped;
  std::string reason;  ///< of LoginLost: Telegram's error, for example "AUTH_KEY_DUPLICATED"
};

/// What all followers of a shard share.
struct FollowShare {
  collect::LedgerWorker& ledger;
  Committer& committer;
  collect::UsernameBook& names;
  ProgressBook& progress;
  RandomSource& random;
  const Clock& clock;
};

class AccountFollower final : private updates::PeerBook {
 public:
  AccountFollower(const asio::any_io_executor& executor, FollowShare share, ledger::Account account,
                  telegram::ClientOptions client, std::unique_ptr<telegram::KeyStore> keys, FollowOptions options,
                  FollowHooks hooks);
  ~AccountFollower() override;

  /// Throws LedgerFailure when the ledger cannot be used any more; what Telegram does ends in the result.
  asio::awaitable<FollowResult> run();

  /// run() ends soon: within about a second.
  void stop();

  /// From now on this account follows the channel. It begins where the ledger is, so whoever followed it before has
  /// ended, and its batches are committed.
  void add_channel(FollowedChannel channel);
  /// The channel has holes: its history is read when there is time.
  void ask_history(ChannelId channel);
  void remove_channel(ChannelId channel);
  [[nodiscard]] std::vector<ChannelId> channels() const;
  [[nodiscard]] bool follows(ChannelId channel) const { return channels_.contains(channel); }

  // What others ask through this account (account_calls.cpp). A login that turns out to be lost ends run() as always.

  /// As telegram::Client::invoke_raw.
  asio::awaitable<Bytes> invoke(Bytes method, telegram::CallOptions options);
  /// The channel of a username, as UsernameBook::find_channel gives it.
  asio::awaitable<ledger::Channel> find_channel(std::string username, telegram::CallOptions options);
  /// Reads the history of a followed channel now, as collect_history() does. Nothing if it is not followed here.
  asio::awaitable<std::optional<collect::CollectStats>> collect(ChannelId channel);
  /// Ends the login at Telegram; run() ends with it. The tokens as telegram::Client::future_auth_tokens.
  asio::awaitable<std::vector<SecretBytes>> log_out();

  [[nodiscard]] const LinkState& link() const { return link_; }
  [[nodiscard]] const ledger::Account& account() const { return account_; }
  [[nodiscard]] bool idle() const;
  /// By history, beside what went through the committer.
  [[nodiscard]] std::uint64_t messages_collected() const {
    return repair_.messages_collected() + private_repair_.messages_collected();
  }
  [[nodiscard]] std::vector<std::string> pending_tasks() const;

 private:
  struct Followed {
    ledger::Channel row;
    ledger::Membership membership{};
    std::optional<std::int64_t> access_hash;
    bool boxed = false;  ///< the box follows it; not before the ledger has a pts and what it covers
  };

  [[nodiscard]] bool knows(updates::PeerRef peer) const override;

  asio::awaitable<void> begin();
  asio::awaitable<void> drive();
  void take_inbox();
  asio::awaitable<void> commit_steps();
  void act_on(StepRows& rows);
  void send_requests();
  void spawn_request(updates::Request request);
  template <class Method>
  asio::awaitable<void> ask(updates::RequestId id, Method method);
  asio::awaitable<void> ask_channel(updates::RequestId id, updates::AskChannelDifference what);
  void on_request_failed(updates::RequestId id, const telegram::TelegramError& error);
  void on_update(Bytes update);
  void on_connected();
  void on_disconnected(std::string_view why);
  void note_link(Link link);
  void regulate_intake();
  asio::awaitable<void> watch_hold();
  [[nodiscard]] bool wants_activity() const { return hooks_.wants_activity && hooks_.wants_activity(); }
  void note_own_activity(ByteView answer);

  // Channels (account_channels.cpp)
  asio::awaitable<void> look_at_channels();
  asio::awaitable<void> look_at(std::vector<ChannelId> some);
  asio::awaitable<void> look_again_alone(std::vector<ChannelId> some, std::string error);
  asio::awaitable<std::vector<ChannelId>> load_access(std::vector<ChannelId> some);
  asio::awaitable<void> reach_by_name(ChannelId channel);
  [[nodiscard]] std::int64_t access_hash_of(ChannelId channel) const;
  asio::awaitable<void> anchor(ChannelId channel);
  void take_description(const tl::api::Chat& chat);
  void set_membership(ChannelId channel, ledger::Membership membership);
  void box_channel(Followed& followed);
  void lose_channel(ChannelId channel, updates::LossReason reason);
  void on_page(ChannelId channel);

  void end(FollowEnd how, std::string reason);
  void end_if_login_lost(const telegram::TelegramError& error);
  [[nodiscard]] telegram::CallOptions call_options() const;

  FollowShare share_;
  ledger::Account account_;
  FollowOptions options_;
  FollowHooks hooks_;
  std::unique_ptr<telegram::KeyStore> keys_;
  updates::MessageBox box_;
  StepReader reader_;
  telegram::Client client_;
  collect::ClientCaller caller_;
  OneAtATime history_caller_;
  ChannelRepair repair_;
  PrivateRepair private_repair_;
  net::Event wake_;
  std::deque<Bytes> inbox_;
  std::size_t inbox_bytes_ = 0;
  std::optional<nanoseconds> held_since_;  ///< monotonic: the socket is not read
  bool shedding_ = false;                  ///< updates are dropped until there is room again
  bool started_ = false;                   ///< channels go into the box when they come
  bool box_started_ = false;               ///< and miss what it asked at its start
  bool connected_before_ = false;
  bool caught_up_ = false;
  std::map<ChannelId, Followed> channels_;
  std::set<ChannelId> to_look_at_;
  bool looking_ = false;
  std::set<std::int64_t> known_users_;
  LinkState link_;
  std::optional<FollowResult> result_;
  std::exception_ptr problem_;  ///< what a task could not cope with
  net::TaskGroup tasks_;
};

}  // namespace ledgram::follow
