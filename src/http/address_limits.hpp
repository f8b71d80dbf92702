#pragma once

/// Who may open another connection or send another request, by address. Sans-IO; time comes in.

#include "ledgram/base/clock.hpp"
#include "ledgram/http/options.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>

namespace ledgram::http {

class AddressLimits {
 public:
  /// `limits` must outlive this.
  explicit AddressLimits(const Limits& limits) : limits_(limits) {}

  /// False if the address has all connections that it may have. A true one ends with closed().
  bool opened(const asio::ip::address& address);
  void closed(const asio::ip::address& address);

  /// Nothing if the request may go on, else how long the address has to wait.
  std::optional<std::chrono::seconds> asked(const asio::ip::address& address, Instant now);

 private:
  struct Bucket {
    double tokens = 0;
    nanoseconds filled{};
  };

  [[nodiscard]] bool is_free(const asio::ip::address& address) const;
  void forget_full(Instant now);

  const Limits& limits_;
  std::map<asio::ip::address, std::size_t> connections_;
  std::map<asio::ip::address, Bucket> buckets_;
};

}  // namespace ledgram::http
