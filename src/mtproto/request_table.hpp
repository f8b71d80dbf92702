#pragma once

/// The open requests of a client session: which wait to be sent, under which message ids the others were sent, and what
/// is known about them. Keeps books only; what to do is decided by the session.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/mtproto/client_session.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace ledgram::mtproto {

struct OpenRequest {
  enum class State : std::uint8_t {
    Queued,  ///< to be sent, for the first time or again
    Sent,    ///< written to a connection
    Acked,   ///< the server has it and will answer
    Held,    ///< waits until the requests before it in its chain have ended
  };

  Bytes body;                                        ///< as it goes out, perhaps gzip_packed
  std::function<Bytes(MsgId, SessionId)> make_body;  ///< if set, makes the body for each sending
  Repeat repeat = Repeat::Allowed;
  State state = State::Queued;
  std::uint8_t refusals = 0;       ///< bad_msg_notification and the like in a row
  MsgId msg_id;                    ///< of the last sending
  MsgId outer_id;                  ///< of its container; the same as msg_id if it went alone
  nanoseconds sent_at{};           ///< monotonic
  std::vector<MsgId> earlier_ids;  ///< of sendings before; an answer to one of them is an answer all the same

  /// The requests that the server shall finish before this one, as long as they have not ended (invokeAfterMsgs).
  std::vector<RequestId> after;
  std::uint8_t waits = 0;      ///< MSG_WAIT_TIMEOUT so far
  bool sent_in_chain = false;  ///< the last sending named requests before it

  /// The server has or may have it.
  [[nodiscard]] bool is_out() const { return state == State::Sent || state == State::Acked; }
};

class RequestTable {
 public:
  /// Of `after` only those count that have not ended.
  RequestId add(Bytes body, Repeat repeat, std::span<const RequestId> after = {});

  [[nodiscard]] std::size_t size() const { return requests_.size(); }
  [[nodiscard]] const std::set<RequestId>& queued() const { return queued_; }
  [[nodiscard]] bool any_sent() const { return queued_.size() + held_ != requests_.size(); }

  /// Null if it has ended.
  OpenRequest* find(RequestId request);

  /// The request that was sent under this id, now or earlier.
  [[nodiscard]] std::optional<RequestId> sent_as(MsgId id) const;

  /// The request whose last sending has this id.
  [[nodiscard]] std::optional<RequestId> last_sent_as(MsgId id) const;

  /// Requests whose last sending was this message or stood in this container.
  [[nodiscard]] std::vector<RequestId> sent_within(MsgId outer_or_own) const;

  /// Requests that the server has or may have, in the order of their last sending.
  [[nodiscard]] std::vector<RequestId> sent() const;

  /// The container in which the message `id` was last sent, or `id` itself if that is not known.
  [[nodiscard]] MsgId outer_of(MsgId id) const;

  /// When the longest unacknowledged request was sent; nothing if there is none.
  [[nodiscard]] std::optional<nanoseconds> oldest_unacknowledged() const;

  /// The requests that name this one in their `after`.
  [[nodiscard]] std::vector<RequestId> children_of(RequestId request) const;

  /// The first request that was sent and begins with this constructor.
  [[nodiscard]] std::optional<RequestId> first_sent_with(std::uint32_t constructor) const;

  void mark_sent(RequestId request, MsgId id, MsgId outer, Instant now);
  void mark_acked(MsgId id);

  /// To be sent again under a new id, before requests that were made later.
  void requeue(RequestId request);

  /// To be sent again when all requests before it in its chain have ended; at once if they have.
  void hold(RequestId request);

  /// Ends it; requests that were only held for it are queued.
  void erase(RequestId request);

  /// The ids given so far mean nothing any more (new session); the requests stay as they are.
  void forget_ids();

 private:
  std::uint64_t last_number_ = 0;
  std::map<RequestId, OpenRequest> requests_;
  std::set<RequestId> queued_;
  std::size_t held_ = 0;
  std::map<MsgId, RequestId> by_id_;              ///< current and earlier ids, so ascending in time
  std::multimap<RequestId, RequestId> children_;  ///< by the request that stands in their `after`
};

}  // namespace ledgram::mtproto
