#include "ledgram/net/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace ledgram::net {

void SystemRandom::fill(MutableByteView out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0) {
      if (errno == EINTR)
        continue;
      // Only a kernel without the call gets here; keys from anything weaker would be worse than no program.
      std::abort();
    }
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace ledgram::net
