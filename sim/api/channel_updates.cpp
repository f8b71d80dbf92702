#include "ledgram/sim_api/channel_updates.hpp"

namespace ledgram::sim {

namespace json = boost::json;

json::object channel_update(const ObjectMaker& make, const Channel& channel, const ChannelEvent& event) {
  json::object out(make.memory());
  if (event.kind == ChannelEvent::Kind::Delete) {
    out = make.object("updateDeleteChannelMessages", 4);
    out.emplace("channel_id", channel.id().value());
    out.emplace("messages", json::array(event.ids.begin(), event.ids.end(), make.memory()));
  } else {
    Post scratch;
    const Post* post = channel.find(event.ids.front(), scratch);
    if (post == nullptr)
      return out;
    const bool fresh = event.kind == ChannelEvent::Kind::New;
    out = make.object(fresh ? "updateNewChannelMessage" : "updateEditChannelMessage", 3);
    out.emplace("message", make.message(channel, *post));
  }
  out.emplace("pts", event.pts);
  out.emplace("pts_count", event.pts_count);
  return out;
}

json::object pushed_updates(const ObjectMaker& make, const Channel& channel, const ChannelEvent& event,
                            std::int32_t now) {
  std::set<std::int64_t> authors;
  Post scratch;
  for (const auto id : event.ids) {
    const Post* post = channel.find(id, scratch);
    if (post != nullptr && post->from_user != 0)
      authors.insert(post->from_user);
  }
  json::array updates(make.memory());
  updates.push_back(channel_update(make, channel, event));
  json::array chats(make.memory());
  chats.push_back(make.channel(channel));
  auto out = make.object("updates", 5);
  out.emplace("updates", std::move(updates));
  out.emplace("users", make.users_of(channel, authors));
  out.emplace("chats", std::move(chats));
  out.emplace("date", now);
  // 0: the order of channel updates is that of their pts, not of a common sequence.
  out.emplace("seq", 0);
  return out;
}

}  // namespace ledgram::sim
