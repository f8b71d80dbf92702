#include "private_traffic.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace ledgram::bench {

namespace json = boost::json;

namespace {

/// One thing happens for so many messages of the channels.
constexpr std::int64_t kEvery = 10;
/// Edits and deletions are of the newest ones.
constexpr std::size_t kRecent = 40;
constexpr std::size_t kGroups = 3;
/// When the first group becomes a supergroup.
constexpr double kMigrationAt = 0.4;

constexpr std::array<std::string_view, 6> kPeople{"Olha", "Taras", "Nina", "Petro", "Iryna", "Maksym"};

}  // namespace

PrivateTraffic::PrivateTraffic(Control& control, std::vector<std::string> phones, std::int64_t total,
                               std::uint64_t seed, GroupMigration migration)
    : control_(control), phones_(std::move(phones)), total_(total), dice_(~seed), migration_(migration) {}

void PrivateTraffic::prepare() {
  for (std::size_t i = 0; i < kGroups; ++i) {
    // The first one has all accounts, the others some.
    json::array members;
    for (const std::string& phone : phones_) {
      if (i == 0 || members.empty() || dice_.chance(0.5))
        members.emplace_back(phone);
    }
    groups_.push_back(fmt::format("Group {}", i + 1));
    control_.post("/groups", {{"title", groups_.back()},
                              {"members", std::move(members)},
                              {"people", json::array(kPeople.begin(), kPeople.end())}});
  }
}

/// A plain text can be pushed in a short form, one with entities cannot.
json::object PrivateTraffic::message() {
  const std::string text = fmt::format("message {} of {}", sent_ + 1, dice_.below(1'000'000));
  if (dice_.chance(0.7))
    return {{"text", text}};
  return {{"text", json::array{text + " ", json::object{{"type", "bold"}, {"text", "bold ж"}}}}};
}

void PrivateTraffic::send_private(const std::string& phone) {
  json::object body = message();
  body["phone"] = phone;
  body[dice_.chance(0.8) ? "from" : "to"] = dice_.pick(kPeople);
  const json::object answer = control_.post("/send", body);
  recent_.push_back({.ids = {{phone, answer.at("id").to_number<std::int32_t>()}}});
  ++sent_;
}

void PrivateTraffic::send_to_group(const std::string& group) {
  json::object body = message();
  body["group"] = group;
  body["from"] = dice_.pick(kPeople);
  const json::object answer = control_.post("/send", body);
  Sent sent{.group = group};
  for (const auto& [member, id] : answer.at("ids").as_object())
    sent.ids.emplace_back(member, id.to_number<std::int32_t>());
  recent_.push_back(std::move(sent));
  ++sent_;
}

/// What is done with the number of one member happens to all who have the message.
void PrivateTraffic::edit() {
  if (recent_.empty())
    return;
  const auto& [phone, id] = dice_.pick(dice_.pick(recent_).ids);
  json::object body = message();
  body["phone"] = phone;
  body["id"] = id;
  control_.post("/edit", body);
  ++edited_;
}

void PrivateTraffic::erase() {
  if (recent_.empty())
    return;
  const auto place = recent_.begin() + dice_.below(std::ssize(recent_));
  const auto& [phone, id] = dice_.pick(place->ids);
  control_.post("/delete", {{"phone", phone}, {"ids", json::array{id}}});
  recent_.erase(place);
  ++deleted_;
}

void PrivateTraffic::migrate_group() {
  supergroup_ = "moved1";
  const std::string group = groups_.front();
  control_.post("/migrate_group", {{"group", group}, {"chat", *supergroup_}});
  groups_.erase(groups_.begin());
  // What the group had stays as it is.
  std::erase_if(recent_, [&group](const Sent& sent) { return sent.group == group; });
}

void PrivateTraffic::act() {
  const double what = dice_.share();
  if (what < 0.5) {
    send_private(dice_.pick(phones_));
  } else if (what < 0.7) {
    send_to_group(dice_.pick(groups_));
  } else if (what < 0.78 && supergroup_) {
    json::object body = message();
    body["chat"] = *supergroup_;
    control_.post("/publish", body);
    ++sent_;
  } else if (what < 0.93) {
    edit();
  } else {
    erase();
  }
  if (recent_.size() > kRecent)
    recent_.pop_front();
}

void PrivateTraffic::advance(std::int64_t published) {
  for (; actions_ < published / kEvery; ++actions_) {
    const bool due = static_cast<double>(actions_ * kEvery) > kMigrationAt * static_cast<double>(total_);
    if (due && migration_ == GroupMigration::Yes && !supergroup_)
      migrate_group();
    act();
  }
}

void PrivateTraffic::close() {
  for (const std::string& group : groups_)
    send_to_group(group);
  for (const std::string& phone : phones_)
    send_private(phone);
  if (supergroup_) {
    control_.post("/publish", {{"chat", *supergroup_}, {"text", "the last message"}});
    ++sent_;
  }
}

}  // namespace ledgram::bench
