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

}  // namespace ledgram::sim
