#include "ledgram/sim_content/channel.hpp"

#include <algorithm>
#include <cassert>

namespace ledgram::sim {

Channel::Channel(ChannelInfo info, std::unique_ptr<PostSource> source)
    : info_(std::move(info)), source_(std::move(source)), ids_(source_->ids()) {
  last_id_ = ids_.empty() ? 0 : ids_.back();
  // A channel starts at pts 1; each message that ever was and each edit moved it by one.
  pts_ = 1 + last_id_ + source_->edited_count();
  first_pts_ = pts_;
}

const Post* Channel::find(std::int32_t id, Post& scratch) const {
  if (!std::ranges::binary_search(ids_, id))
    return nullptr;
  if (const auto it = changed_.find(id); it != changed_.end())
    return &it->second;
  return &source_->read(id, scratch);
}

std::int32_t Channel::date_of(std::int32_t id) const {
  if (!std::ranges::binary_search(ids_, id))
    return 0;
  if (const auto it = changed_.find(id); it != changed_.end())
    return it->second.date;
  return source_->date_of(id);
}

const ChannelEvent& Channel::publish(Post post) {
  assert(post.id > last_id_);
  last_id_ = post.id;
  ids_.push_back(post.id);
  const std::int32_t id = post.id;
  const std::int32_t date = post.date;
  changed_[id] = std::move(post);
  return add_event(ChannelEvent::Kind::New, {id}, date);
}

const ChannelEvent& Channel::edit(Post post, std::int32_t at) {
  assert(std::ranges::binary_search(ids_, post.id));
  const std::int32_t id = post.id;
  changed_[id] = std::move(post);
  return add_event(ChannelEvent::Kind::Edit, {id}, at);
}

const ChannelEvent& Channel::erase(std::span<const std::int32_t> ids, std::int32_t at) {
  std::vector<std::int32_t> gone;
  for (const auto id : ids) {
    const auto it = std::ranges::lower_bound(ids_, id);
    if (it == ids_.end() || *it != id)
      continue;
    ids_.erase(it);
    changed_.erase(id);
    deleted_.insert(id);
    gone.push_back(id);
  }
  assert(!gone.empty());
  return add_event(ChannelEvent::Kind::Delete, std::move(gone), at);
}

void Channel::raise_pts(std::int32_t pts) {
  if (pts <= pts_)
    return;
  pts_ = pts;
  if (events_.empty())
    first_pts_ = pts;
}

void Channel::add_person(Person person) {
  const auto it = std::ranges::lower_bound(info_.people, person.id, {}, &Person::id);
  if (it != info_.people.end() && it->id == person.id)
    return;
  info_.people.insert(it, std::move(person));
}

const ChannelEvent& Channel::add_event(ChannelEvent::Kind kind, std::vector<std::int32_t> ids, std::int32_t at) {
  const auto count = static_cast<std::int32_t>(ids.size());
  pts_ += count;
  return events_.emplace_back(
      ChannelEvent{.kind = kind, .pts = pts_, .pts_count = count, .date = at, .ids = std::move(ids)});
}

}  // namespace ledgram::sim
