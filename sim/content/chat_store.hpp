#pragma once

/// All chats of the simulated Telegram, and the changes made to them since their sources were read.
///
/// Order of use: add_* for every source, then restore() once, then everything else. Not for use from several threads.

#include "ledgram/base/clock.hpp"
#include "ledgram/sim_content/channel.hpp"
#include "ledgram/sim_content/error.hpp"
#include "ledgram/sim_content/state_store.hpp"
#include "ledgram/sim_content/synthetic.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::sim {

/// A chat to be made while the simulator runs.
struct NewChat {
  std::string name;   ///< a username; of a private chat for the control API only
  std::string title;  ///< the name if empty
  ChannelKind kind = ChannelKind::Broadcast;
  ChannelAccess access = ChannelAccess::Public;
  std::int64_t migrated_from = 0;  ///< the basic group that it was
};

class ChatStore {
 public:
  /// `state` must outlive the store.
  explicit ChatStore(StateStore& state) : state_(state) {}

  /// Reads a Telegram Desktop export; the file's name without .json is the username.
  Result<ChannelId, ContentError> add_export(const std::filesystem::path& file);

  /// The same from memory; `origin` names the text in errors.
  Result<ChannelId, ContentError> add_export_text(std::string_view json, std::string_view username,
                                                  std::string_view origin);

  Result<void, ContentError> add_synthetic(const SyntheticOptions& options);

  /// Lays stored changes over the sources. Changes to chats that are no longer loaded are kept for a later start.
  Result<void, ContentError> restore();

  /// By number; null if there is none.
  [[nodiscard]] Channel* find(ChannelId id) const;

  /// By file name without .json (the username of a public chat), with or without "@" in front, in any case; or by
  /// number in decimal. Null if there is none.
  [[nodiscard]] Channel* find(std::string_view chat) const;

  /// All chats, ascending by id.
  [[nodiscard]] const std::map<ChannelId, std::unique_ptr<Channel>>& channels() const { return channels_; }

  /// One change of a chat, as the caller may tell others about it. The pointers live until the next change.
  struct Change {
    Channel* channel = nullptr;
    const ChannelEvent* event = nullptr;
  };

  /// A chat without messages. BadOption for a name that is no username, NameTaken.
  Result<Channel*, ContentError> create(const NewChat& chat, Instant now);

  /// Publishes `message`, an object as in an export. "id" is given by the chat; "date_unixtime" is now if absent.
  Result<Change, ContentError> publish(std::string_view chat, const boost::json::object& message, Instant now);

  /// Replaces the text (and what else `message` names) of a message and gives it an edit date.
  Result<Change, ContentError> edit(std::string_view chat, std::int32_t id, const boost::json::object& message,
                                    Instant now);

  /// A new message of the generator, with a text of about `bytes` bytes made from `seed`, which is not negative.
  Change generate(Channel& channel, std::int64_t seed, std::int32_t bytes, Instant now);

  /// Gives a visible message of the generator another text.
  Change regenerate(Channel& channel, std::int32_t id, std::int64_t seed, Instant now);

  /// Deletes messages. An error if none of them is visible.
  Result<Change, ContentError> erase(std::string_view chat, const std::vector<std::int32_t>& ids, Instant now);

  /// Makes the chat private or public; no event of its log tells of it.
  Result<Channel*, ContentError> set_access(std::string_view chat, ChannelAccess access);

  /// What really is in the chat:
  /// {"chat","id","title","type","pts","last_id","count","deleted":[ids],"messages":[{"id","date","edit_date",
  /// "text","entities":[{"type","offset","length",...}],"views","reply_to","grouped_id","media","action"}...]},
  /// messages ascending by id, absent fields left out. Entity types are Telegram's names ("messageEntityBold").
  /// Messages and deleted ids up to `since_id` are left out.
  [[nodiscard]] Result<std::string, ContentError> truth(std::string_view chat, std::int32_t since_id = 0) const;

 private:
  Result<ChannelId, ContentError> add(std::unique_ptr<Channel> channel, std::string_view origin);
  Result<Channel*, ContentError> named(std::string_view chat) const;
  Result<Change, ContentError> apply(Channel& channel, const boost::json::object& row);
  Result<void, ContentError> restore_made_chats();
  void store(const Channel& channel, std::string_view row);
  Result<Change, ContentError> apply_and_store(Channel& channel, const boost::json::object& row);

  StateStore& state_;
  std::map<ChannelId, std::unique_ptr<Channel>> channels_;
  std::map<std::string, ChannelId, std::less<>> by_username_;  ///< lower case
  std::map<ChannelId, std::int64_t> next_row_;
};

}  // namespace ledgram::sim
