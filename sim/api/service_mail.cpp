// What the control API asks about private chats and basic groups.

#include "ledgram/sim_api/mail_objects.hpp"
#include "ledgram/sim_api/service_impl.hpp"

#include <boost/json/object.hpp>

#include <utility>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

ContentError no_group(std::string_view name) {
  return {ContentErrc::NoSuchChat, "there is no group \"" + std::string(name) +
                                       "\"; name it by its title or number, or make it with POST /groups"};
}

}  // namespace

Result<std::int32_t, ContentError> ApiService::send(std::string_view phone, std::string_view other, Direction direction,
                                                    const json::object& message, Instant now) {
  const auto account = impl_->named_account(phone);
  if (!account)
    return std::unexpected(account.error());
  const auto sent = impl_->core.mail.send(**account, other, direction, message, now);
  if (!sent)
    return std::unexpected(sent.error());
  push_mail(impl_->core, *sent, now);
  return sent->event->ids.front();
}

Result<std::int64_t, ContentError> ApiService::create_group(std::string_view title,
                                                            const std::vector<std::string>& phones,
                                                            const std::vector<std::string>& people, Instant now) {
  std::vector<Account*> members;
  for (const std::string& phone : phones) {
    const auto account = impl_->named_account(phone);
    if (!account)
      return std::unexpected(account.error());
    members.push_back(*account);
  }
  const auto made = impl_->core.mail.create_group(title, members, people, now);
  if (!made)
    return std::unexpected(made.error());
  for (const Delivery& delivery : *made)
    push_mail(impl_->core, delivery, now);
  return impl_->core.mail.find_group(title)->id;
}

Result<std::map<std::string, std::int32_t>, ContentError> ApiService::send_to_group(std::string_view group,
                                                                                    std::string_view from,
                                                                                    const json::object& message,
                                                                                    Instant now) {
  const Group* found = impl_->core.mail.find_group(group);
  if (found == nullptr)
    return std::unexpected(no_group(group));
  Result<std::vector<Delivery>, ContentError> sent;
  in_batch([&] { sent = impl_->core.mail.send_to_group(*found, from, message, now); });
  if (!sent)
    return std::unexpected(sent.error());
  std::map<std::string, std::int32_t> ids;
  for (const Delivery& delivery : *sent) {
    push_mail(impl_->core, delivery, now);
    ids[delivery.account->phone] = delivery.event->ids.front();
  }
  return ids;
}

Result<void, ContentError> ApiService::edit_mail(std::string_view phone, std::int32_t id, const json::object& message,
                                                 Instant now) {
  const auto account = impl_->named_account(phone);
  if (!account)
    return std::unexpected(account.error());
  const auto edited = impl_->core.mail.edit(**account, id, message, now);
  if (!edited)
    return std::unexpected(edited.error());
  for (const Delivery& delivery : *edited)
    push_mail(impl_->core, delivery, now);
  return {};
}

Result<void, ContentError> ApiService::erase_mail(std::string_view phone, const std::vector<std::int32_t>& ids,
                                                  Instant now) {
  const auto account = impl_->named_account(phone);
  if (!account)
    return std::unexpected(account.error());
  const auto erased = impl_->core.mail.erase(**account, ids, now);
  if (!erased)
    return std::unexpected(erased.error());
  for (const Delivery& delivery : *erased)
    push_mail(impl_->core, delivery, now);
  return {};
}

Result<std::string, ContentError> ApiService::mail_truth(std::string_view phone) const {
  const auto account = impl_->named_account(phone);
  if (!account)
    return std::unexpected(account.error());
  return impl_->core.mail.truth(**account);
}

std::vector<GroupView> ApiService::groups() const {
  std::vector<GroupView> out;
  for (const auto& [id, group] : impl_->core.mail.groups()) {
    out.push_back({.id = id,
                   .title = group.title,
                   .members = group.members.size() + group.people.size(),
                   .migrated_to = group.migrated_to ? group.migrated_to->value() : 0});
  }
  return out;
}

Result<ChannelId, ContentError> ApiService::migrate_group(std::string_view name, std::string_view new_name,
                                                          Instant now) {
  Core& core = impl_->core;
  const Group* group = core.mail.find_group(name);
  if (group == nullptr)
    return std::unexpected(no_group(name));
  if (group->migrated_to)
    return std::unexpected(ContentError{ContentErrc::BadOption, "the group has become a supergroup already"});
  const auto channel = core.chats.create({.name = std::string(new_name),
                                          .title = group->title,
                                          .kind = ChannelKind::Supergroup,
                                          .access = ChannelAccess::Private,
                                          .migrated_from = group->id},
                                         now);
  if (!channel)
    return std::unexpected(channel.error());
  const ChannelId id = (*channel)->id();
  for (const UserId member : group->members) {
    if (Account* account = core.accounts.find(member))
      core.accounts.join(*account, id, unix_seconds(now));
  }
  const json::object told{
      {"type", "service"}, {"action", "migrate_from_group"}, {"title", group->title}, {"peer_id", group->id}};
  if (auto published = publish(new_name, told, now); !published)
    return std::unexpected(std::move(published.error()));
  const auto deliveries = core.mail.migrate(*group, id, now);
  if (!deliveries)
    return std::unexpected(deliveries.error());
  for (const Delivery& delivery : *deliveries)
    push_mail(core, delivery, now);
  return id;
}

Result<ChannelId, ContentError> ApiService::create_chat(const NewChat& chat, Instant now) {
  const auto made = impl_->core.chats.create(chat, now);
  if (!made)
    return std::unexpected(made.error());
  return (*made)->id();
}

Result<std::size_t, ContentError> ApiService::push_raw(std::string_view phone, const json::object& updates) {
  const auto account = impl_->named_account(phone);
  if (!account)
    return std::unexpected(account.error());
  try {
    return push_to_account(impl_->core, **account, [&](const ObjectMaker&) { return updates; });
  } catch (const std::runtime_error& error) {
    return std::unexpected(ContentError{ContentErrc::BadMessage, error.what()});
  }
}

}  // namespace ledgram::sim
