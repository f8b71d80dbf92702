#pragma once

/// From the steps of a message box to batches of the ledger: what an update means for what is stored.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/follow/policy.hpp"
#include "ledgram/ledger/batch.hpp"
#include "ledgram/updates/step.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::follow {

/// A basic group has become a supergroup (core.telegram.org/api/channel#migration).
struct GroupMigration {
  std::int64_t chat{};
  ChannelId channel;
  std::string title;
};

/// A message of a private chat or basic group as a row, with what it says of its group.
struct PrivateRow {
  ledger::PrivateMessage message;
  std::optional<GroupMigration> migration;
};

/// Nothing for what the policy does not keep, and for what is no message.
std::optional<PrivateRow> private_row(const tl::api::Message& message, std::int32_t as_of, AccountId account,
                                      const FollowPolicy& policy);

/// What one step means.
struct StepRows {
  ledger::Batch batch;
  std::vector<ChannelId> holes;    ///< channels with messages that only history can bring now
  std::vector<ChannelId> refetch;  ///< channels that something happened to: membership, rights, a ban
  std::vector<updates::ChannelLost> lost;
  std::vector<GroupMigration> migrations;
  bool private_gap = false;  ///< changes of private chats or basic groups will never be told; the batch says so as well
};

/// One for each account, used on its shard. Remembers which users, chats and titles the ledger has been told, so that
/// the chat that comes with every message is not written with every message.
class StepReader {
 public:
  StepReader(AccountId account, FollowPolicy policy) : account_(account), policy_(policy) {}

  StepRows read(updates::Step step, Instant now);

 private:
  void read_update(const updates::AppliedUpdate& applied, StepRows& rows);
  void read_channel_message(const tl::api::Message& message, std::int32_t as_of, StepRows& rows, bool is_new);
  void read_private_message(const tl::api::Message& message, std::int32_t as_of, StepRows& rows);
  void read_gap(updates::ChannelGap& gap, StepRows& rows);
  void read_peers(const updates::Step& step, StepRows& rows, ledger::UnixSeconds now);
  void read_title(ChannelId id, const std::vector<tl::api::Chat>& chats, StepRows& rows);
  static ledger::ChannelNews& news_of(ChannelId channel, StepRows& rows);

  AccountId account_;
  FollowPolicy policy_;
  std::map<ledger::PeerKey, std::string> told_;  ///< the words of each peer as the ledger has them
  std::map<ChannelId, std::string> titles_;      ///< likewise of each channel that is followed
};

}  // namespace ledgram::follow
