#include "ledgram/sim_content/mail_store.hpp"

#include "ledgram/sim_content/export_fields.hpp"
#include "ledgram/sim_content/export_loader.hpp"
#include "ledgram/sim_content/truth.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <iterator>
#include <utility>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// One change of a mailbox each, by account and order of time.
constexpr std::string_view kMailKind = "mail_change";
constexpr std::string_view kGroupKind = "group";
constexpr std::string_view kPersonKind = "person";

/// Away from the numbers of accounts, bots and exported people.
constexpr std::int64_t kFirstPerson = 7'000'000'001;
constexpr std::int64_t kFirstGroup = 4'000'000'001;

std::int32_t unix_seconds(Instant now) {
  return static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::seconds>(now.unix_time).count());
}

std::string row_key(UserId account, std::int64_t number) {
  return fmt::format("{:013}:{:010}", account.value(), number);
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size() || number <= 0)
    return std::nullopt;
  return number;
}

ContentError no_letter(std::string_view which) {
  return {ContentErrc::NoSuchPost, fmt::format("the account has no message {}", which)};
}

Result<json::object, ContentError> parse_row(const StateRow& row) {
  boost::system::error_code code;
  auto value = json::parse(row.text, code);
  if (code || !value.is_object()) {
    return std::unexpected(ContentError{
        ContentErrc::BadState, "the stored row " + row.key + " is not a JSON object; start with another data folder"});
  }
  return std::move(value.get_object());
}

std::vector<std::int64_t> numbers(const json::object& row, std::string_view key) {
  std::vector<std::int64_t> out;
  if (const auto* list = export_array(row, key)) {
    for (const auto& item : *list) {
      if (const auto* number = item.if_int64())
        out.push_back(*number);
    }
  }
  return out;
}

std::vector<std::int32_t> message_ids(const json::object& row) {
  std::vector<std::int32_t> ids;
  for (const std::int64_t id : numbers(row, "ids"))
    ids.push_back(static_cast<std::int32_t>(id));
  return ids;
}

/// A message as the store keeps it: of this author and time.
json::object signed_message(const json::object& message, std::int64_t author, Instant now) {
  json::object out = message;
  const bool service = export_string(out, "type") == "service";
  out[service ? "actor_id" : "from_id"] = fmt::format("user{}", author);
  if (!out.contains("date_unixtime"))
    out["date_unixtime"] = unix_seconds(now);
  return out;
}

}  // namespace

bool Group::has(UserId account) const {
  return std::ranges::find(members, account) != members.end();
}

Result<void, ContentError> MailStore::restore() {
  for (const StateRow& stored : state_.load_all(kPersonKind))
    add_person(stored.text, whole_number(stored.key));
  for (const StateRow& stored : state_.load_all(kGroupKind)) {
    const auto row = parse_row(stored);
    if (!row)
      return std::unexpected(row.error());
    Group group{.id = export_number(*row, "id"),
                .title = std::string(export_string(*row, "title")),
                .date = export_int(*row, "date"),
                .people = numbers(*row, "people")};
    for (const std::int64_t member : numbers(*row, "members"))
      group.members.emplace_back(member);
    if (const std::int64_t channel = export_number(*row, "migrated_to"); channel != 0)
      group.migrated_to = ChannelId(channel);
    groups_[group.id] = std::move(group);
  }
  for (const StateRow& stored : state_.load_all(kMailKind)) {
    const auto row = parse_row(stored);
    if (!row)
      return std::unexpected(row.error());
    const std::string_view key = stored.key;
    const std::size_t colon = key.find(':');
    // Keys begin with zeros, which whole_number() bears.
    const auto id = whole_number(key.substr(0, colon));
    if (!id || colon == std::string_view::npos)
      return std::unexpected(ContentError{ContentErrc::BadState, "the stored row " + stored.key + " has a bad key"});
    std::int64_t number = 0;
    std::from_chars(key.data() + colon + 1, key.data() + key.size(), number);
    next_row_[UserId(*id)] = number + 1;
    next_serial_ = std::max(next_serial_, export_number(*row, "serial") + 1);
    if (Account* account = accounts_.find(UserId(*id))) {
      if (auto applied = apply(*account, *row); !applied)
        return std::unexpected(std::move(applied.error()));
    }
  }
  return {};
}

const Mailbox& MailStore::of(UserId account) const {
  static const Mailbox empty;
  const auto found = mailboxes_.find(account);
  return found == mailboxes_.end() ? empty : found->second;
}

const Group* MailStore::find_group(std::int64_t id) const {
  const auto found = groups_.find(id);
  return found == groups_.end() ? nullptr : &found->second;
}

const Group* MailStore::find_group(std::string_view name) const {
  if (const auto id = whole_number(name); id && groups_.contains(*id))
    return find_group(*id);
  const Group* newest = nullptr;
  for (const auto& [id, group] : groups_) {
    if (group.title == name)
      newest = &group;
  }
  return newest;
}

const Person* MailStore::find_person(std::int64_t id) const {
  const auto found = people_.find(id);
  return found == people_.end() ? nullptr : &found->second;
}

std::int64_t MailStore::add_person(std::string_view name, std::optional<std::int64_t> id) {
  std::int64_t number = id.value_or(kFirstPerson);
  while (!id && people_.contains(number))
    ++number;
  people_[number] = {.id = number, .name = std::string(name)};
  by_name_[std::string(name)] = number;
  return number;
}

Result<std::int64_t, ContentError> MailStore::author(std::string_view from) {
  if (from.empty())
    return std::unexpected(ContentError{ContentErrc::BadOption, "say whom it is from"});
  if (const Account* account = accounts_.find_phone(from); account != nullptr && phone_digits(from).size() == 10)
    return account->id.value();
  const auto number = whole_number(from);
  if (number && (accounts_.find(UserId(*number)) != nullptr || people_.contains(*number)))
    return *number;
  if (const auto known = by_name_.find(from); known != by_name_.end())
    return known->second;
  const std::int64_t id = number ? add_person(fmt::format("User {}", *number), number) : add_person(from, std::nullopt);
  state_.put(kPersonKind, std::to_string(id), people_[id].name);
  return id;
}

void MailStore::save_group(const Group& group) {
  json::array members;
  for (const UserId member : group.members)
    members.push_back(member.value());
  const json::object row{{"id", group.id},
                         {"title", group.title},
                         {"date", group.date},
                         {"members", std::move(members)},
                         {"people", json::array(group.people.begin(), group.people.end())},
                         {"migrated_to", group.migrated_to ? group.migrated_to->value() : 0}};
  state_.put(kGroupKind, std::to_string(group.id), json::serialize(row));
}

Result<Delivery, ContentError> MailStore::add_letter(Account& account, DialogPeer peer, Direction direction,
                                                     std::int64_t serial, const json::object& message) {
  return apply_and_store(account, {{"op", "new"},
                                   {"group", peer.kind == DialogPeer::Kind::Group},
                                   {"peer", peer.id},
                                   {"out", direction == Direction::Out},
                                   {"serial", serial},
                                   {"message", message}});
}

Result<Delivery, ContentError> MailStore::send(Account& account, std::string_view from, Direction direction,
                                               const json::object& message, Instant now) {
  const auto other = author(from);
  if (!other)
    return std::unexpected(other.error());
  const std::int64_t writer = direction == Direction::Out ? account.id.value() : *other;
  return add_letter(account, {.kind = DialogPeer::Kind::User, .id = *other}, direction, 0,
                    signed_message(message, writer, now));
}

Result<std::vector<Delivery>, ContentError> MailStore::create_group(std::string_view title,
                                                                    std::span<Account* const> members,
                                                                    std::span<const std::string> people, Instant now) {
  if (title.empty() || members.empty())
    return std::unexpected(ContentError{ContentErrc::BadOption, "a group needs a title and at least one account"});
  Group group{.id = kFirstGroup, .title = std::string(title), .date = unix_seconds(now)};
  while (groups_.contains(group.id))
    ++group.id;
  json::array ids;
  for (const Account* member : members) {
    group.members.push_back(member->id);
    ids.push_back(member->id.value());
  }
  for (const std::string& name : people) {
    const auto person = author(name);
    if (!person)
      return std::unexpected(person.error());
    group.people.push_back(*person);
    ids.push_back(*person);
  }
  save_group(group);
  const Group& made = groups_[group.id] = std::move(group);
  const json::object created{
      {"type", "service"}, {"action", "create_basic_group"}, {"title", title}, {"member_ids", std::move(ids)}};
  return send_to_group(made, std::to_string(made.people.empty() ? made.members.front().value() : made.people.front()),
                       created, now);
}

Result<std::vector<Delivery>, ContentError> MailStore::send_to_group(const Group& group, std::string_view from,
                                                                     const json::object& message, Instant now) {
  if (group.migrated_to) {
    return std::unexpected(ContentError{
        ContentErrc::BadOption, fmt::format("the group has become the supergroup {}", group.migrated_to->value())});
  }
  const auto writer = author(from);
  if (!writer)
    return std::unexpected(writer.error());
  const std::int64_t serial = next_serial_++;
  const json::object content = signed_message(message, *writer, now);
  std::vector<Delivery> deliveries;
  for (const UserId member : group.members) {
    Account* account = accounts_.find(member);
    if (account == nullptr)
      continue;
    const Direction direction = member.value() == *writer ? Direction::Out : Direction::In;
    auto delivery = add_letter(*account, {.kind = DialogPeer::Kind::Group, .id = group.id}, direction, serial, content);
    if (!delivery)
      return std::unexpected(std::move(delivery.error()));
    deliveries.push_back(*delivery);
  }
  return deliveries;
}

Result<std::vector<Delivery>, ContentError> MailStore::edit(Account& account, std::int32_t id,
                                                            const json::object& message, Instant now) {
  const Letter* letter = of(account.id).find(id);
  if (letter == nullptr)
    return std::unexpected(no_letter(std::to_string(id)));
  std::vector<Delivery> deliveries;
  const auto edit_one = [&](Account& whose, std::int32_t own_id) -> Result<void, ContentError> {
    auto done =
        apply_and_store(whose, {{"op", "edit"}, {"id", own_id}, {"date", unix_seconds(now)}, {"message", message}});
    if (!done)
      return std::unexpected(std::move(done.error()));
    deliveries.push_back(*done);
    return {};
  };
  const Group* group = letter->serial == 0 ? nullptr : find_group(letter->peer.id);
  if (group == nullptr) {
    if (auto done = edit_one(account, id); !done)
      return std::unexpected(std::move(done.error()));
    return deliveries;
  }
  const std::int64_t serial = letter->serial;
  for (const UserId member : group->members) {
    Account* whose = accounts_.find(member);
    const std::int32_t own_id = of(member).find_serial(serial);
    if (whose == nullptr || own_id == 0)
      continue;
    if (auto done = edit_one(*whose, own_id); !done)
      return std::unexpected(std::move(done.error()));
  }
  return deliveries;
}

Result<std::vector<Delivery>, ContentError> MailStore::erase(Account& account, const std::vector<std::int32_t>& ids,
                                                             Instant now) {
  // Of each account that has one of them, its own ids.
  std::map<UserId, std::vector<std::int32_t>> by_account;
  for (const std::int32_t id : ids) {
    const Letter* letter = of(account.id).find(id);
    if (letter == nullptr)
      continue;
    const Group* group = letter->serial == 0 ? nullptr : find_group(letter->peer.id);
    if (group == nullptr) {
      by_account[account.id].push_back(id);
      continue;
    }
    for (const UserId member : group->members) {
      if (const std::int32_t own_id = of(member).find_serial(letter->serial); own_id != 0)
        by_account[member].push_back(own_id);
    }
  }
  if (by_account.empty())
    return std::unexpected(no_letter("of these ids"));
  std::vector<Delivery> deliveries;
  for (const auto& [member, own_ids] : by_account) {
    Account* whose = accounts_.find(member);
    if (whose == nullptr)
      continue;
    auto done = erase_own(*whose, own_ids, now);
    if (!done)
      return std::unexpected(std::move(done.error()));
    deliveries.push_back(*done);
  }
  return deliveries;
}

Result<Delivery, ContentError> MailStore::erase_own(Account& account, const std::vector<std::int32_t>& ids,
                                                    Instant now) {
  return apply_and_store(account,
                         {{"op", "delete"}, {"date", unix_seconds(now)}, {"ids", json::array(ids.begin(), ids.end())}});
}

Result<std::vector<Delivery>, ContentError> MailStore::migrate(const Group& group, ChannelId to, Instant now) {
  const json::object told{{"type", "service"}, {"action", "migrate_to_supergroup"}, {"peer_id", to.value()}};
  const std::int64_t by = group.people.empty() ? group.members.front().value() : group.people.front();
  Group& changed = groups_.at(group.id);
  auto deliveries = send_to_group(changed, std::to_string(by), told, now);
  if (deliveries) {
    changed.migrated_to = to;
    save_group(changed);
  }
  return deliveries;
}

Result<Delivery, ContentError> MailStore::apply_and_store(Account& account, const json::object& row) {
  auto delivery = apply(account, row);
  if (!delivery)
    return delivery;
  state_.put(kMailKind, row_key(account.id, next_row_[account.id]++), json::serialize(row));
  return delivery;
}

Result<Delivery, ContentError> MailStore::apply(Account& account, const json::object& row) {
  static const json::object nothing;
  const auto operation = export_string(row, "op");
  const auto* message = export_object(row, "message");
  if (message == nullptr)
    message = &nothing;
  if (operation == "new") {
    auto post = parse_export_message(*message);
    if (!post)
      return std::unexpected(std::move(post.error()));
    if (post->media != nullptr) {
      return std::unexpected(
          ContentError{ContentErrc::BadMessage, "private chats and basic groups take texts only, no media"});
    }
    Letter letter{.peer = {.kind = export_flag(row, "group") ? DialogPeer::Kind::Group : DialogPeer::Kind::User,
                           .id = export_number(row, "peer")},
                  .direction = export_flag(row, "out") ? Direction::Out : Direction::In,
                  .serial = export_number(row, "serial"),
                  .post = std::move(*post)};
    return Delivery{&account, &mailboxes_[account.id].add(std::move(letter))};
  }
  Mailbox& mailbox = mailboxes_[account.id];
  if (operation == "edit") {
    const Letter* known = mailbox.find(export_int(row, "id"));
    if (known == nullptr)
      return std::unexpected(no_letter(std::to_string(export_int(row, "id"))));
    Post changed = known->post;
    if (auto done = lay_over_post(changed, *message); !done)
      return std::unexpected(std::move(done.error()));
    changed.edit_date = export_int(row, "date");
    return Delivery{&account, &mailbox.edit(std::move(changed), changed.edit_date)};
  }
  const std::vector<std::int32_t> ids = message_ids(row);
  if (std::ranges::none_of(ids, [&](std::int32_t id) { return mailbox.find(id) != nullptr; }))
    return std::unexpected(no_letter("of these ids"));
  return Delivery{&account, &mailbox.erase(ids, export_int(row, "date"))};
}

std::string MailStore::truth(const Account& account) const {
  const Mailbox& mailbox = of(account.id);
  std::string out = "{";
  JsonText head(out);
  head.text("phone", account.phone);
  head.number("user_id", account.id.value());
  head.number("pts", mailbox.pts());
  head.number("seq", mailbox.seq());
  head.number("last_id", mailbox.last_id());
  head.number("count", static_cast<std::int64_t>(mailbox.letters().size()));
  head.key("deleted");
  out += '[';
  for (const std::int32_t id : mailbox.deleted())
    fmt::format_to(std::back_inserter(out), "{}{}", out.back() == '[' ? "" : ",", id);
  out += ']';
  head.key("messages");
  out += '[';
  for (const auto& [id, letter] : mailbox.letters()) {
    out += out.back() == '[' ? "{" : ",{";
    const Group* group = letter.peer.kind == DialogPeer::Kind::Group ? find_group(letter.peer.id) : nullptr;
    JsonText item(out);
    item.key("peer");
    out += '{';
    item.text("type", letter.peer.kind == DialogPeer::Kind::Group ? "group" : "user");
    item.number("id", letter.peer.id);
    if (group != nullptr)
      item.text("title", group->title);
    out += '}';
    if (letter.direction == Direction::Out)
      item.yes("out");
    append_post_fields(out, letter.post);
    out += '}';
  }
  out += "]}";
  return out;
}

}  // namespace ledgram::sim
