#pragma once

/// How often a login may fail, by address and by name. Sans-IO; time comes in.

#include "ledgram/base/clock.hpp"

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::api {

class LoginLimits {
 public:
  /// Failures in a quarter of an hour. By name a few more, since anybody can make somebody else's login fail.
  static constexpr std::size_t kByAddress = 10;
  static constexpr std::size_t kByName = 20;
  static constexpr std::chrono::minutes kWindow{15};

  /// Nothing if a login may be tried, else how long it has to wait.
  [[nodiscard]] std::optional<std::chrono::seconds> wait_for(const boost::asio::ip::address& address,
                                                             std::string_view name, Instant now);

  /// Counts a login before it is known how it ends, so that many at once are no way around the limit.
  void tried(const boost::asio::ip::address& address, std::string_view name, Instant now);

  /// It was right, or nothing can be said yet: the last try is taken back.
  void take_back(const boost::asio::ip::address& address, std::string_view name);

 private:
  using Failures = std::deque<nanoseconds>;

  template <class Key>
  static std::optional<std::chrono::seconds> wait_in(std::map<Key, Failures>& all, const Key& key, std::size_t most,
                                                     Instant now);
  template <class Key>
  static void add(std::map<Key, Failures>& all, const Key& key, Instant now);
  template <class Key>
  static void drop_last(std::map<Key, Failures>& all, const Key& key);

  std::map<boost::asio::ip::address, Failures> by_address_;
  std::map<std::string, Failures> by_name_;
};

}  // namespace ledgram::api
