#pragma once

/// What the simulator did so far, for GET /status: calls by method and by account, pushes, differences.

#include <boost/json/object.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace ledgram::sim {

class Counts {
 public:
  /// `phone` may be empty: before login, and for bots. `answer` is the constructor of the answer, if it is known.
  void call(std::string_view method, std::string_view phone, std::string_view answer, bool failed);

  enum class PushEnd : std::uint8_t { Sent, Dropped };
  /// One push to one session; dropped by a fault, or because the session is away and has too many.
  void push(std::string_view phone, PushEnd end);

  /// {"methods":{name:{"calls","errors"}}, "pushes":{"sent","dropped"}, "differences":{constructor:n}}; with a phone
  /// number of that account alone.
  void add_to(boost::json::object& status, std::string_view phone) const;

  /// {phone:{"calls":{name:n},"pushes":{"sent","dropped"}}}
  [[nodiscard]] boost::json::object by_account() const;

 private:
  struct Calls {
    std::uint64_t calls = 0;
    std::uint64_t errors = 0;
  };
  struct Tally {
    std::map<std::string, Calls, std::less<>> methods;
    std::map<std::string, std::uint64_t, std::less<>> differences;
    std::uint64_t sent = 0;
    std::uint64_t dropped = 0;
  };

  static void count_call(Tally& tally, std::string_view method, std::string_view answer, bool failed);
  Tally& of(std::string_view phone);

  Tally all_;
  std::map<std::string, Tally, std::less<>> accounts_;
};

}  // namespace ledgram::sim
