/// The key exchange, both roles: any packet at any step ends in the next step or an error.

#include "ledgram/base/random.hpp"
#include "ledgram/mtproto/handshake_client.hpp"
#include "ledgram/mtproto/handshake_server.hpp"

#include "fixed_server_key.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

using namespace ledgram;

const crypto::RsaPrivateKey& server_key() {
  static const crypto::RsaPrivateKey key = crypto::RsaPrivateKey::from_pem(fuzz::kServerKey).value();
  return key;
}

/// Puts the input over the honest packet: xor keeps most of it valid, so that the later steps are reached.
Bytes bent(Bytes packet, ByteView input) {
  for (std::size_t i = 0; i < std::min(packet.size(), input.size()); ++i)
    packet[i] ^= input[i];
  return packet;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1)
    return 0;
  SeededRandom random(5);
  crypto::DhGroupCache primes;
  mtproto::HandshakeOptions options;
  options.keys.push_back(server_key().public_key());
  options.wire_dc = 2;
  mtproto::ClientHandshake client(std::move(options), random, primes);
  mtproto::ServerHandshake server(server_key(), random);
  const Instant now{std::chrono::seconds(1), std::chrono::seconds(1'700'000'000)};
  const ByteView input(data + 1, size - 1);
  const unsigned bent_step = data[0] % 8;

  Bytes packet = client.start(now);
  // Three round trips finish an honest exchange; a few more catch what goes on after a retry.
  for (unsigned step = 0; step < 10; ++step) {
    if (step == bent_step)
      packet = bent(std::move(packet), input);
    if (step % 2 == 0) {
      auto answer = server.receive(packet, now);
      if (!answer)
        break;
      packet = std::move(answer->reply);
    } else {
      auto next = client.receive(packet, now);
      if (!next)
        break;
      auto* send = std::get_if<mtproto::SendPacket>(&*next);
      if (send == nullptr)
        break;
      packet = std::move(send->packet);
    }
  }
  // The raw input as a packet, too: most of it is refused by its header.
  (void)server.receive(input, now);
  (void)client.receive(input, now);
  return 0;
}
