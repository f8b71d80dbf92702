/// Decoding of TL. The generated reader and the schema tables read the same bytes; what one accepts, the other accepts,
/// and what was read can be written again.

#include "ledgram/tl/api.hpp"
#include "ledgram/tl/codec.hpp"
#include "ledgram/tl/mt.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace ledgram;

/// Reads a T and writes it again until it no longer changes: the second form must be stable.
template <class T>
void read_and_write(ByteView input) {
  auto first = tl::parse<T>(input);
  if (!first)
    return;
  const Bytes written = tl::serialize(*first);
  auto second = tl::parse<T>(written);
  if (!second || tl::serialize(*second) != written)
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1)
    return 0;
  const ByteView input(data + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      read_and_write<tl::api::Updates>(input);
      break;
    case 1:
      read_and_write<tl::api::messages_Messages>(input);
      break;
    case 2:
      read_and_write<tl::api::Config>(input);
      break;
    case 3:
      read_and_write<tl::api::RichText>(input);
      break;
    case 4:
      read_and_write<tl::api::PageBlock>(input);
      break;
    default:
      read_and_write<tl::api::WebPage>(input);
      break;
  }
  return 0;
}
