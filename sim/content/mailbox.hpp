#pragma once

/// What one account has outside of channels: its private chats and basic groups. All of them share one row of message
/// ids and one pts (U7 of protocol.md), and each event is kept, so that updates.getDifference can be served.

#include "ledgram/sim_content/post.hpp"

#include <compare>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <span>
#include <vector>

namespace ledgram::sim {

/// Whom an account writes with: a user, or a basic group.
struct DialogPeer {
  enum class Kind : std::uint8_t { User, Group };
  Kind kind = Kind::User;
  std::int64_t id = 0;

  friend auto operator<=>(const DialogPeer&, const DialogPeer&) = default;
};

/// Who wrote a message, seen from the account.
enum class Direction : std::uint8_t { In, Out };

/// A message of a private chat or basic group, as one account has it. `post.from_user` is the author.
struct Letter {
  DialogPeer peer;
  Direction direction = Direction::In;
  std::int64_t serial = 0;  ///< the same for the copies that all members of a group have
  Post post;
};

struct MailEvent {
  enum class Kind : std::uint8_t { New, Edit, Delete };

  Kind kind = Kind::New;
  std::int32_t pts = 0;        ///< after the event
  std::int32_t pts_count = 0;  ///< 1, or the number of messages deleted
  std::int32_t seq = 0;        ///< of the container that tells of it; 0 for the short forms, which have none
  std::int32_t date = 0;       ///< unix seconds
  std::vector<std::int32_t> ids;
};

class Mailbox {
 public:
  /// The message as it is now; null if it never was or is deleted. Valid until the next change.
  [[nodiscard]] const Letter* find(std::int32_t id) const;

  /// The account's own id of a message that several accounts have; 0 if it does not have it.
  [[nodiscard]] std::int32_t find_serial(std::int64_t serial) const;

  /// Ids of the messages with this peer, ascending; empty if there are none.
  [[nodiscard]] const std::vector<std::int32_t>& ids(DialogPeer peer) const;

  /// All that there was ever a message with.
  [[nodiscard]] const std::map<DialogPeer, std::vector<std::int32_t>>& dialogs() const { return dialogs_; }

  [[nodiscard]] const std::map<std::int32_t, Letter>& letters() const { return letters_; }
  [[nodiscard]] const std::set<std::int32_t>& deleted() const { return deleted_; }
  [[nodiscard]] std::int32_t last_id() const { return last_id_; }
  [[nodiscard]] std::int32_t pts() const { return pts_; }
  [[nodiscard]] std::int32_t seq() const { return seq_; }
  /// The lowest pts from which a difference can be served.
  [[nodiscard]] std::int32_t first_pts() const { return first_pts_; }
  [[nodiscard]] const std::deque<MailEvent>& events() const { return events_; }

  /// True if the account has heard from this user before, so that it knows who he is.
  [[nodiscard]] bool knows(std::int64_t user) const { return known_.contains(user); }

  /// Adds a message, whose id is last_id() + 1 then. A plain text from somebody who is known is told in a short form.
  const MailEvent& add(Letter letter);

  /// Replaces a visible message; `at` is when, in unix seconds.
  const MailEvent& edit(Post post, std::int32_t at);

  /// Deletes those of `ids` that are visible; at least one must be.
  const MailEvent& erase(std::span<const std::int32_t> ids, std::int32_t at);

  /// Events that are kept.
  static constexpr std::size_t kMostEvents = 200'000;

 private:
  enum class Form : std::uint8_t { Short, Container };
  const MailEvent& add_event(MailEvent::Kind kind, std::vector<std::int32_t> ids, std::int32_t at, Form form);

  std::map<std::int32_t, Letter> letters_;
  std::map<DialogPeer, std::vector<std::int32_t>> dialogs_;
  std::map<std::int64_t, std::int32_t> by_serial_;
  std::set<std::int32_t> deleted_;
  std::set<std::int64_t> known_;
  std::deque<MailEvent> events_;
  std::int32_t last_id_ = 0;
  // An account that nothing has happened to is at 1 (core.telegram.org/api/updates).
  std::int32_t pts_ = 1;
  std::int32_t seq_ = 1;
  std::int32_t first_pts_ = 1;
};

}  // namespace ledgram::sim
