/// Connections that look like TLS, both roles: whatever the bytes are and however they are cut, before the greeting, as
/// the greeting and after an honest one, both ends come to data or to an error.

#include "ledgram/base/random.hpp"
#include "ledgram/mtproto/fake_tls.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace ledgram;

constexpr mtproto::ProxySecret kSecret{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
constexpr std::chrono::seconds kNow{1'790'000'000};

/// Feeds pieces and takes what was inside, which can never be more than went in.
template <class Feed, class Take>
void drive(ByteView input, std::size_t piece, const Feed& feed, const Take& take) {
  std::size_t in = 0;
  std::size_t out = 0;
  while (!input.empty()) {
    const ByteView part = input.first(std::min(piece, input.size()));
    input = input.subspan(part.size());
    in += part.size();
    const bool fine = feed(part);
    out += take();
    if (out > in)
      std::abort();
    if (!fine)
      return;
  }
}

void drive_client(mtproto::FakeTlsClient& client, ByteView input, std::size_t piece) {
  drive(
      input, piece, [&](ByteView part) { return client.feed(part).has_value(); }, [&] { return client.take().size(); });
}

void drive_server(mtproto::FakeTlsServer& server, ByteView input, std::size_t piece) {
  drive(
      input, piece, [&](ByteView part) { return server.feed(part, kNow).has_value(); },
      [&] { return server.take().size(); });
}

/// Puts the input over an honest greeting: most of it stays as it was.
Bytes bent(Bytes greeting, ByteView input) {
  for (std::size_t i = 0; i < std::min(greeting.size(), input.size()); ++i)
    greeting[i] ^= input[i];
  return greeting;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2)
    return 0;
  const unsigned what = data[0] % 6;
  const std::size_t piece = std::size_t{data[1]} + 1;
  const ByteView input(data + 2, size - 2);
  SeededRandom random(9);
  mtproto::FakeTlsClient client(kSecret, "example.org");
  mtproto::FakeTlsServer server(kSecret, random);
  const Bytes hello = client.start(kNow, random);
  if (what == 0) {
    drive_server(server, input, piece);
    return 0;
  }
  if (what == 1) {
    drive_client(client, input, piece);
    return 0;
  }
  if (what == 2) {
    drive_server(server, bent(hello, input), piece);
    return 0;
  }
  if (!server.feed(hello, kNow))
    std::abort();
  const Bytes answer = server.take_answer();
  if (what == 3) {
    drive_client(client, bent(answer, input), piece);
  } else if (what == 4) {
    drive_server(server, input, piece);
  } else {
    if (!client.feed(answer))
      std::abort();
    drive_client(client, input, piece);
  }
  return 0;
}
