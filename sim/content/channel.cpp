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

bool Channel::is_visible(std::int32_t id) const {
  // The newest message is asked for most.
  return (!ids_.empty() && ids_.back() == id) || std::ranges::binary_search(ids_, id);
}

const GeneratedPost* Channel::generated(std::int32_t id) const {
  const auto found = std::ranges::lower_bound(generated_, id, {}, &GeneratedPost::id);
  return found == generated_.end() || found->id != id ? nullptr : &*found;
}

const GeneratedPost* Channel::find_generated(std::int32_t id) const {
  return is_visible(id) ? generated(id) : nullptr;
}

const Post* Channel::find(std::int32_t id, Post& scratch) const {
  if (!is_visible(id))
    return nullptr;
  if (const auto it = changed_.find(id); it != changed_.end())
    return &it->second;
  if (const GeneratedPost* post = generated(id)) {
    const bool group = info_.kind == ChannelKind::Supergroup;
    return &write_generated(*post, group ? std::span<const Person>(info_.people) : std::span<const Person>(), scratch);
  }
  return &source_->read(id, scratch);
}

std::int32_t Channel::date_of(std::int32_t id) const {
  if (!is_visible(id))
    return 0;
  if (const auto it = changed_.find(id); it != changed_.end())
    return it->second.date;
  if (const GeneratedPost* post = generated(id))
    return post->date;
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

const ChannelEvent& Channel::publish(const GeneratedPost& post) {
  assert(post.id > last_id_);
  last_id_ = post.id;
  ids_.push_back(post.id);
  generated_.push_back(post);
  return add_event(ChannelEvent::Kind::New, {post.id}, post.date);
}

const ChannelEvent& Channel::edit(const GeneratedPost& post) {
  const auto found = std::ranges::lower_bound(generated_, post.id, {}, &GeneratedPost::id);
  assert(found != generated_.end() && found->id == post.id && is_visible(post.id));
  *found = post;
  changed_.erase(post.id);
  return add_event(ChannelEvent::Kind::Edit, {post.id}, post.edit_date);
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
  if (events_.size() == kMostEvents) {
    first_pts_ = events_.front().pts;
    events_.pop_front();
  }
  return events_.emplace_back(
      ChannelEvent{.kind = kind, .pts = pts_, .pts_count = count, .date = at, .ids = std::move(ids)});
}

}  // namespace ledgram::sim
