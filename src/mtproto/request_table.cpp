#include "ledgram/mtproto/request_table.hpp"

#include "ledgram/mtproto/service_ids.hpp"

#include <algorithm>
#include <cassert>

namespace ledgram::mtproto {
namespace {

// A request that was sent more often than this under living connections is not answered to its first ids any more.
constexpr std::size_t kEarlierIdsKept = 4;

}  // namespace

RequestId RequestTable::add(Bytes body, Repeat repeat, std::span<const RequestId> after) {
  const RequestId number(++last_number_);
  OpenRequest request;
  request.body = std::move(body);
  request.repeat = repeat;
  for (const RequestId parent : after) {
    if (!requests_.contains(parent) || std::ranges::find(request.after, parent) != request.after.end())
      continue;
    request.after.push_back(parent);
    children_.emplace(parent, number);
  }
  requests_.emplace(number, std::move(request));
  queued_.insert(number);
  return number;
}

OpenRequest* RequestTable::find(RequestId request) {
  const auto found = requests_.find(request);
  return found == requests_.end() ? nullptr : &found->second;
}

std::optional<RequestId> RequestTable::sent_as(MsgId id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end())
    return std::nullopt;
  return found->second;
}

std::optional<RequestId> RequestTable::last_sent_as(MsgId id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end())
    return std::nullopt;
  const OpenRequest& request = requests_.at(found->second);
  if (request.msg_id != id || !request.is_out())
    return std::nullopt;
  return found->second;
}

std::vector<RequestId> RequestTable::sent_within(MsgId outer_or_own) const {
  if (const std::optional<RequestId> alone = last_sent_as(outer_or_own))
    return {*alone};
  std::vector<RequestId> found;
  // The messages of a container have lower ids than it and no other lies between the two.
  for (auto place = by_id_.lower_bound(outer_or_own); place != by_id_.begin();) {
    --place;
    const OpenRequest& request = requests_.at(place->second);
    if (request.msg_id != place->first || !request.is_out())
      continue;
    if (request.outer_id != outer_or_own)
      break;
    found.push_back(place->second);
  }
  std::ranges::reverse(found);
  return found;
}

std::vector<RequestId> RequestTable::sent() const {
  std::vector<RequestId> found;
  for (const auto& [id, number] : by_id_) {
    const OpenRequest& request = requests_.at(number);
    if (request.msg_id == id && request.is_out())
      found.push_back(number);
  }
  return found;
}

MsgId RequestTable::outer_of(MsgId id) const {
  const std::optional<RequestId> number = last_sent_as(id);
  return number ? requests_.at(*number).outer_id : id;
}

std::optional<nanoseconds> RequestTable::oldest_unacknowledged() const {
  for (const auto& [id, number] : by_id_) {
    const OpenRequest& request = requests_.at(number);
    if (request.msg_id == id && request.state == OpenRequest::State::Sent)
      return request.sent_at;
  }
  return std::nullopt;
}

std::vector<RequestId> RequestTable::children_of(RequestId request) const {
  std::vector<RequestId> found;
  const auto [first, last] = children_.equal_range(request);
  for (auto place = first; place != last; ++place)
    found.push_back(place->second);
  return found;
}

std::optional<RequestId> RequestTable::first_sent_with(std::uint32_t constructor) const {
  for (const auto& [id, number] : by_id_) {
    if (constructor_of(requests_.at(number).body) == constructor)
      return number;
  }
  return std::nullopt;
}

void RequestTable::mark_sent(RequestId number, MsgId id, MsgId outer, Instant now) {
  OpenRequest& request = requests_.at(number);
  assert(request.state == OpenRequest::State::Queued);
  if (request.msg_id != MsgId()) {
    request.earlier_ids.push_back(request.msg_id);
    if (request.earlier_ids.size() > kEarlierIdsKept) {
      by_id_.erase(request.earlier_ids.front());
      request.earlier_ids.erase(request.earlier_ids.begin());
    }
  }
  request.state = OpenRequest::State::Sent;
  request.msg_id = id;
  request.outer_id = outer;
  request.sent_at = now.monotonic;
  by_id_.emplace(id, number);
  queued_.erase(number);
}

void RequestTable::mark_acked(MsgId id) {
  const std::optional<RequestId> number = last_sent_as(id);
  if (!number)
    return;
  OpenRequest& request = requests_.at(*number);
  request.state = OpenRequest::State::Acked;
  request.refusals = 0;
}

void RequestTable::requeue(RequestId number) {
  OpenRequest& request = requests_.at(number);
  if (request.state == OpenRequest::State::Held)
    --held_;
  request.state = OpenRequest::State::Queued;
  queued_.insert(number);
}

void RequestTable::hold(RequestId number) {
  OpenRequest& request = requests_.at(number);
  if (request.after.empty())
    return requeue(number);
  if (request.state != OpenRequest::State::Held)
    ++held_;
  request.state = OpenRequest::State::Held;
  queued_.erase(number);
}

void RequestTable::erase(RequestId number) {
  const auto found = requests_.find(number);
  if (found == requests_.end())
    return;
  OpenRequest& request = found->second;
  if (request.msg_id != MsgId())
    by_id_.erase(request.msg_id);
  for (const MsgId id : request.earlier_ids)
    by_id_.erase(id);
  for (const RequestId parent : request.after) {
    const auto [first, last] = children_.equal_range(parent);
    const auto own = std::find_if(first, last, [number](const auto& entry) { return entry.second == number; });
    if (own != last)
      children_.erase(own);
  }
  for (const RequestId child : children_of(number)) {
    OpenRequest& waiting = requests_.at(child);
    std::erase(waiting.after, number);
    if (waiting.state == OpenRequest::State::Held && waiting.after.empty())
      requeue(child);
  }
  children_.erase(number);
  if (request.state == OpenRequest::State::Held)
    --held_;
  queued_.erase(number);
  requests_.erase(found);
}

void RequestTable::forget_ids() {
  by_id_.clear();
  for (auto& [number, request] : requests_) {
    request.msg_id = MsgId();
    request.outer_id = MsgId();
    request.earlier_ids.clear();
  }
}

}  // namespace ledgram::mtproto
