#pragma once

/// Parts that many answers have: lists of messages with the chats and users in them. Used inside the API floor.

#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/history.hpp"
#include "ledgram/sim_api/objects.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <span>

namespace ledgram::sim {

/// Collects messages of one channel and the users they name.
class MessageList {
 public:
  MessageList(const ObjectMaker& make, const Channel& channel)
      : make_(make), channel_(channel), messages_(make.memory()) {}

  /// A message that is visible now, or messageEmpty.
  void add(std::int32_t id);

  [[nodiscard]] std::size_t size() const { return messages_.size(); }
  [[nodiscard]] boost::json::array take_messages() { return std::move(messages_); }
  [[nodiscard]] boost::json::array users() const { return make_.users_of(channel_, authors_); }

 private:
  const ObjectMaker& make_;
  const Channel& channel_;
  boost::json::array messages_;
  std::set<std::int64_t> authors_;
  Post scratch_;
};

/// messages.channelMessages with these messages; `count` is that of the whole chat.
boost::json::object channel_messages(const Call& call, const Channel& channel, std::span<const std::int32_t> ids,
                                     std::size_t count);

/// messages.messages or messages.messagesSlice with these messages of the caller's private chats and basic groups;
/// `count` is that of the whole chat. What is gone is messageEmpty.
boost::json::object letters(const Call& call, std::span<const std::int32_t> ids, std::size_t count);

/// updates.state of the caller.
boost::json::object common_state(const Call& call);

/// An array with this one element.
boost::json::array array_of(const Call& call, boost::json::object element);

}  // namespace ledgram::sim
