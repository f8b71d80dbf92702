// help.*: what a client asks before and beside everything else.

#include "ledgram/sim_api/core.hpp"

#include <array>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// How long the configuration may be kept, seconds; Telegram sends about an hour.
constexpr std::int32_t kConfigLifetime = 3600;

/// Seconds until a client asks again for things that never change here.
constexpr std::int32_t kDay = 86'400;

struct Number {
  std::string_view name;
  std::int64_t value;
};

/// Values of the real servers' configuration that clients act on (core.telegram.org/constructor/config).
constexpr std::array kConfigNumbers{
    Number{"chat_size_max", 200},
    Number{"megagroup_size_max", 200'000},
    Number{"forwarded_count_max", 100},
    Number{"online_update_period_ms", 210'000},
    Number{"offline_blur_timeout_ms", 5'000},
    Number{"offline_idle_timeout_ms", 30'000},
    Number{"online_cloud_timeout_ms", 300'000},
    Number{"notify_cloud_delay_ms", 30'000},
    Number{"notify_default_delay_ms", 1'500},
    Number{"push_chat_period_ms", 60'000},
    Number{"push_chat_limit", 2},
    Number{"edit_time_limit", 172'800},
    Number{"revoke_time_limit", 2'147'483'647},
    Number{"revoke_pm_time_limit", 2'147'483'647},
    Number{"rating_e_decay", 2'419'200},
    Number{"stickers_recent_limit", 200},
    Number{"channels_read_media_period", 604'800},
    Number{"call_receive_timeout_ms", 20'000},
    Number{"call_ring_timeout_ms", 90'000},
    Number{"call_connect_timeout_ms", 30'000},
    Number{"call_packet_timeout_ms", 10'000},
    Number{"caption_length_max", 1024},
    Number{"message_length_max", 4096},
    Number{"webfile_dc_id", 1},
};

json::value get_config(Call& call) {
  auto out = call.object("config");
  out.emplace("date", call.now);
  out.emplace("expires", call.now + kConfigLifetime);
  out.emplace("test_mode", false);
  out.emplace("this_dc", call.context.dc.value());
  auto options = call.array();
  for (const auto& dc : call.core.options.dcs) {
    auto option = call.object("dcOption");
    option.emplace("id", dc.id.value());
    option.emplace("ip_address", dc.host);
    option.emplace("port", dc.port);
    option.emplace("static", true);
    if (dc.host.find(':') != std::string::npos)
      option.emplace("ipv6", true);
    options.push_back(std::move(option));
  }
  if (call.core.cdn) {
    const DcAddress& cdn = call.core.cdn->address;
    auto option = call.object("dcOption");
    option.emplace("id", cdn.id.value());
    option.emplace("ip_address", cdn.host);
    option.emplace("port", cdn.port);
    option.emplace("cdn", true);
    options.push_back(std::move(option));
  }
  out.emplace("dc_options", std::move(options));
  out.emplace("dc_txt_domain_name", "example.org");
  out.emplace("me_url_prefix", "https://t.me/");
  for (const auto& number : kConfigNumbers)
    out.emplace(number.name, number.value);
  return out;
}

json::value get_nearest_dc(Call& call) {
  auto out = call.object("nearestDc");
  out.emplace("country", "UA");
  out.emplace("this_dc", call.context.dc.value());
  out.emplace("nearest_dc", call.context.dc.value());
  return out;
}

json::value get_app_config(Call& call) {
  auto config = call.object("jsonObject");
  config.emplace("value", call.array());
  auto out = call.object("help.appConfig");
  out.emplace("hash", 1);
  out.emplace("config", std::move(config));
  return out;
}

json::value no_app_update(Call& call) {
  return call.object("help.noAppUpdate");
}

json::value terms_update(Call& call) {
  auto out = call.object("help.termsOfServiceUpdateEmpty");
  out.emplace("expires", call.now + kDay);
  return out;
}

json::value promo_data(Call& call) {
  auto out = call.object("help.promoDataEmpty");
  out.emplace("expires", call.now + kDay);
  return out;
}

json::value peer_colors(Call& call) {
  return call.object("help.peerColorsNotModified");
}

json::value cdn_config(Call& call) {
  auto out = call.object("cdnConfig");
  auto keys = call.array();
  if (call.core.cdn) {
    auto key = call.object("cdnPublicKey");
    key.emplace("dc_id", call.core.cdn->address.id.value());
    key.emplace("public_key", call.core.cdn->public_key);
    keys.push_back(std::move(key));
  }
  out.emplace("public_keys", std::move(keys));
  return out;
}

json::value invite_text(Call& call) {
  auto out = call.object("help.inviteText");
  out.emplace("message", "");
  return out;
}

constexpr std::array kMethods{
    Method{"help.getConfig", Caller::Anybody, get_config},
    Method{"help.getNearestDc", Caller::Anybody, get_nearest_dc},
    Method{"help.getAppConfig", Caller::Anybody, get_app_config},
    Method{"help.getAppUpdate", Caller::Anybody, no_app_update},
    Method{"help.getTermsOfServiceUpdate", Caller::User, terms_update},
    Method{"help.getPromoData", Caller::User, promo_data},
    Method{"help.getPeerColors", Caller::Account, peer_colors},
    Method{"help.getPeerProfileColors", Caller::Account, peer_colors},
    Method{"help.getCdnConfig", Caller::Anybody, cdn_config},
    Method{"help.getInviteText", Caller::User, invite_text},
};

}  // namespace

std::span<const Method> help_methods() {
  return kMethods;
}

}  // namespace ledgram::sim
