#include "ledgram/sim_api/service.hpp"

#include "ledgram/sim_api/channel_updates.hpp"
#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/password.hpp"
#include "ledgram/sim_api/qr_methods.hpp"

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <string_view>
#include <unordered_map>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// Room for the values of one answer; a page of 100 long messages takes about half of it, more is fetched from the
/// heap.
constexpr std::size_t kAnswerMemory = 512 * 1024;

std::int32_t unix_seconds(Instant now) {
  return static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::seconds>(now.unix_time).count());
}

std::unordered_map<std::string_view, const Method*> method_table() {
  std::unordered_map<std::string_view, const Method*> table;
  for (const auto methods :
       {file_methods(), help_methods(), auth_methods(), code_methods(), qr_methods(), user_methods(), message_methods(),
        dialog_methods(), channel_methods(), update_methods()}) {
    for (const auto& method : methods)
      table.emplace(method.name, &method);
  }
  return table;
}

/// core.telegram.org/api/pfs; auth.bindTempAuthKey itself does not come here.
bool callable_unbound(std::string_view method) {
  return method == "help.getConfig" || method == "help.getNearestDc";
}

/// Puts another constructor's id in the place of the first `from`; ids stand at multiples of four.
void replace_constructor(Bytes& body, std::uint32_t from, std::uint32_t to) {
  for (std::size_t at = 0; at + 4 <= body.size(); at += 4) {
    const std::span<std::uint8_t> word = std::span(body).subspan(at, 4);
    if (load_le32(word) != from)
      continue;
    store_le32(word, to);
    return;
  }
}

ContentError no_account(std::string_view phone) {
  return {ContentErrc::NoSuchPhone, "there is no account with the phone number \"" + std::string(phone) +
                                        "\"; numbers become accounts when they first ask for a code"};
}

}  // namespace

struct ApiService::Impl {
  Core core;
  PushSink& sink;
  std::unordered_map<std::string_view, const Method*> methods = method_table();
  std::vector<unsigned char> memory = std::vector<unsigned char>(kAnswerMemory);

  void push(const Channel& channel, const ChannelEvent& event, Instant now);
  void check_login(const CallContext& context, KeyState& key, const Method& method, const Account* account) const;
  Bytes answer(const CallContext& context, ByteView body, Outcome& outcome);
  Result<Account*, ContentError> named_account(std::string_view phone) const;
  Result<Channel*, ContentError> named_chat(std::string_view chat) const;
};

Result<std::unique_ptr<ApiService>, ContentError> ApiService::create(ServiceOptions options, ChatStore& chats,
                                                                     AccountStore& accounts, StateStore& state,
                                                                     RandomSource& random, PushSink& sink) {
  auto layers = Layers::load(options.schemas);
  if (!layers)
    return std::unexpected(std::move(layers.error()));
  KeyTable keys(state);
  if (auto restored = keys.restore(); !restored)
    return std::unexpected(std::move(restored.error()));
  AccessHashes hashes(state, random);
  FutureTokens future_tokens(state);
  if (auto restored = future_tokens.restore(); !restored)
    return std::unexpected(std::move(restored.error()));
  return std::unique_ptr<ApiService>(
      new ApiService(std::make_unique<Impl>(Impl{.core = {.options = std::move(options),
                                                          .chats = chats,
                                                          .accounts = accounts,
                                                          .random = random,
                                                          .sink = sink,
                                                          .layers = std::move(*layers),
                                                          .keys = std::move(keys),
                                                          .hashes = std::move(hashes),
                                                          .logins = {},
                                                          .qr = {},
                                                          .future_tokens = std::move(future_tokens),
                                                          .limits = {},
                                                          .subscriptions = {},
                                                          .fault_hook = {},
                                                          .files = {},
                                                          .cdn = {}},
                                                 .sink = sink})));
}

ApiService::ApiService(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ApiService::~ApiService() = default;

void ApiService::set_dcs(std::vector<DcAddress> dcs) {
  impl_->core.options.dcs = std::move(dcs);
}

void ApiService::set_fault_hook(FaultHook hook) {
  impl_->core.fault_hook = std::move(hook);
}

void ApiService::set_cdn(CdnDc cdn) {
  impl_->core.cdn = std::move(cdn);
}

const FileSettings& ApiService::file_settings() const {
  return impl_->core.files.settings;
}

void ApiService::set_file_settings(const FileSettings& settings) {
  if (settings.reupload && !impl_->core.files.settings.reupload)
    impl_->core.files.uploaded.clear();
  impl_->core.files.settings = settings;
}

void ApiService::expire_file_references() {
  impl_->core.hashes.expire_file_references();
}

Result<StoredFile, ContentError> ApiService::file(std::string_view chat, std::int32_t id) const {
  const auto channel = impl_->named_chat(chat);
  if (!channel)
    return std::unexpected(channel.error());
  Post scratch;
  const Post* post = (*channel)->find(id, scratch);
  auto file = post == nullptr ? std::nullopt : file_of(**channel, *post, {});
  if (!file) {
    return std::unexpected(ContentError{ContentErrc::NoSuchPost,
                                        "message " + std::to_string(id) + " of " + std::string(chat) + " has no file"});
  }
  return std::move(*file);
}

Outcome ApiService::call(const CallContext& context, ByteView body) {
  Outcome outcome;
  try {
    outcome.result = impl_->answer(context, body, outcome);
  } catch (const RpcFailure& failure) {
    outcome.result = failure.error();
  } catch (const std::exception& error) {
    // A mistake of ours: an object that does not fit the layer. The client sees it as a fault of the server.
    outcome.result = RpcFault{500, "INTERNAL_SIMULATOR_ERROR: " + std::string(error.what())};
  }
  return outcome;
}

void ApiService::Impl::check_login(const CallContext& context, KeyState& key, const Method& method,
                                   const Account* account) const {
  const bool at_cdn = core.cdn && context.dc == core.cdn->address.id;
  if (at_cdn != (method.caller == Caller::Cdn))
    refuse("CDN_METHOD_INVALID");
  if (at_cdn)
    return;
  if (account == nullptr) {
    if (method.caller == Caller::Anybody)
      return;
    if (key.revoked)
      refuse(401, "SESSION_REVOKED");
    if (key.password_wanted != UserId())
      refuse(401, "SESSION_PASSWORD_NEEDED");
    refuse(401, "AUTH_KEY_UNREGISTERED");
  }
  if (method.caller == Caller::User && account->is_bot())
    refuse("BOT_METHOD_INVALID");
  // The account lives elsewhere now; whatever needs it is to be asked there.
  if (method.caller != Caller::Anybody && !key.imported && account->dc != context.dc) {
    refuse(303, "USER_MIGRATE_" + std::to_string(account->dc.value()));
  }
}

Bytes ApiService::Impl::answer(const CallContext& context, ByteView body, Outcome& outcome) {
  json::monotonic_resource resource(memory.data(), memory.size());
  const json::storage_ptr storage(&resource);
  KeyState& key = core.keys.at(context.key);
  KeyState& wire = core.keys.at(context.wire_key());
  // Of a key that is not bound it is said that it is not bound, whatever else is missing.
  const bool assume_layer = context.unbound() && wire.layer == 0;
  const Request request = read_request(core.layers, body, assume_layer ? core.layers.builtin_layer() : wire.layer);
  outcome.method = name_of(request.method);
  if (context.unbound() && !callable_unbound(outcome.method))
    refuse(401, "AUTH_KEY_PERM_EMPTY");
  Account* account = core.accounts.find(key.account);
  if (account != nullptr)
    outcome.phone = account->phone;
  if (request.inited && wire.layer != request.layer) {
    wire.layer = request.layer;
    if (!context.temporary)
      core.keys.save(context.key);
  }
  if (core.fault_hook) {
    if (auto fault = core.fault_hook(outcome.method, outcome.phone))
      throw RpcFailure(std::move(*fault));
  }
  const auto method = methods.find(outcome.method);
  if (method == methods.end())
    refuse("METHOD_NOT_IMPLEMENTED");
  check_login(context, key, *method->second, account);

  Call call{.core = core,
            .context = context,
            .key = key,
            .account = account,
            .now = unix_seconds(context.now),
            .memory = storage,
            .args = request.method,
            .schema = *request.schema};
  if (method->second->write != nullptr)
    return method->second->write(call);
  const json::value value = method->second->run(call);
  if (request.updates && key.account != UserId() && !key.imported) {
    core.subscriptions.add({context.key, context.session, request.layer});
  }
  Bytes result = write_result(*request.schema, value, outcome.method);
  if (call.replace_id)
    replace_constructor(result, call.replace_id->first, call.replace_id->second);
  return result;
}

void ApiService::session_closed(AuthKeyId key, SessionId session) {
  impl_->core.subscriptions.remove(key, session);
}

void ApiService::forget_key(AuthKeyId key) {
  impl_->core.keys.forget(key);
  impl_->core.subscriptions.remove(key);
}

void ApiService::Impl::push(const Channel& channel, const ChannelEvent& event, Instant now) {
  // The sink may call back, so nothing of the table is held while it runs.
  std::vector<Subscriptions::Session> sessions;
  for (const auto& [name, session] : core.subscriptions.all())
    sessions.push_back(session);
  for (const auto& session : sessions) {
    const Account* account = core.accounts.find(core.keys.at(session.key).account);
    if (account == nullptr || !account->joined.contains(channel.id()))
      continue;
    const tl::Schema* schema = core.layers.find(session.layer);
    if (schema == nullptr)
      continue;
    const ObjectMaker make(*account, core.hashes, core.files.settings.home, json::storage_ptr());
    const json::value updates = pushed_updates(make, channel, event, unix_seconds(now));
    sink.push(session.key, session.session, write_value(*schema, updates, "Updates"));
  }
}

Result<std::int32_t, ContentError> ApiService::publish(std::string_view chat, const json::object& message,
                                                       Instant now) {
  const auto change = impl_->core.chats.publish(chat, message, now);
  if (!change)
    return std::unexpected(change.error());
  const std::int32_t id = change->event->ids.front();
  impl_->push(*change->channel, *change->event, now);
  return id;
}

Result<void, ContentError> ApiService::edit(std::string_view chat, std::int32_t id, const json::object& message,
                                            Instant now) {
  const auto change = impl_->core.chats.edit(chat, id, message, now);
  if (!change)
    return std::unexpected(change.error());
  impl_->push(*change->channel, *change->event, now);
  return {};
}

Result<void, ContentError> ApiService::erase(std::string_view chat, const std::vector<std::int32_t>& ids, Instant now) {
  const auto change = impl_->core.chats.erase(chat, ids, now);
  if (!change)
    return std::unexpected(change.error());
  impl_->push(*change->channel, *change->event, now);
  return {};
}

Result<std::string, ContentError> ApiService::truth(std::string_view chat) const {
  return impl_->core.chats.truth(chat);
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

Result<void, ContentError> ApiService::join(std::string_view phone, std::string_view chat, Instant now) {
  auto account = impl_->named_account(phone);
  if (!account)
    return std::unexpected(std::move(account.error()));
  auto channel = impl_->named_chat(chat);
  if (!channel)
    return std::unexpected(std::move(channel.error()));
  (*account)->joined.try_emplace((*channel)->id(), Membership{.date = unix_seconds(now), .read_inbox_max = 0});
  impl_->core.accounts.save(**account);
  return {};
}

Result<void, ContentError> ApiService::leave(std::string_view phone, std::string_view chat) {
  auto account = impl_->named_account(phone);
  if (!account)
    return std::unexpected(std::move(account.error()));
  auto channel = impl_->named_chat(chat);
  if (!channel)
    return std::unexpected(std::move(channel.error()));
  (*account)->joined.erase((*channel)->id());
  impl_->core.accounts.save(**account);
  return {};
}

Result<void, ContentError> ApiService::set_access(std::string_view chat, ChannelAccess access) {
  auto channel = impl_->core.chats.set_access(chat, access);
  if (!channel)
    return std::unexpected(std::move(channel.error()));
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
