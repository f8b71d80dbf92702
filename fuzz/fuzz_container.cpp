/// Containers and gzip, as they stand inside of encrypted messages: what is taken is written again as it was, what is
/// unpacked keeps to its cap.

#include "ledgram/mtproto/container.hpp"
#include "ledgram/mtproto/gzip.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace ledgram;

constexpr std::size_t kCap = std::size_t{1} << 16;

void containers(ByteView input) {
  const auto messages = mtproto::parse_container(input);
  if (!messages)
    return;
  if (!std::ranges::equal(mtproto::make_container(*messages), input))
    std::abort();
  for (const mtproto::InnerMessage& message : *messages) {
    // No message is a container: whatever is nested has an end here.
    if (mtproto::parse_container(message.body))
      std::abort();
  }
}

void packed(ByteView input) {
  const auto plain = mtproto::gunzip(input, kCap);
  if (!plain)
    return;
  if (plain->size() > kCap)
    std::abort();
  const auto again = mtproto::gunzip(mtproto::gzip(*plain), kCap);
  if (!again || *again != *plain)
    std::abort();
}

void ids(ByteView input) {
  tl::Reader reader(input);
  const auto read = mtproto::read_ids(reader);
  if (read && read->size() * 8 > input.size())
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1)
    return 0;
  const ByteView input(data + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      containers(input);
      break;
    case 1:
      packed(input);
      break;
    default:
      ids(input);
      break;
  }
  return 0;
}
