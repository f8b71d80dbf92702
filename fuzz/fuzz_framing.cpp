/// Transport framing, both roles: whatever the bytes are and however they are cut, readers end with frames or an error.

#include "ledgram/base/random.hpp"
#include "ledgram/mtproto/client_transport.hpp"
#include "ledgram/mtproto/server_transport.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

using namespace ledgram;

/// Feeds pieces whose sizes come from the input itself and takes every frame.
template <class Transport>
void drive(Transport& transport, ByteView input, std::size_t piece) {
  while (!input.empty()) {
    const std::size_t count = std::min(piece, input.size());
    transport.feed(input.first(count));
    input = input.subspan(count);
    while (true) {
      const auto frame = transport.next();
      if (!frame)
        return;
      if (!*frame)
        break;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2)
    return 0;
  SeededRandom random(1);
  const std::uint8_t choice = data[0];
  const std::size_t piece = std::size_t{data[1]} + 1;
  const ByteView input(data + 2, size - 2);
  if ((choice & 1U) != 0) {
    mtproto::ServerTransport server({}, random);
    drive(server, input, piece);
    return 0;
  }
  mtproto::TransportOptions options;
  options.kind = static_cast<mtproto::TransportKind>(choice >> 1U & 3U);
  options.obfuscation = (choice & 8U) != 0 ? mtproto::Obfuscation::Plain : mtproto::Obfuscation::None;
  mtproto::ClientTransport client(options, random);
  drive(client, input, piece);
  return 0;
}
