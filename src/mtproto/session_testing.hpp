#pragma once

/// What the tests of both session roles share: a key, a clock set by hand, a server whose every message is written by
/// the test, and a link between a real client and a real server session.

#include "ledgram/base/random.hpp"
#include "ledgram/mtproto/client_session.hpp"
#include "ledgram/mtproto/container.hpp"
#include "ledgram/mtproto/encrypted_message.hpp"
#include "ledgram/mtproto/msg_id.hpp"
#include "ledgram/mtproto/server_session.hpp"
#include "ledgram/mtproto/service_ids.hpp"
#include "ledgram/tl/reader.hpp"
#include "ledgram/tl/writer.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace ledgram::mtproto::testing {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline crypto::AuthKey test_key() {
  ByteArray<crypto::AuthKey::kSize> key{};
  for (std::size_t i = 0; i < key.size(); ++i)
    key[i] = static_cast<std::uint8_t>(i * 7 + 3);
  return crypto::AuthKey(key);
}

inline constexpr Salt kSalt(0x1122334455667788);
inline constexpr SessionId kSession(0x0102030405060708);

/// A method no one knows, with a number to tell calls apart.
inline constexpr std::uint32_t kMethod = 0x0badf00d;
inline constexpr std::uint32_t kAnswer = 0x0badcafe;
inline constexpr std::uint32_t kUpdate = 0x0badbeef;

template <class... Values>
Bytes object(std::uint32_t constructor, Values... values) {
  tl::Writer writer;
  writer.u32(constructor);
  [[maybe_unused]] const auto write = [&writer](auto value) {
    if constexpr (sizeof(value) == 4) {
      writer.i32(static_cast<std::int32_t>(value));
    } else {
      writer.i64(static_cast<std::int64_t>(value));
    }
  };
  (write(values), ...);
  return writer.take();
}

inline Bytes method(std::int32_t number) {
  return object(kMethod, number);
}

inline Bytes gzip_packed(ByteView packed) {
  tl::Writer writer;
  writer.u32(id::kGzipPacked);
  writer.bytes(packed);
  return writer.take();
}

inline Bytes rpc_error(std::int32_t code, std::string_view text) {
  tl::Writer writer;
  writer.u32(id::kRpcError);
  writer.i32(code);
  writer.string(text);
  return writer.take();
}

inline std::vector<MsgId> ids_in(ByteView service) {
  tl::Reader reader(service.subspan(4));
  return read_ids(reader).value_or(std::vector<MsgId>{});
}

inline std::int64_t i64_at(ByteView bytes, std::size_t at) {
  return static_cast<std::int64_t>(load_le64(bytes.subspan(at).first<8>()));
}
inline std::int32_t i32_at(ByteView bytes, std::size_t at) {
  return static_cast<std::int32_t>(load_le32(bytes.subspan(at).first<4>()));
}

/// A clock set by hand; 2023-11-14 22:13:20 UTC and a fraction at the start.
struct HandClock {
  Instant now{.monotonic = seconds(5000), .unix_time = seconds(1'700'000'000) + nanoseconds(123'456'789)};

  void pass(nanoseconds time) { now = now.after(time); }
};

/// One message of the client as the server sees it, taken out of its container.
struct SeenMessage {
  MsgId msg_id;
  MsgId outer_id;
  std::int32_t seqno = 0;
  Salt salt;
  SessionId session;
  std::uint32_t constructor = 0;
  Bytes body;
};

/// Holds what a client must keep to in every message (protocol.md, scenario 17); `seen` must be given all packets.
class ClientRules {
 public:
  void check(const DecryptedMessage& outer, const std::vector<InnerMessage>& messages, nanoseconds server_time) {
    State& state = states_[outer.session_id];
    EXPECT_NE(outer.session_id, SessionId());
    for (const InnerMessage& message : messages) {
      check_id(state, message.msg_id, server_time);
      const std::uint32_t constructor = constructor_of(message.body);
      EXPECT_NE(constructor, id::kMsgContainer) << "a container in a container";
      const bool service = constructor == id::kMsgsAck || constructor == id::kPingDelayDisconnect ||
                           constructor == id::kMsgsStateReq || constructor == id::kMsgResendReq ||
                           constructor == id::kGetFutureSalts || constructor == id::kMsgsStateInfo;
      EXPECT_EQ(message.seqno, service ? 2 * state.content : 2 * state.content + 1);
      if (!service)
        ++state.content;
      if (constructor == id::kMsgsAck) {
        EXPECT_LE(ids_in(message.body).size(), kMaxIdsInService);
      }
    }
    if (constructor_of(outer.body) != id::kMsgContainer)
      return;
    EXPECT_GE(messages.size(), 2U) << "a container for a single message";
    EXPECT_LE(messages.size(), 100U);
    EXPECT_EQ(outer.seqno, 2 * state.content);
    check_id(state, outer.msg_id, server_time);  // rising, so above all that are in it
  }

 private:
  struct State {
    std::int64_t last = 0;
    std::int32_t content = 0;
  };

  static void check_id(State& state, MsgId msg_id, nanoseconds server_time) {
    EXPECT_EQ(msg_id.value() % 4, 0);
    EXPECT_GT(msg_id.value(), state.last);
    EXPECT_NE(msg_id.value() & 0xffffffff, 0);
    EXPECT_LT(server_time - unix_time_of(msg_id), seconds(300));
    EXPECT_LT(unix_time_of(msg_id) - server_time, seconds(30));
    state.last = msg_id.value();
  }

  std::map<SessionId, State> states_;
};

/// A server without a mind: the test writes each of its messages.
class ScriptedServer {
 public:
  explicit ScriptedServer(HandClock& clock, nanoseconds ahead = {}) : clock_(&clock), ahead_(ahead) {}

  [[nodiscard]] nanoseconds time() const { return clock_->now.unix_time + ahead_; }
  MsgId next_id() { return ids_.next(time()); }
  MsgId next_reply_id() { return ids_.next_reply(time()); }

  Bytes packet(const PlainMessage& message) {
    return encrypt_message(key_, crypto::Direction::ToClient, message, random_);
  }

  /// One message, content-related or not, for the session of the client's last packet.
  Bytes content(ByteView body) { return content(body, next_reply_id()); }
  Bytes content(ByteView body, MsgId msg_id) {
    return packet({.salt = kSalt, .session_id = session_, .msg_id = msg_id, .seqno = 2 * content_++ + 1, .body = body});
  }
  Bytes service(ByteView body) { return service(body, next_reply_id()); }
  Bytes service(ByteView body, MsgId msg_id) {
    return packet({.salt = kSalt, .session_id = session_, .msg_id = msg_id, .seqno = 2 * content_, .body = body});
  }

  Bytes rpc_result(MsgId request, ByteView answer) { return content(make_rpc_result(request, answer)); }
  Bytes pong(const SeenMessage& ping) { return service(object(id::kPong, ping.msg_id.value(), i64_at(ping.body, 4))); }
  Bytes bad_msg(const SeenMessage& about, std::int32_t code) { return bad_msg(about.msg_id, code); }
  Bytes bad_msg(MsgId about, std::int32_t code) {
    return service(object(id::kBadMsgNotification, about.value(), 0, code));
  }
  Bytes bad_salt(MsgId about, Salt salt) {
    return service(object(id::kBadServerSalt, about.value(), 0, 48, salt.value()));
  }

  /// All that the client has to send now.
  std::vector<SeenMessage> take(ClientSession& client) {
    std::vector<SeenMessage> all;
    int packets = 0;
    while (const std::optional<Bytes> packet = client.next_packet(clock_->now)) {
      if (++packets > 1000) {
        ADD_FAILURE() << "next_packet() does not come to an end";
        break;
      }
      const auto more = open(*packet);
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  }

  std::vector<SeenMessage> open(ByteView packet) {
    Bytes scratch;
    const auto outer = decrypt_message(key_, crypto::Direction::ToServer, packet, scratch);
    if (!outer) {
      ADD_FAILURE() << "a packet of the client cannot be decrypted: " << outer.error().message;
      return {};
    }
    session_ = outer->session_id;
    std::vector<InnerMessage> messages{{.msg_id = outer->msg_id, .seqno = outer->seqno, .body = outer->body}};
    if (constructor_of(outer->body) == id::kMsgContainer) {
      auto parsed = parse_container(outer->body);
      EXPECT_TRUE(parsed) << "a container of the client cannot be read";
      if (parsed)
        messages = *parsed;
    }
    if (check_rules)
      rules_.check(*outer, messages, time());
    std::vector<SeenMessage> seen;
    for (const InnerMessage& message : messages) {
      seen.push_back({.msg_id = message.msg_id,
                      .outer_id = outer->msg_id,
                      .seqno = message.seqno,
                      .salt = outer->salt,
                      .session = outer->session_id,
                      .constructor = constructor_of(message.body),
                      .body = Bytes(message.body.begin(), message.body.end())});
    }
    return seen;
  }

  void set_session(SessionId session) { session_ = session; }
  bool check_rules = true;

 private:
  HandClock* clock_;
  nanoseconds ahead_;
  crypto::AuthKey key_ = test_key();
  SeededRandom random_{41};
  SessionId session_ = kSession;
  MsgIdGenerator ids_{crypto::Direction::ToClient};
  std::int32_t content_ = 0;
  ClientRules rules_;
};

inline std::vector<SeenMessage> with(const std::vector<SeenMessage>& messages, std::uint32_t constructor) {
  std::vector<SeenMessage> found;
  for (const SeenMessage& message : messages) {
    if (message.constructor == constructor)
      found.push_back(message);
  }
  return found;
}

inline std::vector<SessionEvent> drain(ClientSession& client) {
  std::vector<SessionEvent> events;
  while (std::optional<SessionEvent> event = client.poll_event())
    events.push_back(std::move(*event));
  return events;
}

template <class Event>
std::vector<Event> only(const std::vector<SessionEvent>& events) {
  std::vector<Event> found;
  for (const SessionEvent& event : events) {
    if (const Event* wanted = std::get_if<Event>(&event))
      found.push_back(*wanted);
  }
  return found;
}

inline ClientSessionOptions client_options() {
  return {.auth_key = test_key(), .session_id = kSession, .salt = kSalt, .clock_offset = {}, .times = {}};
}

}  // namespace ledgram::mtproto::testing
