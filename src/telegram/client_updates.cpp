// What arrives unasked, before and after a login.

#include "ledgram/telegram/client_impl.hpp"

#include <utility>

namespace ledgram::telegram {

namespace api = tl::api;

void Client::Impl::take_update(DcId from, Bytes update) {
  if (ended)
    return;
  if (is_main(from))
    watch_for_config(update);
  if (!account) {
    take_update_before_login(update);
  } else if (is_main(from) && options.on_update) {
    options.on_update(std::move(update));
  }
}

/// Before a login only what belongs to it is heard (L18); all else cannot be ours.
void Client::Impl::take_update_before_login(const Bytes& update) {
  const auto parsed = tl::parse<api::Updates>(update);
  if (!parsed)
    return;
  if (const auto* one = parsed->as<api::updateShort>()) {
    take_early(one->update);
  } else if (const auto* some = parsed->as<api::updates>()) {
    for (const api::Update& each : some->updates)
      take_early(each);
  } else if (const auto* combined = parsed->as<api::updatesCombined>()) {
    for (const api::Update& each : combined->updates)
      take_early(each);
  }
}

void Client::Impl::take_early(const api::Update& update) {
  if (update.is<api::updateLoginToken>()) {
    ++login_token_updates;
    changed.notify_all();
  } else if (const auto* addresses = update.as<api::updateDcOptions>()) {
    take_addresses(addresses->dc_options);
  } else if (update.is<api::updateServiceNotification>() && options.on_update) {
    api::updateShort told;
    told.update = update;
    options.on_update(tl::serialize(told));
  }
  // updateConfig was seen before (watch_for_config). updateSentPhoneCode ends a payment, which is refused before
  // (read_sent_code). There are no language packs here.
}

void Client::Impl::take_addresses(const std::vector<api::DcOption>& named_options) {
  std::vector<DcOption> fresh;
  for (const api::DcOption& named : named_options) {
    const auto* from = named.as<api::dcOption>();
    if (from == nullptr || from->port < 1 || from->port > 65535)
      continue;
    DcOption option;
    option.dc = DcId(from->id);
    option.host = from->ip_address;
    option.port = static_cast<std::uint16_t>(from->port);
    option.ipv6 = from->ipv6;
    option.media_only = from->media_only;
    option.cdn = from->cdn;
    option.tcpo_only = from->tcpo_only;
    option.static_ip = from->static_;
    option.this_port_only = from->this_port_only;
    if (from->secret)
      option.secret = *from->secret;
    fresh.push_back(std::move(option));
  }
  options.dcs.merge(std::move(fresh));
}

}  // namespace ledgram::telegram
