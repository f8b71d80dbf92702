#pragma once

/// Sends POST requests to servers of strangers, on a thread of its own (libcurl), so that none of them can hold up the
/// event loop. It connects to addresses that its guard permits and to no others, follows no redirect, uses no proxy,
/// and reads a bounded answer of which nothing but status and Retry-After is kept.

#include "ledgram/base/clock.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/webhooks/address_guard.hpp"
#include "ledgram/webhooks/target_url.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::webhooks {

struct HttpLimits {
  nanoseconds connect_time = std::chrono::seconds(10);
  nanoseconds whole_time = std::chrono::seconds(30);
  /// Of an answer, head and body each; a body that is longer is not read to its end, and a longer head is an error.
  std::size_t answer_size = std::size_t{64} * 1024;
};

struct HttpOptions {
  AddressGuard guard;
  HttpLimits limits;
  std::filesystem::path ca_file;  ///< authorities that are trusted instead of the system's; empty: those
  /// For tests: names with the addresses that they stand for, as "host:port:address", instead of asking the resolver.
  std::vector<std::string> resolve;
};

struct HttpPost {
  TargetUrl target;
  std::vector<std::string> headers;  ///< "name: value"
  std::string body;
};

/// What came of a request. `status` 0: nothing; then `error` says why, in words for people and without the URL.
struct HttpAnswer {
  std::int32_t status{};
  std::optional<std::chrono::seconds> retry_after;  ///< if it was given in seconds
  std::string error;
  bool refused = false;  ///< by the guard
  nanoseconds took{};

  [[nodiscard]] bool accepted() const { return status >= 200 && status < 300; }
};

class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);

  /// stop().
  ~HttpClient();

  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  /// Sends the request and gives what came of it, within the limits of time. A cancelled call ends its connection.
  /// After stop() every answer is an error.
  asio::awaitable<HttpAnswer> post(HttpPost request);

  [[nodiscard]] const AddressGuard& guard() const;

  /// Ends what is under way and the thread. Blocks; harmless when repeated.
  void stop();

 private:
  class Engine;

  std::unique_ptr<Engine> engine_;
};

}  // namespace ledgram::webhooks
