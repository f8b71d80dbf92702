#include "ledgram/sim_content/mailbox.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ledgram::sim {

const Letter* Mailbox::find(std::int32_t id) const {
  const auto found = letters_.find(id);
  return found == letters_.end() ? nullptr : &found->second;
}

std::int32_t Mailbox::find_serial(std::int64_t serial) const {
  const auto found = by_serial_.find(serial);
  return found == by_serial_.end() ? 0 : found->second;
}

const std::vector<std::int32_t>& Mailbox::ids(DialogPeer peer) const {
  static const std::vector<std::int32_t> none;
  const auto found = dialogs_.find(peer);
  return found == dialogs_.end() ? none : found->second;
}

const MailEvent& Mailbox::add(Letter letter) {
  const std::int32_t id = ++last_id_;
  letter.post.id = id;
  const bool plain = letter.post.action == nullptr;
  // The first message of a group names the group, too.
  const bool introduced = letter.peer.kind == DialogPeer::Kind::User || dialogs_.contains(letter.peer);
  const bool known = letter.direction == Direction::Out || known_.contains(letter.post.from_user);
  const Form form = plain && known && introduced ? Form::Short : Form::Container;
  if (letter.direction == Direction::In)
    known_.insert(letter.post.from_user);
  dialogs_[letter.peer].push_back(id);
  if (letter.serial != 0)
    by_serial_[letter.serial] = id;
  const std::int32_t date = letter.post.date;
  letters_.emplace(id, std::move(letter));
  return add_event(MailEvent::Kind::New, {id}, date, form);
}

const MailEvent& Mailbox::edit(Post post, std::int32_t at) {
  const auto found = letters_.find(post.id);
  assert(found != letters_.end());
  const std::int32_t id = post.id;
  found->second.post = std::move(post);
  return add_event(MailEvent::Kind::Edit, {id}, at, Form::Container);
}

const MailEvent& Mailbox::erase(std::span<const std::int32_t> ids, std::int32_t at) {
  std::vector<std::int32_t> gone;
  for (const std::int32_t id : ids) {
    const auto found = letters_.find(id);
    if (found == letters_.end())
      continue;
    std::erase(dialogs_[found->second.peer], id);
    by_serial_.erase(found->second.serial);
    letters_.erase(found);
    deleted_.insert(id);
    gone.push_back(id);
  }
  assert(!gone.empty());
  return add_event(MailEvent::Kind::Delete, std::move(gone), at, Form::Container);
}

const MailEvent& Mailbox::add_event(MailEvent::Kind kind, std::vector<std::int32_t> ids, std::int32_t at, Form form) {
  const auto count = static_cast<std::int32_t>(ids.size());
  pts_ += count;
  if (form == Form::Container)
    ++seq_;
  if (events_.size() == kMostEvents) {
    first_pts_ = events_.front().pts;
    events_.pop_front();
  }
  return events_.emplace_back(MailEvent{.kind = kind,
                                        .pts = pts_,
                                        .pts_count = count,
                                        .seq = form == Form::Container ? seq_ : 0,
                                        .date = at,
                                        .ids = std::move(ids)});
}

}  // namespace ledgram::sim
