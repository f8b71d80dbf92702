/// Stored sessions: a damaged file is an error, and what is accepted is written back as it was. Only the list of old
/// tokens that the first version wrote is dropped, which makes the session shorter.

#include "ledgram/telegram/session_store.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ledgram;
  const ByteView input(data, size);
  const auto session = telegram::from_bytes(input);
  if (!session)
    return 0;
  const Bytes written = telegram::to_bytes(*session);
  const bool same = std::ranges::equal(written, input);
  const bool shortened = written.size() < size;
  const auto again = telegram::from_bytes(written);
  if ((!same && !shortened) || !again || telegram::to_bytes(*again) != written)
    std::abort();
  return 0;
}
