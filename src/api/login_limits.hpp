#pragma once

/// How often a login may fail, by address (a network of IPv6 counts as one) and by name. Sans-IO; time comes in.

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

  /// One login under way: counted from the beginning, and taken back at the end unless it was wrong. What was never
  /// compared is no failure.
  class Try {
   public:
    Try(LoginLimits& limits, boost::asio::ip::address address, std::string name, Instant now);
    Try(const Try&) = delete;
    Try& operator=(const Try&) = delete;
    ~Try();

    void was_wrong() { wrong_ = true; }

   private:
    LoginLimits& limits_;
    boost::asio::ip::address address_;
    std::string name_;
    bool wrong_ = false;
  };

 private:
  using Failures = std::deque<nanoseconds>;

  void add_try(const boost::asio::ip::address& address, std::string_view name, Instant now);
  void take_back(const boost::asio::ip::address& address, std::string_view name);

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
