// What the control API asks of the service.

#include "ledgram/sim_api/objects.hpp"
#include "ledgram/sim_api/password.hpp"
#include "ledgram/sim_api/qr_methods.hpp"
#include "ledgram/sim_api/service_impl.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

ContentError no_account(std::string_view phone) {
  return {ContentErrc::NoSuchPhone, "there is no account with the phone number \"" + std::string(phone) +
                                        "\"; numbers become accounts when they first ask for a code"};
}

}  // namespace

Result<std::int32_t, ContentError> ApiService::publish(std::string_view chat, const json::object& message,
                                                       Instant now) {
  const auto change = impl_->core.chats.publish(chat, message, now);
  if (!change)
    return std::unexpected(change.error());
  const std::int32_t id = change->event->ids.front();
  push_channel_event(impl_->core, *change->channel, *change->event, now);
  return id;
}

Result<void, ContentError> ApiService::edit(std::string_view chat, std::int32_t id, const json::object& message,
                                            Instant now) {
  const auto change = impl_->core.chats.edit(chat, id, message, now);
  if (!change)
    return std::unexpected(change.error());
  push_channel_event(impl_->core, *change->channel, *change->event, now);
  return {};
}

Result<void, ContentError> ApiService::erase(std::string_view chat, const std::vector<std::int32_t>& ids, Instant now) {
  const auto change = impl_->core.chats.erase(chat, ids, now);
  if (!change)
    return std::unexpected(change.error());
  push_channel_event(impl_->core, *change->channel, *change->event, now);
  return {};
}

Result<Channel*, ContentError> ApiService::chat(std::string_view chat) const {
  return impl_->named_chat(chat);
}

std::int32_t ApiService::generate(Channel& channel, std::int64_t seed, std::int32_t bytes, Instant now) {
  const ChatStore::Change change = impl_->core.chats.generate(channel, seed, bytes, now);
  push_channel_event(impl_->core, channel, *change.event, now);
  return change.event->ids.front();
}

void ApiService::regenerate(Channel& channel, std::int32_t id, std::int64_t seed, Instant now) {
  const ChatStore::Change change = impl_->core.chats.regenerate(channel, id, seed, now);
  push_channel_event(impl_->core, channel, *change.event, now);
}

void ApiService::erase_generated(Channel& channel, const std::vector<std::int32_t>& ids, Instant now) {
  if (const auto change = impl_->core.chats.erase(std::to_string(channel.id().value()), ids, now))
    push_channel_event(impl_->core, channel, *change->event, now);
}

void ApiService::in_batch(const std::function<void()>& work) {
  sim::in_batch(impl_->core.state, work);
}

Result<std::string, ContentError> ApiService::truth(std::string_view chat, std::int32_t since_id) const {
  return impl_->core.chats.truth(chat, since_id);
}

Result<void, ContentError> ApiService::set_password(std::string_view phone, const SecretText& password,
                                                    std::string_view hint) {
  auto account = impl_->core.accounts.ensure_phone(phone);
  if (!account)
    return std::unexpected(std::move(account.error()));
  if (password.empty()) {
    (*account)->password.reset();
  } else {
    (*account)->password = make_password_record(password, hint, impl_->core.random);
  }
  impl_->core.accounts.save(**account);
  return {};
}

Result<void, ContentError> ApiService::add_bot(const SecretText& token, DcId dc) {
  auto bot = impl_->core.accounts.ensure_bot(token.reveal(), dc);
  if (!bot)
    return std::unexpected(std::move(bot.error()));
  return {};
}

Result<Account*, ContentError> ApiService::Impl::named_account(std::string_view phone) const {
  if (Account* account = core.accounts.find_phone(phone))
    return account;
  if (Account* account = core.accounts.find_username(phone))
    return account;
  return std::unexpected(no_account(phone));
}

Result<Channel*, ContentError> ApiService::Impl::named_chat(std::string_view chat) const {
  if (Channel* channel = core.chats.find(chat))
    return channel;
  return std::unexpected(ContentError{ContentErrc::NoSuchChat, "there is no chat \"" + std::string(chat) +
                                                                   "\"; name it by its username or its number"});
}

Result<void, ContentError> ApiService::change_membership(std::string_view phone, std::string_view chat,
                                                         MembershipChange change, Instant now) {
  auto found = impl_->named_account(phone);
  if (!found)
    return std::unexpected(std::move(found.error()));
  auto channel = impl_->named_chat(chat);
  if (!channel)
    return std::unexpected(std::move(channel.error()));
  Account& account = **found;
  const ChannelId id = (*channel)->id();
  AccountStore& accounts = impl_->core.accounts;
  const std::int32_t date = unix_seconds(now);
  bool changed = false;
  switch (change) {
    case MembershipChange::Join:
      changed = accounts.join(account, id, date);
      break;
    case MembershipChange::Leave:
      changed = accounts.leave(account, id, date);
      break;
    case MembershipChange::Ban:
      changed = accounts.ban(account, id, date);
      break;
    case MembershipChange::Unban:
      changed = accounts.unban(account, id);
      break;
  }
  if (changed) {
    push_to_account(impl_->core, account,
                    [&](const ObjectMaker& make) { return channel_changed(make, **channel, date); });
  }
  return {};
}

Result<std::size_t, ContentError> ApiService::populate(const Population& population, Instant now) {
  const auto bad_option = [](std::string message) {
    return std::unexpected(ContentError{ContentErrc::BadOption, std::move(message)});
  };
  std::vector<ChannelId> chats;
  for (const std::string& name : population.chats) {
    const auto channel = impl_->named_chat(name);
    if (!channel)
      return std::unexpected(channel.error());
    chats.push_back((*channel)->id());
  }
  if (population.chats.empty()) {
    for (const auto& [id, channel] : impl_->core.chats.channels())
      chats.push_back(id);
  }
  const std::size_t each =
      population.joined_each == 0 ? chats.size() : static_cast<std::size_t>(population.joined_each);
  if (each > chats.size())
    return bad_option("there are only " + std::to_string(chats.size()) + " chats to join");
  const std::string digits = phone_digits(population.first);
  const auto dc = test_phone_dc(digits);
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  // The last four digits are the account's own (core.telegram.org/api/auth#test-accounts).
  if (!dc || number % 10'000 + population.accounts > 10'000)
    return bad_option("\"" + population.first + "\" and those after it must be test numbers of one DC, 99966XYYYY");

  std::size_t memberships = 0;
  SeededRandom random(population.seed);
  AccountStore& accounts = impl_->core.accounts;
  in_batch([&] {
    for (std::int32_t i = 0; i < population.accounts; ++i) {
      Account& account = *accounts.ensure_phone(std::to_string(number + i)).value();
      std::vector<ChannelId> joining;
      for (std::size_t k = 0; k < each; ++k) {
        // The first `each` places of a shuffle.
        std::swap(chats[k], chats[k + static_cast<std::size_t>(random.below(chats.size() - k))]);
        joining.push_back(chats[k]);
      }
      memberships += accounts.join_all(account, joining, unix_seconds(now));
    }
  });
  return memberships;
}

Result<void, ContentError> ApiService::set_access(std::string_view chat, ChannelAccess access, Instant now) {
  auto channel = impl_->core.chats.set_access(chat, access);
  if (!channel)
    return std::unexpected(std::move(channel.error()));
  for (const auto& [id, account] : impl_->core.accounts.all()) {
    if (account->joined.contains((*channel)->id())) {
      push_to_account(impl_->core, *account,
                      [&](const ObjectMaker& make) { return channel_changed(make, **channel, unix_seconds(now)); });
    }
  }
  return {};
}

Result<void, ContentError> ApiService::migrate(std::string_view phone, DcId dc) {
  auto account = impl_->named_account(phone);
  if (!account)
    return std::unexpected(std::move(account.error()));
  (*account)->dc = dc;
  impl_->core.accounts.save(**account);
  return {};
}

Result<void, ContentError> ApiService::revoke_logins(std::string_view phone) {
  auto account = impl_->named_account(phone);
  if (!account)
    return std::unexpected(std::move(account.error()));
  impl_->core.keys.revoke((*account)->id);
  return {};
}

Result<void, ContentError> ApiService::set_login_plan(std::string_view phone, LoginPlan plan) {
  for (std::size_t i = 0; i < plan.types.size(); ++i) {
    const CodeWay* way = find_code_way(plan.types[i]);
    if (way == nullptr) {
      return std::unexpected(ContentError{
          ContentErrc::BadOption, "\"" + plan.types[i] + "\" is no way of sending a code; one is App, Sms or SmsWord"});
    }
  }
  if (plan.types.empty())
    return std::unexpected(ContentError{ContentErrc::BadOption, "name at least one way of sending a code"});
  auto account = impl_->core.accounts.ensure_phone(phone);
  if (!account)
    return std::unexpected(std::move(account.error()));
  impl_->core.logins.set_plan((*account)->phone, std::move(plan));
  return {};
}

Result<void, ContentError> ApiService::accept_qr(std::string_view token, std::string_view phone, Instant now) {
  constexpr std::string_view kLink = "tg://login?token=";
  if (token.starts_with(kLink))
    token.remove_prefix(kLink.size());
  const auto name = from_base64(token);
  if (!name)
    return std::unexpected(ContentError{ContentErrc::BadOption, "the token is not base64"});
  auto account = impl_->core.accounts.ensure_phone(phone);
  if (!account)
    return std::unexpected(std::move(account.error()));
  try {
    accept_qr_token(impl_->core, *name, **account, unix_seconds(now));
  } catch (const RpcFailure& failure) {
    return std::unexpected(ContentError{ContentErrc::BadOption, failure.error().message});
  }
  return {};
}

void ApiService::set_qr_lifetime(std::int32_t seconds) {
  impl_->core.qr.lifetime = seconds;
}

std::vector<QrView> ApiService::qr_tokens(Instant now) const {
  std::vector<QrView> out;
  for (const auto& [name, token] : impl_->core.qr.all()) {
    if (token.expires <= unix_seconds(now))
      continue;
    std::string text = to_base64(name);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    std::erase(text, '=');
    out.push_back({.token = std::move(text),
                   .dc = token.dc.value(),
                   .expires = token.expires,
                   .accepted = token.account != UserId()});
  }
  return out;
}

void ApiService::set_limits(LimitOptions limits) {
  impl_->core.limits.set(limits);
}

LimitOptions ApiService::limits() const {
  return impl_->core.limits.options();
}

std::vector<AccountView> ApiService::accounts() const {
  std::vector<AccountView> out;
  for (const auto& [id, account] : impl_->core.accounts.all()) {
    AccountView view{.id = id.value(),
                     .dc = account->dc.value(),
                     .phone = account->phone,
                     .username = account->username,
                     .bot = account->is_bot(),
                     .password = account->password.has_value(),
                     .channels = {}};
    for (const auto& [channel, membership] : account->joined)
      view.channels.push_back(channel.value());
    out.push_back(std::move(view));
  }
  return out;
}

}  // namespace ledgram::sim
