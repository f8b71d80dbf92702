#pragma once

/// Many accounts of a simulator, logged in by this process itself: a thousand processes of `ledgram account add` would
/// take longer than what is to be measured.

#include "ledgram/net/asio.hpp"
#include "ledgram/net/random.hpp"
#include "ledgram/telegram/client.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace ledgram::bench {

/// Logins at a time: each keeps both processors busy with a key exchange, more of them would only wait.
inline constexpr std::size_t kLoginsAtOnce = 16;

/// What all clients of one process share, and the client options for the simulator in a folder.
struct Shard {
  asio::io_context loop{1};
  net::SystemRandom random;
  net::SystemClock clock;
  telegram::ClientOptions options;

  /// Throws std::runtime_error if no simulator runs there.
  explicit Shard(const std::filesystem::path& simulator);

  /// Runs `work` to its end and rethrows what it throws.
  void run(const std::function<asio::awaitable<void>()>& work);

  std::unique_ptr<telegram::Client> client(telegram::KeyStore& keys);
};

/// The phone number of an account by its place, 0 to 9999: digits, on DC 2.
std::string test_phone(std::size_t account);

/// A started client without a login becomes one with the login of this number.
asio::awaitable<telegram::SignedIn> log_in(telegram::Client& client, const std::string& phone);

}  // namespace ledgram::bench
