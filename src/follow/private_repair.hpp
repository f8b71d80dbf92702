#pragma once

/// Fills the gaps of private chats and basic groups that updates.differenceTooLong leaves: the chats are found in the
/// account's list, what is new in them is read from history, and what is stored is asked for by number, so that edits
/// and deletions show. Everything carries the pts of the gap's end as its as_of (docs/decisions/0047-private-gaps.md).
///
/// The gap and what was read for it are in the ledger, so it goes on after any interruption.

#include "ledgram/collect/collector.hpp"
#include "ledgram/follow/committer.hpp"
#include "ledgram/follow/policy.hpp"
#include "ledgram/follow/step_rows.hpp"
#include "ledgram/ledger/queries.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/tl/object.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace ledgram::tl::api {

struct ChatTag;
struct InputPeerTag;
struct MessageTag;

}  // namespace ledgram::tl::api

namespace ledgram::follow {

struct PrivateRepairHooks {
  /// A basic group has become a supergroup within the gap.
  std::function<void(GroupMigration)> on_migration;
  /// The login is gone, or something else that concerns the account as a whole.
  std::function<void(const telegram::TelegramError&)> on_account_error;
};

class PrivateRepair {
 public:
  PrivateRepair(const asio::any_io_executor& executor, collect::ApiCaller& caller, collect::LedgerWorker& ledger,
                Committer& committer, const Clock& clock, ledger::Account account, FollowPolicy policy,
                collect::CollectOptions options, PrivateRepairHooks hooks);

  /// The account has a gap, which is in the ledger or on its way there. Harmless when repeated.
  void ask();

  /// Works until stop() or until cancelled. Throws LedgerFailure.
  asio::awaitable<void> run();

  /// run() ends when the call that is open has ended.
  void stop();

  [[nodiscard]] std::uint64_t messages_collected() const { return messages_collected_; }

 private:
  using InputPeer = tl::Object<tl::api::InputPeerTag>;

  /// Whether a part of the work was done to its end, or another gap has come that makes it void.
  enum class Done : std::uint8_t { No, Yes };

  asio::awaitable<void> work();
  asio::awaitable<void> fill(ledger::OpenPrivateGap gap);
  asio::awaitable<Done> find_chats(ledger::OpenPrivateGap gap);
  asio::awaitable<void> reach(ledger::PeerKey chat);
  asio::awaitable<Done> read_chat(ledger::OpenPrivateGap gap, ledger::PeerKey chat,
                                  std::optional<std::int32_t> down_to);
  asio::awaitable<void> walk(ledger::OpenPrivateGap gap, ledger::PeerKey chat, std::optional<std::int32_t> down_to);
  asio::awaitable<Done> check_stored(ledger::OpenPrivateGap gap);
  asio::awaitable<void> end_gap(ledger::OpenPrivateGap gap);
  asio::awaitable<void> commit(ledger::Batch batch);
  [[nodiscard]] ledger::Batch new_batch() const;
  void add_message(const tl::Object<tl::api::MessageTag>& message, std::int32_t as_of, ledger::Batch& batch) const;
  template <class Method>
  asio::awaitable<typename Method::Result> call(Method method);

  collect::ApiCaller& caller_;
  collect::LedgerWorker& ledger_;
  Committer& committer_;
  const Clock& clock_;
  ledger::Account account_;
  FollowPolicy policy_;
  collect::CollectOptions options_;
  PrivateRepairHooks hooks_;
  net::Event wake_;
  bool asked_ = false;
  bool stopping_ = false;
  int failures_ = 0;          ///< in a row
  nanoseconds not_before_{};  ///< monotonic
  std::uint64_t messages_collected_ = 0;
  std::map<ledger::PeerKey, InputPeer> chats_;  ///< of the gap that is worked on
  ledger::CommitStats filled_;                  ///< of the gap that is worked on, since the start of the process
};

}  // namespace ledgram::follow
