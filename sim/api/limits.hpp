#pragma once

/// Telegram's own limits, as far as clients meet them (protocol.md L4, L8, P4). Used inside the API floor.

#include "ledgram/base/strong_id.hpp"
#include "ledgram/sim_api/service.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace ledgram::sim {

class Limits {
 public:
  [[nodiscard]] const LimitOptions& options() const { return options_; }

  /// Begins to count anew.
  void set(LimitOptions options);

  /// False: the number has asked for codes too often today.
  bool may_send_code(UserId account, std::int32_t now);

  /// False: too many wrong passwords today.
  [[nodiscard]] bool may_check_password(UserId account, std::int32_t now);
  void count_wrong_password(UserId account, std::int32_t now);

  /// Seconds to wait if the account has looked up too many names today.
  std::optional<std::int32_t> look_up_name(UserId account, std::int32_t now);

 private:
  /// What one account did in the day that began with the first of it.
  struct Count {
    std::int32_t since = 0;
    std::int32_t times = 0;
  };
  using Counts = std::map<UserId, Count>;

  static Count& today(Counts& counts, UserId account, std::int32_t now);

  LimitOptions options_;
  Counts codes_;
  Counts passwords_;
  Counts names_;
};

}  // namespace ledgram::sim
