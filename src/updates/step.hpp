#pragma once

/// What a MessageBox hands out: steps to store and requests to make.

#include "ledgram/base/strong_id.hpp"
#include "ledgram/updates/api_handles.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace ledgram::updates {

/// How far an account is in everything but channels (core.telegram.org/api/updates).
struct CommonState {
  Pts pts;
  Qts qts;
  Seq seq;
  std::int32_t date = 0;  ///< unix seconds

  friend bool operator==(const CommonState&, const CommonState&) = default;
};

/// How far an account is in one channel. pts 0: not known.
struct ChannelState {
  ChannelId channel;
  Pts pts;

  friend bool operator==(const ChannelState&, const ChannelState&) = default;
};

/// One update whose turn has come.
struct AppliedUpdate {
  tl::api::Update update;
  /// The pts of the update's box after it: its content is at least as new. For what came in a difference the pts of the
  /// whole slice. 0 if the update has no pts (then it may be older than what is stored, and may come twice).
  std::int32_t as_of = 0;
};

/// Changes of the common box that will never be told: updates.differenceTooLong, or a state that the server no longer
/// accepted. Private chats and basic groups may lack messages, edits and deletions of that time.
struct CommonGap {
  Pts from;
  Pts to;
};

/// Changes of a channel that will never be told, from `from` (excluded; 0: all before `to`) to `to` (included).
struct ChannelGap {
  ChannelId channel;
  Pts from;
  Pts to;
  /// Of updates.channelDifferenceTooLong: the newest message's number and some of the newest messages, with as_of `to`.
  /// 0 and none if the server said nothing of the kind.
  std::int32_t top_message = 0;
  std::vector<tl::api::Message> newest;
};

enum class LossReason : std::uint8_t {
  Private,    ///< CHANNEL_PRIVATE: left, kicked, banned, or the channel is gone
  Invalid,    ///< CHANNEL_INVALID: the access hash is wrong or of another account
  NotPublic,  ///< CHANNEL_PUBLIC_GROUP_NA: it can be read by members only
};

/// The account cannot read this channel any more. Its box is gone; nothing is asked again until follow().
struct ChannelLost {
  ChannelId channel;
  LossReason reason;
};

/// What has to be committed as a whole, steps in the order in which they came. Within a step: users and chats, gaps,
/// updates, lost channels; then the states hold.
///
/// users and chats can be min objects, which must never replace full data (U35).
struct Step {
  std::vector<tl::api::User> users;
  std::vector<tl::api::Chat> chats;
  std::vector<AppliedUpdate>
      updates;  ///< the new messages of a difference as updateNewMessage, updateNewChannelMessage
  std::vector<ChannelGap> channel_gaps;
  std::optional<CommonGap> common_gap;
  std::vector<ChannelLost> lost;
  std::optional<CommonState> common;   ///< after the step, if it changed
  std::vector<ChannelState> channels;  ///< of channels that changed, each once, after the step

  [[nodiscard]] bool empty() const {
    return users.empty() && chats.empty() && updates.empty() && channel_gaps.empty() && !common_gap && lost.empty() &&
           !common && channels.empty();
  }
};

/// Names a request in its answer.
using RequestId = StrongId<struct RequestIdTag, std::uint64_t>;

/// updates.getState: only for an account without a state.
struct AskState {};

/// updates.getDifference.
struct AskDifference {
  CommonState from;
};

/// updates.getChannelDifference with filter channelMessagesFilterEmpty and without `force`.
struct AskChannelDifference {
  ChannelId channel;
  Pts pts;  ///< at least 1
  std::int32_t limit = 0;
};

struct Request {
  RequestId id;
  std::variant<AskState, AskDifference, AskChannelDifference> what;
};

}  // namespace ledgram::updates
