#pragma once

/// What a client session remembers of its own messages that are not requests, until the server has shown that it took
/// them: a refused acknowledgement or ping has to be sent again as much as a refused request.

#include "ledgram/base/strong_id.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace ledgram::mtproto {

struct SentService {
  enum class Kind : std::uint8_t {
    Acks,
    Ping,
    StateRequest,
    ResendRequest,
    FutureSalts,
    DropAnswer,
    DestroySession,
    Other,
  };

  Kind kind = Kind::Other;
  MsgId msg_id;
  MsgId outer_id;            ///< of its container, or msg_id
  std::vector<MsgId> about;  ///< Acks, StateRequest, ResendRequest, DropAnswer: the ids in it

  /// It is answered by a message that names it, so no other answer settles it.
  [[nodiscard]] bool waits_for_answer() const {
    return kind == Kind::StateRequest || kind == Kind::ResendRequest || kind == Kind::FutureSalts ||
           kind == Kind::DropAnswer;
  }
};

class SentServices {
 public:
  void add(SentService service) {
    // Without any answer for so many messages the connection is dead, and what matters is asked for anew after it.
    if (services_.size() == kMost)
      services_.pop_front();
    services_.push_back(std::move(service));
  }

  /// Removes and returns those that are this message or stood in this container.
  std::vector<SentService> take_within(MsgId outer_or_own) {
    std::vector<SentService> taken;
    for (auto it = services_.begin(); it != services_.end();) {
      if (it->msg_id == outer_or_own || it->outer_id == outer_or_own) {
        taken.push_back(std::move(*it));
        it = services_.erase(it);
      } else {
        ++it;
      }
    }
    return taken;
  }

  /// Removes and returns the service of this kind with this id.
  std::optional<SentService> take(SentService::Kind kind, MsgId id) {
    for (auto it = services_.begin(); it != services_.end(); ++it) {
      if (it->msg_id != id || it->kind != kind)
        continue;
      SentService taken = std::move(*it);
      services_.erase(it);
      return taken;
    }
    return std::nullopt;
  }

  /// The message of the server that was asked for has come.
  void on_resent(MsgId id) {
    for (SentService& service : services_) {
      if (service.kind == SentService::Kind::ResendRequest)
        std::erase(service.about, id);
    }
    std::erase_if(services_, [](const SentService& service) {
      return service.kind == SentService::Kind::ResendRequest && service.about.empty();
    });
  }

  std::deque<SentService> take_all() { return std::exchange(services_, {}); }

  /// The server has answered our message `id`. Messages go in order, so a refusal of one before it would have come
  /// before; only questions still wait for what they asked.
  void settled_up_to(MsgId id) {
    std::erase_if(services_,
                  [id](const SentService& service) { return service.outer_id <= id && !service.waits_for_answer(); });
  }

  [[nodiscard]] MsgId outer_of(MsgId id) const {
    for (const SentService& service : services_) {
      if (service.msg_id == id)
        return service.outer_id;
    }
    return id;
  }

  [[nodiscard]] std::size_t size() const { return services_.size(); }

 private:
  static constexpr std::size_t kMost = 64;
  std::deque<SentService> services_;
};

}  // namespace ledgram::mtproto
