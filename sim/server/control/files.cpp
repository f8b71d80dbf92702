// How the file servers behave.

#include "ledgram/sim_server/control/request.hpp"

#include <fmt/format.h>

#include <array>

namespace ledgram::sim::control {

namespace json = boost::json;

namespace {

json::object as_json(const FileSettings& settings) {
  return {{"dc", settings.home.value()},         {"cdn", settings.cdn},
          {"reupload", settings.reupload},       {"expire_after", settings.expire_after},
          {"empty_parts", settings.empty_parts}, {"false_hashes", settings.false_hashes}};
}

std::string get_files(Call& call) {
  return as_line(as_json(call.hub.service().file_settings()));
}

std::string post_files(Call& call) {
  const json::object body = parse_body(call.body);
  FileSettings settings = call.hub.service().file_settings();
  const auto flag = [&body](std::string_view name, bool& value) {
    const json::value* given = body.if_contains(name);
    if (given != nullptr && !given->is_bool())
      refuse(400, fmt::format("\"{}\" must be true or false", name));
    if (given != nullptr)
      value = given->get_bool();
  };
  const auto count = [&body](std::string_view name, std::uint64_t& value) {
    const json::value* given = body.if_contains(name);
    if (given != nullptr && (!given->is_int64() || given->get_int64() < 0))
      refuse(400, fmt::format("\"{}\" must be a whole number", name));
    if (given != nullptr)
      value = static_cast<std::uint64_t>(given->get_int64());
  };
  for (const auto& member : body) {
    if (!as_json(settings).contains(member.key()) && member.key() != "expire_references")
      refuse(400, fmt::format("there is no file setting \"{}\"; GET /files shows all", std::string_view(member.key())));
  }
  if (body.contains("dc")) {
    settings.home = DcId(number_field(body, "dc"));
    if (!call.hub.has_dc(settings.home) || settings.home == kCdnDc)
      refuse(400, fmt::format("there is no DC {}", settings.home.value()));
  }
  bool expire = false;
  flag("cdn", settings.cdn);
  flag("reupload", settings.reupload);
  flag("expire_references", expire);
  count("expire_after", settings.expire_after);
  count("empty_parts", settings.empty_parts);
  count("false_hashes", settings.false_hashes);
  if (settings.cdn) {
    if (auto on = call.hub.switch_cdn_on(); !on)
      refuse(500, std::move(on.error().message));
  }
  call.hub.service().set_file_settings(settings);
  if (expire)
    call.hub.service().expire_file_references();
  return as_line(as_json(settings));
}

constexpr std::array kEndpoints{
    Endpoint{"GET", "/files", "how the file servers behave", get_files},
    Endpoint{"POST", "/files", "{dc?, cdn?, reupload?, expire_after?, ...}: make them behave otherwise", post_files},
};

}  // namespace

std::span<const Endpoint> file_endpoints() {
  return kEndpoints;
}

}  // namespace ledgram::sim::control
