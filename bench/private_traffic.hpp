#pragma once

/// What happens outside of channels in a chaos run: private chats, basic groups, and one group that becomes a
/// supergroup.

#include "control.hpp"
#include "dice.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ledgram::bench {

enum class GroupMigration : std::uint8_t { No, Yes };

class PrivateTraffic {
 public:
  /// `control` must outlive it. `total`: messages that the channels will have, by which the moments are counted.
  PrivateTraffic(Control& control, std::vector<std::string> phones, std::int64_t total, std::uint64_t seed,
                 GroupMigration migration);

  /// Makes the groups. Before the collector looks at its accounts for the first time.
  void prepare();

  /// Does what is due when the channels have had so many messages.
  void advance(std::int64_t published);

  /// One more message in every group and from one person to every account.
  void close();

  [[nodiscard]] std::int64_t sent() const { return sent_; }
  [[nodiscard]] std::int64_t edited() const { return edited_; }
  [[nodiscard]] std::int64_t deleted() const { return deleted_; }

  /// The supergroup that a group has become, if one has: its name for the control API.
  [[nodiscard]] const std::optional<std::string>& supergroup() const { return supergroup_; }

 private:
  /// A message with its number for each account that has it.
  struct Sent {
    std::string group;  ///< empty: a private chat
    std::vector<std::pair<std::string, std::int32_t>> ids;
  };

  void act();
  void send_private(const std::string& phone);
  void send_to_group(const std::string& group);
  void edit();
  void erase();
  void migrate_group();
  boost::json::object message();

  Control& control_;
  std::vector<std::string> phones_;
  std::int64_t total_;
  Dice dice_;
  GroupMigration migration_;
  std::vector<std::string> groups_;
  std::optional<std::string> supergroup_;
  std::deque<Sent> recent_;  ///< what can still be edited or deleted
  std::int64_t actions_ = 0;
  std::int64_t sent_ = 0;
  std::int64_t edited_ = 0;
  std::int64_t deleted_ = 0;
};

}  // namespace ledgram::bench
