#include "ledgram/net/open_files.hpp"

#include <sys/resource.h>

namespace ledgram::net {
namespace {

/// What every process may assume (POSIX's _POSIX_OPEN_MAX is 20, Linux starts processes with 1,024).
constexpr std::size_t kUsualLimit = 1024;

}  // namespace

std::size_t raise_open_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    // A refusal leaves the old limit, which open_file_limit() then tells.
    static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
  }
  return open_file_limit();
}

std::size_t open_file_limit() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<std::size_t>(limit.rlim_cur) : kUsualLimit;
}

}  // namespace ledgram::net
