#pragma once

/// How many files and sockets the process may have open.

#include <cstddef>

namespace ledgram::net {

/// Raises the soft limit (RLIMIT_NOFILE, often 1,024) to the hard one, as a program should that uses epoll and never
/// select(2). The limit that holds afterwards; where raising fails the old one stays. To be called once, in main().
std::size_t raise_open_file_limit();

/// The limit that holds now.
std::size_t open_file_limit();

}  // namespace ledgram::net
