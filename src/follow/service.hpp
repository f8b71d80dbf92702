#pragma once

/// All accounts of a process, followed live: who follows which channel, what happens when an account or its access is
/// lost, and the end in good order.
///
/// A Service lives on one shard. A channel is stored once and followed by one account; when that one loses the channel
/// or its login, another that can read it takes over where the ledger is.

#include "ledgram/follow/account_follower.hpp"
#include "ledgram/follow/committer.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
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
};

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

  [[nodiscard]] std::size_t accounts() const { return members_.size(); }
  [[nodiscard]] std::size_t channels() const;
  [[nodiscard]] std::uint64_t messages_committed() const;
  /// Rows of updates that wait for the ledger.
  [[nodiscard]] std::size_t waiting_rows() const { return committer_.waiting_rows(); }
  [[nodiscard]] std::vector<std::string> pending_tasks() const;

 private:
  struct Member {
    std::unique_ptr<AccountFollower> follower;
    bool running = false;  ///< its coroutine was started and has not ended
    bool alive = true;     ///< can be given channels
    bool caught_up = false;
  };

  asio::awaitable<void> begin(std::vector<ServiceAccount> accounts);
  void add_member(ServiceAccount account);
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

  asio::any_io_executor executor_;
  collect::LedgerWorker& ledger_;
  RandomSource& random_;
  const Clock& clock_;
  ServiceOptions options_;
  ServiceHooks hooks_;
  Committer committer_;
  collect::UsernameBook names_;
  std::map<AccountId, Member> members_;
  std::map<ChannelId, std::set<AccountId>> refused_;  ///< who cannot read a channel, since the start
  std::set<ChannelId> orphans_;                       ///< followed by nobody, since nobody can
  bool stopping_ = false;
  bool told_caught_up_ = false;
  std::exception_ptr problem_;
  net::Condition changed_;
  net::TaskGroup commits_;
  net::TaskGroup tasks_;
};

}  // namespace ledgram::follow
