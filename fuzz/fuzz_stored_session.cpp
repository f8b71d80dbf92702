/// Stored sessions: a damaged file is an error, and what is accepted is written back as it was.

#include "ledgram/telegram/session_store.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace ledgram;
  const ByteView input(data, size);
  const auto session = telegram::from_bytes(input);
  if (session && !std::ranges::equal(telegram::to_bytes(*session), input))
    std::abort();
  return 0;
}
