#include "ledgram/sim_api/service.hpp"

#include "ledgram/sim_api/service_impl.hpp"

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>
#include <chrono>
#include <exception>
#include <string_view>
#include <unordered_map>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

std::unordered_map<std::string_view, const Method*> method_table() {
  std::unordered_map<std::string_view, const Method*> table;
  for (const auto methods :
       {file_methods(), help_methods(), auth_methods(), code_methods(), qr_methods(), user_methods(), message_methods(),
        group_methods(), dialog_methods(), channel_methods(), update_methods()}) {
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

}  // namespace

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
  MailStore mail(state, accounts);
  if (auto restored = mail.restore(); !restored)
    return std::unexpected(std::move(restored.error()));
  return std::unique_ptr<ApiService>(
      new ApiService(std::make_unique<Impl>(Impl{.core = {.options = std::move(options),
                                                          .chats = chats,
                                                          .accounts = accounts,
                                                          .state = state,
                                                          .mail = std::move(mail),
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
                                                          .audience = {},
                                                          .fault_hook = {},
                                                          .hooks = {},
                                                          .files = {},
                                                          .cdn = {}},
                                                 .methods = method_table()})));
}

ApiService::ApiService(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ApiService::~ApiService() = default;

void ApiService::set_dcs(std::vector<DcAddress> dcs) {
  impl_->core.options.dcs = std::move(dcs);
}

void ApiService::set_fault_hook(FaultHook hook) {
  impl_->core.fault_hook = std::move(hook);
}

void ApiService::set_update_hooks(UpdateHooks hooks) {
  impl_->core.hooks = std::move(hooks);
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
  // The account lives elsewhere now; whatever needs it is to be asked there, but for the way there.
  const bool leads_there = method.name == "auth.exportAuthorization";
  if (method.caller != Caller::Anybody && !key.imported && account->dc != context.dc && !leads_there) {
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
  // An imported login is for what its account needs elsewhere, until the account moves there: then it is the login.
  if (account != nullptr && account->dc == context.dc)
    key.imported = false;
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
  if (const Account* logged_in = core.accounts.find(key.account); logged_in != nullptr && outcome.phone.empty())
    outcome.phone = logged_in->phone;
  if (request.updates && key.account != UserId() && !key.imported) {
    core.subscriptions.add({context.key, context.session, key.account, request.layer});
  }
  if (const json::object* object = value.if_object())
    outcome.answer = name_of(*object);
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

}  // namespace ledgram::sim
