#pragma once

/// All accounts of a process, followed live: who follows which channel, what happens when an account or its access is
/// lost, and the end in good order.
///
/// A Service lives on one shard. A channel is stored once and followed by one account; when that one loses the channel
/// or its login, another that can read it takes over where the ledger is. Accounts and channels come and go while it
/// runs.

#include "ledgram/follow/account_follower.hpp"
#include "ledgram/follow/committer.hpp"
#include "ledgram/follow/error.hpp"
#include "ledgram/follow/link_state.hpp"
#include "ledgram/follow/progress_book.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace ledgram::follow {

/// An account that is to be kept connected.
struct ServiceAccount {
  ledger::Account account;
  telegram::ClientOptions client;
  std::unique_ptr<telegram::KeyStore> keys;
};

struct ServiceOptions {
  FollowOptions follow;
  CommitterOptions committer;
  /// Between two looks for holes, and for channels that nobody follows although somebody could.
  std::chrono::seconds maintenance{600};
};

/// What people should hear of. Called on the shard; must not block or throw.
struct ServiceHooks {
  /// Every account is connected and knows what it missed, or has lost its login.
  std::function<void()> on_caught_up{};
  /// As FollowHooks::wants_activity and on_activity.
  std::function<bool()> wants_activity{};
  std::function<void(AccountId, std::optional<ledger::PeerKey>)> on_activity{};
};

/// What is known of an account that the service keeps, at this moment.
struct AccountStatus {
  AccountId id;
  std::string name;
  LinkState link;
  bool caught_up = false;    ///< nothing of what was missed before the start is missing any more
  std::size_t channels = 0;  ///< that it follows
};

/// A channel by its username, or by its number if the account has met it before (in its chats, for example).
using ChannelName = std::variant<std::string, ChannelId>;

class Service {
 public:
  /// Ledger, random source and clock must outlive it.
  Service(const asio::any_io_executor& executor, collect::LedgerWorker& ledger, RandomSource& random,
          const Clock& clock, ServiceOptions options, ServiceHooks hooks = {});
  ~Service();

  /// Follows until stop() was called, then closes every connection and commits what was received before. Throws
  /// Failure<LedgerError> when the ledger cannot be used any more.
  asio::awaitable<void> run(std::vector<ServiceAccount> accounts);

  void stop();

  // While run() runs. What is begun here goes on if the caller is cancelled or its deadline passes (NetFailure
  // DeadlineExceeded). All throw FollowFailure, with Stopping once stop() was called, and LedgerFailure.

  /// Follows with one account more, in the place of an earlier one of the same number: an account that has logged in
  /// again. Channels that nobody follows are tried anew.
  asio::awaitable<void> add_account(ServiceAccount account);

  /// Ends the account's login at Telegram. It stays in the ledger and needs a login; its channels go to other accounts.
  /// The tokens as telegram::Client::future_auth_tokens. Throws UnknownAccount, NeedsLogin.
  asio::awaitable<std::vector<SecretBytes>> log_out(AccountId id);

  /// Closes the account's connections, hands its channels over and forgets it in the ledger too, whether the service
  /// had it or not.
  asio::awaitable<void> remove_account(AccountId id);

  /// Nothing if the service has no such account: it was logged out before the start, or never logged in.
  [[nodiscard]] std::optional<AccountStatus> status(AccountId id) const;

  /// Calls a method through the account: as telegram::Client::invoke_raw, with its deadline and cancellation. Throws
  /// UnknownAccount, NeedsLogin and TelegramFailure.
  asio::awaitable<Bytes> invoke(AccountId id, Bytes method, telegram::CallOptions options);

  /// Looks the name up through the account and follows the channel from now on: its history is filled up, and it is
  /// live. One that is followed already stays with its account. The row as it is then. Throws UnknownAccount,
  /// NeedsLogin, CollectFailure (BadUsername, UnknownUsername, NotAChannel, Private, NoAccess), TelegramFailure.
  asio::awaitable<ledger::Channel> follow_channel(AccountId id, ChannelName name, net::Deadline deadline);

  /// Messages stay in the ledger. Throws UnknownChannel.
  asio::awaitable<void> unfollow_channel(ChannelId channel);

  /// Reads now what of the channel is missing. Nothing if it takes beyond the deadline, or as soon as Telegram wants a
  /// pause beyond it: it goes on, and progress() tells how far it is. Who asks while it runs waits for the same one.
  /// Throws UnknownChannel, NobodyCanRead, NeedsLogin, CollectFailure, TelegramFailure.
  asio::awaitable<std::optional<collect::CollectStats>> collect_now(ChannelId channel, net::Deadline deadline);

  /// Reads what is missing in each of them, one after the other, without anybody waiting for it.
  void collect_all(std::vector<ChannelId> channels);

  /// The present or last collection of the channel in this process, back-fills included.
  [[nodiscard]] std::optional<CollectionProgress> progress(ChannelId channel) const { return progress_.find(channel); }

  /// Who follows the channel at this moment.
  [[nodiscard]] std::optional<AccountId> follower_of(ChannelId channel) const;

  [[nodiscard]] std::size_t accounts() const { return members_.size(); }
  [[nodiscard]] std::size_t channels() const;
  [[nodiscard]] std::uint64_t messages_committed() const;
  /// Rows of updates that wait for the ledger.
  [[nodiscard]] std::size_t waiting_rows() const { return committer_.waiting_rows(); }
  [[nodiscard]] std::vector<std::string> pending_tasks() const;

 private:
  struct Member {
    std::shared_ptr<AccountFollower> follower;  ///< calls that are under way hold it too
    bool running = false;                       ///< its coroutine was started and has not ended
    bool alive = true;                          ///< can be given channels
    bool caught_up = false;
    std::size_t tasks = 0;  ///< of tasks_, that store something about the account
  };

  /// A collection that somebody asked for.
  struct Asked {
    explicit Asked(const asio::any_io_executor& executor) : changed(executor) {}

    net::Condition changed;
    bool ended = false;
    collect::CollectStats stats;
    std::exception_ptr problem;
  };

  asio::awaitable<void> begin(std::vector<ServiceAccount> accounts);
  void add_member(ServiceAccount account);
  void start_member(AccountId id);
  void spawn_for(AccountId id, std::string name, asio::awaitable<void> task);
  asio::awaitable<void> counted(AccountId id, asio::awaitable<void> task);
  asio::awaitable<void> live(AccountId id);
  asio::awaitable<void> on_login_lost(AccountId id, std::string reason);
  asio::awaitable<void> store_loss(AccountId id, ChannelId channel);
  asio::awaitable<void> store_membership(AccountId id, ChannelId channel, ledger::Membership membership);
  asio::awaitable<void> store_account(AccountId account, ChannelId channel);
  asio::awaitable<void> hand_over(ChannelId channel);
  asio::awaitable<void> follow_migrated(AccountId id, GroupMigration migration);
  asio::awaitable<void> maintain();
  asio::awaitable<void> commit_all();
  asio::awaitable<void> end();
  void assign(FollowedChannel channel, const std::vector<ledger::ChannelAccount>& candidates);
  [[nodiscard]] Member* choose(const ledger::Channel& channel, const std::vector<ledger::ChannelAccount>& candidates);
  [[nodiscard]] Member* usable(AccountId id, ChannelId channel);
  void note_caught_up();

  // Accounts that come and go (service_accounts.cpp)
  asio::awaitable<void> take_in(std::shared_ptr<ServiceAccount> account);
  asio::awaitable<std::vector<ChannelId>> let_go(AccountId id);
  asio::awaitable<std::vector<SecretBytes>> end_login(AccountId id);
  asio::awaitable<void> forget(AccountId id);
  asio::awaitable<void> hand_over_all(std::vector<ChannelId> channels);
  asio::awaitable<void> assign_unfollowed();
  [[nodiscard]] std::shared_ptr<AccountFollower> live_follower(AccountId id) const;
  [[nodiscard]] AccountStatus status_of(AccountId id, const Member& member) const;
  void throw_if_stopping() const;

  // Channels that come and go (service_channels.cpp)
  asio::awaitable<ledger::Channel> begin_to_follow(AccountId id, ChannelName name);
  asio::awaitable<ledger::Channel> find_by_number(AccountId id, ChannelId channel);
  asio::awaitable<void> end_to_follow(ChannelId channel);
  std::shared_ptr<Asked> ask_to_collect(ChannelId channel);
  [[nodiscard]] bool waits_beyond(ChannelId channel, net::Deadline deadline) const;
  void note_wait(ChannelId channel);
  asio::awaitable<void> collect_each(std::vector<ChannelId> channels);
  asio::awaitable<void> collect_asked(ChannelId channel, std::shared_ptr<Asked> asked);
  asio::awaitable<collect::CollectStats> collect_through_owner(ChannelId channel);
  [[nodiscard]] const Member* owner_of(ChannelId channel) const;

  asio::any_io_executor executor_;
  collect::LedgerWorker& ledger_;
  RandomSource& random_;
  const Clock& clock_;
  ServiceOptions options_;
  ServiceHooks hooks_;
  Committer committer_;
  collect::UsernameBook names_;
  ProgressBook progress_;
  std::map<AccountId, Member> members_;
  std::map<ChannelId, std::set<AccountId>> refused_;   ///< who cannot read a channel, since the start
  std::set<ChannelId> orphans_;                        ///< followed by nobody, since nobody can
  std::map<ChannelId, std::shared_ptr<Asked>> asked_;  ///< that run
  bool stopping_ = false;
  bool told_caught_up_ = false;
  std::exception_ptr problem_;
  net::Condition changed_;
  net::TaskGroup commits_;
  net::TaskGroup tasks_;
};

}  // namespace ledgram::follow
