/// What a client can say to the simulated server inside encryption: containers, chains, service messages, requests.
/// Each request that comes up is answered, refused or left open; the client acknowledges, or goes away and comes back.

#include "ledgram/base/random.hpp"
#include "ledgram/mtproto/msg_id.hpp"
#include "ledgram/mtproto/server_session.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

using namespace ledgram;

constexpr std::int64_t kUnixSeconds = 1'700'000'000;
constexpr mtproto::Salt kSalt(5);

crypto::AuthKey fixed_key() {
  SeededRandom random(7);
  const Bytes bytes = random.bytes(256);
  ByteArray<256> key{};
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return crypto::AuthKey(key);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SeededRandom random(3);
  const crypto::AuthKey key = fixed_key();
  Instant now{std::chrono::seconds(1), std::chrono::seconds(kUnixSeconds)};
  mtproto::ServerSalts salts(kSalt, now, random);
  mtproto::ServerSessionOptions options;
  options.answers_kept = 16;
  options.gzip_answers_above = 64;
  mtproto::ServerSession session(key, SessionId(11), salts, random, options);
  mtproto::MsgIdGenerator ids(crypto::Direction::ToServer);

  // One message for each piece of the input: a length byte (in words), a sequence number, how it goes on, the body.
  ByteView left(data, size);
  while (left.size() >= 3) {
    const std::size_t length = std::min<std::size_t>(std::size_t{left[0]} * 4, (left.size() - 3) / 4 * 4);
    const std::uint8_t choice = left[2];
    mtproto::DecryptedMessage message;
    message.salt = (choice & 64U) != 0 ? mtproto::Salt(1) : kSalt;
    message.session_id = SessionId(11);
    message.msg_id = ids.next(now.unix_time);
    message.seqno = left[1];
    message.body = left.subspan(3, length);
    left = left.subspan(3 + length);
    if ((choice & 16U) != 0)
      session.fault_next_answer(static_cast<mtproto::AnswerFault>(choice % 4));
    if ((choice & 32U) != 0)
      session.fault_next_packet(static_cast<mtproto::PacketFault>(choice % 13));
    session.receive(message, now);
    while (auto event = session.poll_event()) {
      const auto* request = std::get_if<mtproto::RequestReceived>(&*event);
      if (request == nullptr)
        continue;
      if ((choice & 3U) == 0)
        session.answer(request->msg_id, Bytes(request->body.begin(), request->body.end()), now);
      if ((choice & 3U) == 1)
        session.answer_error(request->msg_id, 400, "REFUSED", now);
    }
    if ((choice & 4U) != 0) {
      session.on_disconnected(now);
      session.on_connected(now);
    }
    now = now.after(std::chrono::milliseconds((choice & 8U) != 0 ? 61'000 : 300));
    session.on_timer(now);
    // Each packet is new bytes, so this must come to an end.
    while (session.next_packet(now)) {
    }
  }
  return 0;
}
