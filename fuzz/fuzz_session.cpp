/// What a server (or a client) can say inside encryption: containers, gzip, service messages, answers. The input is the
/// body of messages that are encrypted correctly, since otherwise msg_key would keep everything out.

#include "ledgram/base/random.hpp"
#include "ledgram/mtproto/client_session.hpp"
#include "ledgram/mtproto/encrypted_message.hpp"

#include <cstddef>
#include <cstdint>

namespace {

using namespace ledgram;

constexpr std::int64_t kUnixSeconds = 1'700'000'000;

Instant at(int second) {
  return {std::chrono::seconds(second), std::chrono::seconds(kUnixSeconds + second)};
}

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
  mtproto::ClientSessionOptions options{.auth_key = key, .session_id = SessionId(11)};
  mtproto::ClientSession session(std::move(options), random);
  session.on_connected(at(0));
  session.send(Bytes{1, 2, 3, 4}, at(0));
  while (session.next_packet(at(0))) {
  }
  // One message for each piece of the input: a length byte (in words), a sequence number byte, then the body.
  ByteView left(data, size);
  int number = 1;
  while (left.size() >= 2) {
    const std::size_t length = std::min<std::size_t>(std::size_t{left[0]} * 4, (left.size() - 2) / 4 * 4);
    mtproto::PlainMessage message;
    message.session_id = SessionId(11);
    message.msg_id = MsgId(((kUnixSeconds + number) << 32) + 1 + (left[1] & 2));
    message.seqno = left[1];
    message.body = left.subspan(2, length);
    left = left.subspan(2 + length);
    const Bytes packet = mtproto::encrypt_message(key, crypto::Direction::ToClient, message, random);
    const auto received = session.receive(packet, at(number));
    if (!received)
      session.on_disconnected(at(number));
    while (session.poll_event()) {
    }
    if (!received)
      session.on_connected(at(number));
    session.on_timer(at(number));
    while (session.next_packet(at(number))) {
    }
    ++number;
  }
  return 0;
}
