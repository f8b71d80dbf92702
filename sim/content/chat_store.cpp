#include "ledgram/sim_content/chat_store.hpp"

#include "ledgram/sim_content/export_fields.hpp"
#include "ledgram/sim_content/export_loader.hpp"
#include "ledgram/sim_content/export_media.hpp"
#include "ledgram/sim_content/text.hpp"
#include "ledgram/sim_content/truth.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <limits>
#include <sstream>
#include <utility>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// Rows of this kind hold one change each; their keys sort by chat and then by order of time.
constexpr std::string_view kKind = "chat_change";

/// Chats that were made while the simulator ran, by number.
constexpr std::string_view kMadeKind = "made_chat";
constexpr ChannelId kFirstMadeChat{2'000'000'001};

std::string row_key(ChannelId channel, std::int64_t number) {
  char key[48];
  std::snprintf(key, sizeof key, "%013lld:%010lld", static_cast<long long>(channel.value()),
                static_cast<long long>(number));
  return key;
}

std::int32_t unix_seconds(Instant now) {
  return static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::seconds>(now.unix_time).count());
}

std::int64_t unix_microseconds(Instant now) {
  return std::chrono::duration_cast<std::chrono::microseconds>(now.unix_time).count();
}

ContentError bad_state(const std::string& key, std::string_view why) {
  return {ContentErrc::BadState, "the stored change " + key + " " + std::string(why) +
                                     "; start with another data folder, or delete this one if nothing in it matters"};
}

/// Of a chat that was made while the simulator ran.
class EmptySource final : public PostSource {
 public:
  [[nodiscard]] const std::vector<std::int32_t>& ids() const override { return ids_; }
  const Post& read(std::int32_t /*id*/, Post& scratch) const override { return scratch; }
  [[nodiscard]] std::int32_t date_of(std::int32_t /*id*/) const override { return 0; }
  [[nodiscard]] std::int32_t edited_count() const override { return 0; }

 private:
  std::vector<std::int32_t> ids_;
};

std::unique_ptr<Channel> make_chat(ChannelId id, const json::object& row) {
  ChannelInfo info;
  info.id = id;
  info.username = export_string(row, "name");
  info.title = export_string(row, "title");
  info.date = export_int(row, "date");
  info.kind = export_string(row, "type") == "channel" ? ChannelKind::Broadcast : ChannelKind::Supergroup;
  info.access = export_string(row, "access") == "public" ? ChannelAccess::Public : ChannelAccess::Private;
  info.members = 1;
  info.migrated_from = export_number(row, "migrated_from");
  return std::make_unique<Channel>(std::move(info), std::make_unique<EmptySource>());
}

}  // namespace

Result<Channel*, ContentError> ChatStore::create(const NewChat& chat, Instant now) {
  if (!is_username(chat.name)) {
    return std::unexpected(ContentError{
        ContentErrc::BadOption, "\"" + chat.name + "\" cannot be the name of a chat; give it a username's letters"});
  }
  ChannelId id = kFirstMadeChat;
  while (channels_.contains(id))
    id = ChannelId(id.value() + 1);
  const json::object row{{"name", chat.name},
                         {"title", chat.title.empty() ? chat.name : chat.title},
                         {"date", unix_seconds(now)},
                         {"type", chat.kind == ChannelKind::Broadcast ? "channel" : "supergroup"},
                         {"access", chat.access == ChannelAccess::Public ? "public" : "private"},
                         {"migrated_from", chat.migrated_from}};
  if (auto added = add(make_chat(id, row), "the new chat"); !added)
    return std::unexpected(std::move(added.error()));
  state_.put(kMadeKind, std::to_string(id.value()), json::serialize(row));
  return find(id);
}

Result<void, ContentError> ChatStore::restore_made_chats() {
  for (const auto& stored : state_.load_all(kMadeKind)) {
    boost::system::error_code code;
    const auto value = json::parse(stored.text, code);
    if (code || !value.is_object())
      return std::unexpected(bad_state(stored.key, "is not a JSON object"));
    if (auto added = add(make_chat(ChannelId(std::stoll(stored.key)), value.get_object()), "the data folder"); !added)
      return std::unexpected(std::move(added.error()));
  }
  return {};
}

Result<ChannelId, ContentError> ChatStore::add_export(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (stream)
    text << stream.rdbuf();
  if (!stream || std::filesystem::is_directory(file)) {
    return std::unexpected(
        ContentError{ContentErrc::BadFile,
                     file.string() + " cannot be read; give the path of a chat exported by Telegram Desktop as JSON"});
  }
  auto channel =
      load_export(text.view(), file.stem().string(), file.string(), std::filesystem::absolute(file).parent_path());
  if (!channel)
    return std::unexpected(std::move(channel.error()));
  return add(std::move(*channel), file.string());
}

Result<ChannelId, ContentError> ChatStore::add_export_text(std::string_view json, std::string_view username,
                                                           std::string_view origin) {
  auto channel = load_export(json, username, origin);
  if (!channel)
    return std::unexpected(std::move(channel.error()));
  return add(std::move(*channel), origin);
}

Result<void, ContentError> ChatStore::add_synthetic(const SyntheticOptions& options) {
  for (std::int32_t number = 1; number <= options.channels; ++number) {
    if (auto added = add(make_synthetic_channel(options, number), "--synthetic"); !added) {
      return std::unexpected(std::move(added.error()));
    }
  }
  return {};
}

Result<ChannelId, ContentError> ChatStore::add(std::unique_ptr<Channel> channel, std::string_view origin) {
  const ChannelId id = channel->id();
  const std::string name = lower_ascii(channel->info().username);
  if (const auto it = channels_.find(id); it != channels_.end()) {
    return std::unexpected(ContentError{
        ContentErrc::NameTaken, std::string(origin) + ": its chat id " + std::to_string(id.value()) +
                                    " is also that of " + it->second->info().username + "; load only one of them"});
  }
  if (!name.empty() && by_username_.contains(name)) {
    return std::unexpected(
        ContentError{ContentErrc::NameTaken,
                     std::string(origin) + ": there is already a chat named " + name + "; rename one of the files"});
  }
  if (!name.empty())
    by_username_[name] = id;
  channels_[id] = std::move(channel);
  return id;
}

Result<void, ContentError> ChatStore::restore() {
  if (auto made = restore_made_chats(); !made)
    return made;
  for (const auto& row : state_.load_all(kKind)) {
    const auto colon = row.key.find(':');
    std::int64_t id = 0;
    std::int64_t number = 0;
    if (colon == std::string::npos || std::from_chars(row.key.data(), row.key.data() + colon, id).ec != std::errc{} ||
        std::from_chars(row.key.data() + colon + 1, row.key.data() + row.key.size(), number).ec != std::errc{}) {
      return std::unexpected(bad_state(row.key, "has a key that cannot be read"));
    }
    next_row_[ChannelId(id)] = number + 1;
    Channel* channel = find(ChannelId(id));
    if (channel == nullptr)
      continue;
    boost::system::error_code code;
    const auto value = json::parse(row.text, code);
    if (code || !value.is_object())
      return std::unexpected(bad_state(row.key, "is not a JSON object"));
    // A change that does not fit any more (its source lost the message) is passed over: the chat is what it is now.
    (void)apply(*channel, value.get_object());
    channel->raise_pts(export_int(value.get_object(), "pts"));
  }
  return {};
}

Channel* ChatStore::find(ChannelId id) const {
  const auto it = channels_.find(id);
  return it == channels_.end() ? nullptr : it->second.get();
}

Channel* ChatStore::find(std::string_view chat) const {
  if (chat.starts_with('@'))
    chat.remove_prefix(1);
  if (const auto it = by_username_.find(lower_ascii(chat)); it != by_username_.end())
    return find(it->second);
  std::int64_t id = 0;
  const auto parsed = std::from_chars(chat.data(), chat.data() + chat.size(), id);
  return parsed.ec == std::errc{} && parsed.ptr == chat.data() + chat.size() ? find(ChannelId(id)) : nullptr;
}

Result<Channel*, ContentError> ChatStore::named(std::string_view chat) const {
  if (Channel* channel = find(chat))
    return channel;
  return std::unexpected(ContentError{ContentErrc::NoSuchChat, "there is no chat \"" + std::string(chat) +
                                                                   "\"; name it by its username or its number"});
}

Result<ChatStore::Change, ContentError> ChatStore::publish(std::string_view chat, const json::object& message,
                                                           Instant now) {
  auto channel = named(chat);
  if (!channel)
    return std::unexpected(std::move(channel.error()));
  if ((*channel)->last_id() == std::numeric_limits<std::int32_t>::max()) {
    return std::unexpected(ContentError{ContentErrc::BadMessage, "the chat has used up all message ids"});
  }
  json::object content = message;
  content["id"] = (*channel)->last_id() + 1;
  if (!content.contains("date_unixtime"))
    content["date_unixtime"] = unix_seconds(now);
  return apply_and_store(**channel, {{"op", "new"}, {"message", std::move(content)}});
}

Result<ChatStore::Change, ContentError> ChatStore::edit(std::string_view chat, std::int32_t id,
                                                        const json::object& message, Instant now) {
  auto channel = named(chat);
  if (!channel)
    return std::unexpected(std::move(channel.error()));
  return apply_and_store(**channel, {{"op", "edit"}, {"id", id}, {"date", unix_seconds(now)}, {"message", message}});
}

Result<ChatStore::Change, ContentError> ChatStore::erase(std::string_view chat, const std::vector<std::int32_t>& ids,
                                                         Instant now) {
  auto channel = named(chat);
  if (!channel)
    return std::unexpected(std::move(channel.error()));
  return apply_and_store(**channel,
                         {{"op", "delete"}, {"date", unix_seconds(now)}, {"ids", json::array(ids.begin(), ids.end())}});
}

Result<Channel*, ContentError> ChatStore::set_access(std::string_view chat, ChannelAccess access) {
  auto channel = named(chat);
  if (!channel)
    return channel;
  const auto* const name = access == ChannelAccess::Public ? "public" : "private";
  if (auto done = apply_and_store(**channel, {{"op", "access"}, {"access", name}}); !done) {
    return std::unexpected(std::move(done.error()));
  }
  return channel;
}

Result<ChatStore::Change, ContentError> ChatStore::apply_and_store(Channel& channel, const json::object& row) {
  auto change = apply(channel, row);
  if (!change)
    return change;
  json::object stored = row;
  stored["pts"] = channel.pts();
  store(channel, json::serialize(stored));
  return change;
}

void ChatStore::store(const Channel& channel, std::string_view row) {
  state_.put(kKind, row_key(channel.id(), next_row_[channel.id()]++), row);
}

ChatStore::Change ChatStore::generate(Channel& channel, std::int64_t seed, std::int32_t bytes, Instant now) {
  const GeneratedPost post{.id = channel.last_id() + 1,
                           .date = unix_seconds(now),
                           .bytes = bytes,
                           .seed = seed,
                           .sent_us = unix_microseconds(now)};
  const ChannelEvent& event = channel.publish(post);
  // Written by hand, because there are thousands a second.
  store(channel, fmt::format(R"({{"op":"gen","id":{},"date":{},"bytes":{},"seed":{},"us":{},"pts":{}}})", post.id,
                             post.date, post.bytes, post.seed, post.sent_us, event.pts));
  return {&channel, &event};
}

ChatStore::Change ChatStore::regenerate(Channel& channel, std::int32_t id, std::int64_t seed, Instant now) {
  GeneratedPost post = *channel.find_generated(id);
  post.edit_date = unix_seconds(now);
  post.seed = seed;
  post.sent_us = unix_microseconds(now);
  const ChannelEvent& event = channel.edit(post);
  store(channel, fmt::format(R"({{"op":"regen","id":{},"date":{},"seed":{},"us":{},"pts":{}}})", post.id,
                             post.edit_date, post.seed, post.sent_us, event.pts));
  return {&channel, &event};
}

Result<ChatStore::Change, ContentError> ChatStore::apply(Channel& channel, const json::object& row) {
  const auto operation = export_string(row, "op");
  const auto no_post = [](std::string_view which) {
    return std::unexpected(ContentError{ContentErrc::NoSuchPost, "the chat has no message " + std::string(which)});
  };
  static const json::object nothing;
  const auto* message = export_object(row, "message");
  if (message == nullptr)
    message = &nothing;

  if (operation == "new") {
    auto post = parse_export_message(*message);
    if (!post)
      return std::unexpected(std::move(post.error()));
    if (post->id <= channel.last_id())
      return no_post("number free at " + std::to_string(post->id));
    if (post->from_user != 0) {
      channel.add_person({post->from_user, std::string(export_string(*message, "from"))});
    }
    return Change{&channel, &channel.publish(std::move(*post))};
  }
  if (operation == "gen") {
    const GeneratedPost post{.id = export_int(row, "id"),
                             .date = export_int(row, "date"),
                             .bytes = export_int(row, "bytes"),
                             .seed = export_number(row, "seed"),
                             .sent_us = export_number(row, "us")};
    if (post.id <= channel.last_id())
      return no_post("number free at " + std::to_string(post.id));
    return Change{&channel, &channel.publish(post)};
  }
  if (operation == "regen") {
    const GeneratedPost* known = channel.find_generated(export_int(row, "id"));
    if (known == nullptr)
      return no_post(std::to_string(export_int(row, "id")));
    GeneratedPost post = *known;
    post.edit_date = export_int(row, "date");
    post.seed = export_number(row, "seed");
    post.sent_us = export_number(row, "us");
    return Change{&channel, &channel.edit(post)};
  }
  if (operation == "edit") {
    Post scratch;
    const Post* known = channel.find(export_int(row, "id"), scratch);
    if (known == nullptr)
      return no_post(std::to_string(export_int(row, "id")));
    Post changed = *known;
    if (auto done = lay_over_post(changed, *message); !done)
      return std::unexpected(std::move(done.error()));
    const auto at = export_int(row, "date");
    changed.edit_date = at;
    return Change{&channel, &channel.edit(std::move(changed), at)};
  }
  if (operation == "delete") {
    std::vector<std::int32_t> ids;
    if (const auto* list = export_array(row, "ids")) {
      for (const auto& item : *list) {
        if (const auto* id = item.if_int64())
          ids.push_back(static_cast<std::int32_t>(*id));
      }
    }
    const auto visible = [&channel](std::int32_t id) { return channel.date_of(id) != 0; };
    if (std::ranges::none_of(ids, visible))
      return no_post("of these ids");
    return Change{&channel, &channel.erase(ids, export_int(row, "date"))};
  }
  channel.set_access(export_string(row, "access") == "private" ? ChannelAccess::Private : ChannelAccess::Public);
  return Change{&channel, nullptr};
}

Result<std::string, ContentError> ChatStore::truth(std::string_view chat, std::int32_t since_id) const {
  auto found = named(chat);
  if (!found)
    return std::unexpected(std::move(found.error()));
  return truth_of(**found, since_id);
}

}  // namespace ledgram::sim
