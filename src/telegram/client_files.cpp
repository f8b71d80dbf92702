// Sessions for files: beside the main one at the account's own data centre, and without a login at the CDN.

#include "ledgram/base/log.hpp"
#include "ledgram/telegram/client_impl.hpp"

#include <fmt/format.h>

namespace ledgram::telegram {

namespace api = tl::api;

namespace {

constexpr std::string_view kModule = "telegram";

/// What the CDN is told of this device: it is outside of Telegram's cloud (C2 of protocol.md, core.telegram.org/cdn).
constexpr const char* kNoName = "n/a";

}  // namespace

/// Nothing but files uses the connection to another data centre, so it is their session there.
std::shared_ptr<DcConnection> Client::Impl::carrier(DcId id, Lane lane) {
  const std::shared_ptr<DcConnection> main = dc(id).connection;
  const std::optional<StoredKey> key = main->key();
  if (lane != Lane::Files || !is_main(id) || !account || !key)
    return main;
  if (file_session.connection && file_session.dc == id)
    return file_session.connection;
  if (file_session.connection) {
    const std::shared_ptr<DcConnection> old = std::exchange(file_session, FileSession{}).connection;
    tasks.spawn("closing the connection for files", old->close());
  }
  DcConnectionHooks hooks;
  hooks.owner = weak_from_this();
  hooks.addresses = [this, id] { return options.dcs.addresses(id, way_of(options)); };
  // It is the login's own key.
  hooks.on_key_unknown = [] { return KeyLoss::EndLogin; };
  hooks.on_update = [](const Bytes&) {};
  file_session.dc = id;
  file_session.connection =
      std::make_shared<DcConnection>(executor, id, options, std::move(hooks), random, clock, primes);
  file_session.connection->use_key(*key);
  return file_session.connection;
}

asio::awaitable<std::shared_ptr<DcConnection>> Client::Impl::cdn_connection(DcId id, net::Deadline deadline) {
  while (true) {
    const auto known = cdns.find(id);
    if (known == cdns.end())
      break;
    if (known->second->connection)
      co_return known->second->connection;
    const bool in_time = co_await changed.wait_until(
        [this, id] { return ended || !cdns.contains(id) || cdns.at(id)->connection; }, deadline);
    throw_if_ended();
    if (!in_time)
      throw failure(TelegramErrc::DeadlineExceeded, fmt::format("the CDN {} was not ready in time", id.value()));
  }
  cdns.emplace(id, std::make_unique<Cdn>());
  std::exception_ptr problem;
  try {
    co_await prepare_cdn(id, deadline);
  } catch (...) {
    problem = std::current_exception();
    cdns.erase(id);
  }
  changed.notify_all();
  if (problem)
    std::rethrow_exception(problem);
  co_return cdns.at(id)->connection;
}

/// Its addresses are in help.getConfig, its keys in help.getCdnConfig (core.telegram.org/cdn#getting-files-from-a-cdn).
asio::awaitable<void> Client::Impl::prepare_cdn(DcId id, net::Deadline deadline) {
  if (options.dcs.cdn_addresses(id, Way::Direct).empty())
    co_await refresh_config();
  CallOptions call_options;
  call_options.deadline = deadline;
  const api::help_getCdnConfig ask;
  const api::CdnConfig answer = co_await invoke_typed(ask, std::move(call_options));
  std::vector<crypto::RsaPublicKey> rsa_keys;
  if (const auto* config = answer.as<api::cdnConfig>()) {
    for (const api::CdnPublicKey& named : config->public_keys) {
      const auto* of_dc = named.as<api::cdnPublicKey>();
      if (of_dc == nullptr || of_dc->dc_id != id.value())
        continue;
      auto key = crypto::RsaPublicKey::from_pem(of_dc->public_key);
      if (key)
        rsa_keys.push_back(std::move(*key));
      else
        log::warning(kModule, "a key of the CDN {} cannot be read: {}", id.value(), key.error().message);
    }
  }
  if (rsa_keys.empty()) {
    throw failure(TelegramErrc::UnknownDc,
                  fmt::format("Telegram names no key of its CDN {}, so nothing is taken from there", id.value()));
  }
  throw_if_ended();
  Cdn& cdn = *cdns.at(id);
  cdn.options = options;
  cdn.options.dcs.rsa_keys = std::move(rsa_keys);
  cdn.options.app.device_model = kNoName;
  cdn.options.app.system_version = kNoName;
  cdn.options.app.app_version = kNoName;
  cdn.options.on_update = {};
  DcConnectionHooks hooks;
  hooks.owner = weak_from_this();
  hooks.addresses = [this, id] { return options.dcs.cdn_addresses(id, way_of(options)); };
  hooks.on_key_unknown = [] { return KeyLoss::MakeAnother; };
  hooks.forward_secrecy = ForwardSecrecy::Off;  // a CDN knows permanent keys only (K16)
  hooks.on_update = [](const Bytes&) {};
  cdn.connection = std::make_shared<DcConnection>(executor, id, cdn.options, std::move(hooks), random, clock, primes);
}

}  // namespace ledgram::telegram
