#include "ledgram/app/prompt.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>

namespace ledgram::app {

asio::awaitable<std::optional<SecretText>> ask(std::string question, cli::Echo echo) {
  if (!cli::is_terminal(cli::StreamKind::Input))
    co_return std::nullopt;
  const cli::EchoGuard guard(echo);
  fmt::print(stderr, "{}: ", question);
  std::fflush(stderr);
  // A copy of the descriptor, because closing the stream closes what it was given.
  asio::posix::stream_descriptor input(co_await asio::this_coro::executor, dup(STDIN_FILENO));
  // No answer that is asked for here is longer.
  constexpr std::size_t kLongestLine = 4096;
  std::string line;
  auto buffer = asio::dynamic_buffer(line, kLongestLine);
  const auto [error, count] = co_await asio::async_read_until(input, buffer, '\n', asio::as_tuple(asio::use_awaitable));
  // Asio made the descriptor non-blocking, and the terminal behind it is the same for every process on it.
  input.native_non_blocking(false);
  if (error == asio::error::operation_aborted)
    throw boost::system::system_error(error);
  if (error || count == 0)
    co_return std::nullopt;
  line.resize(count - 1);
  if (!line.empty() && line.back() == '\r')
    line.pop_back();
  co_return SecretText(std::move(line));
}

}  // namespace ledgram::app
