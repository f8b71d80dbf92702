#pragma once

/// One simulated channel or supergroup: its messages and the log of what happened to them.
///
/// Messages come from a PostSource, which never changes while the simulator runs. What is published, edited or deleted
/// lies in a layer on top. Every such change moves pts by one and is kept as an event, so that a difference can be
/// served (core.telegram.org/api/updates) from any pts that is at most kMostEvents events old.

#include "ledgram/base/strong_id.hpp"
#include "ledgram/sim_content/generated_post.hpp"
#include "ledgram/sim_content/post.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace ledgram::sim {

/// Where a chat's first messages come from.
class PostSource {
 public:
  virtual ~PostSource() = default;

  /// Ids of the messages that exist, ascending.
  [[nodiscard]] virtual const std::vector<std::int32_t>& ids() const = 0;

  /// The message of this id, which must be one of ids(). The result points into the source or to `scratch`.
  virtual const Post& read(std::int32_t id, Post& scratch) const = 0;

  /// Unix seconds of the message of this id, which must be one of ids(). Cheaper than read().
  [[nodiscard]] virtual std::int32_t date_of(std::int32_t id) const = 0;

  /// How many of the messages carry an edit date; each of them moved pts once more.
  [[nodiscard]] virtual std::int32_t edited_count() const = 0;
};

enum class ChannelKind : std::uint8_t { Broadcast, Supergroup };
enum class ChannelAccess : std::uint8_t { Public, Private };

/// Someone who writes in a supergroup without being an account of the simulator.
struct Person {
  std::int64_t id = 0;
  std::string name;
};

struct ChannelInfo {
  ChannelId id;
  std::string username;  ///< as written by its owner; a private chat has it for the control API only
  std::string title;
  std::string about;
  std::int32_t date = 0;  ///< created, unix seconds
  ChannelKind kind = ChannelKind::Broadcast;
  ChannelAccess access = ChannelAccess::Public;
  std::int32_t members = 0;
  std::int64_t migrated_from = 0;  ///< the basic group that a supergroup was; 0 for none
  std::vector<Person> people;      ///< authors of a group's messages, ascending by id
};

struct ChannelEvent {
  enum class Kind : std::uint8_t { New, Edit, Delete };

  Kind kind = Kind::New;
  std::int32_t pts = 0;        ///< after the event
  std::int32_t pts_count = 0;  ///< how many steps the event is: 1, or the number of messages deleted
  std::int32_t date = 0;       ///< unix seconds
  std::vector<std::int32_t> ids;
};

class Channel {
 public:
  Channel(ChannelInfo info, std::unique_ptr<PostSource> source);

  [[nodiscard]] const ChannelInfo& info() const { return info_; }
  [[nodiscard]] ChannelId id() const { return info_.id; }

  /// Ids of the messages that a member sees now, ascending. Valid until the next change.
  [[nodiscard]] const std::vector<std::int32_t>& ids() const { return ids_; }

  /// The highest id ever given, visible or deleted.
  [[nodiscard]] std::int32_t last_id() const { return last_id_; }

  /// The message as it is now, or null if it never was or is deleted. Points into the channel or to `scratch`; valid
  /// until the next change or the next use of `scratch`.
  const Post* find(std::int32_t id, Post& scratch) const;

  /// Unix seconds of a visible message; 0 for others.
  [[nodiscard]] std::int32_t date_of(std::int32_t id) const;

  [[nodiscard]] std::int32_t pts() const { return pts_; }

  /// The lowest pts from which a difference can be served.
  [[nodiscard]] std::int32_t first_pts() const { return first_pts_; }

  /// Events after `pts`, oldest first. Valid until the next change.
  [[nodiscard]] const std::deque<ChannelEvent>& events() const { return events_; }

  /// Ids deleted since the source was read, ascending.
  [[nodiscard]] const std::set<std::int32_t>& deleted() const { return deleted_; }

  /// Adds a message. `post.id` must be above last_id().
  const ChannelEvent& publish(Post post);
  const ChannelEvent& publish(const GeneratedPost& post);

  /// Replaces a visible message; `at` is when, in unix seconds.
  const ChannelEvent& edit(Post post, std::int32_t at);

  /// A visible message that the generator made, as it keeps it; null for others.
  [[nodiscard]] const GeneratedPost* find_generated(std::int32_t id) const;

  /// Replaces a visible message that the generator made; `post.edit_date` is when.
  const ChannelEvent& edit(const GeneratedPost& post);

  /// Deletes those of `ids` that are visible; at least one must be.
  const ChannelEvent& erase(std::span<const std::int32_t> ids, std::int32_t at);

  /// Raises pts without an event, as after a restart with a changed source.
  void raise_pts(std::int32_t pts);

  void set_access(ChannelAccess access) { info_.access = access; }
  void add_person(Person person);

  /// Events that are kept; older ones are forgotten, as Telegram does.
  static constexpr std::size_t kMostEvents = 200'000;

 private:
  [[nodiscard]] bool is_visible(std::int32_t id) const;
  [[nodiscard]] const GeneratedPost* generated(std::int32_t id) const;
  const ChannelEvent& add_event(ChannelEvent::Kind kind, std::vector<std::int32_t> ids, std::int32_t at);

  ChannelInfo info_;
  std::unique_ptr<PostSource> source_;
  std::vector<std::int32_t> ids_;
  std::vector<GeneratedPost> generated_;  ///< ascending by id, deleted ones too
  std::map<std::int32_t, Post> changed_;  ///< published or edited; hides other messages of the same id
  std::set<std::int32_t> deleted_;
  std::deque<ChannelEvent> events_;
  std::int32_t last_id_ = 0;
  std::int32_t pts_ = 0;
  std::int32_t first_pts_ = 0;
};

}  // namespace ledgram::sim
