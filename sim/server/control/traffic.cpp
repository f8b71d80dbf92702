// The traffic generator.

#include "ledgram/sim_server/traffic.hpp"

#include "ledgram/sim_server/control/request.hpp"

#include <array>

namespace ledgram::sim::control {

namespace json = boost::json;

namespace {

std::string get_traffic(Call& call) {
  return as_line(call.hub.traffic().status(call.hub.now()));
}

std::string post_traffic(Call& call) {
  TrafficOptions options = value_or_refuse(parse_traffic(parse_body(call.body)));
  value_or_refuse(call.hub.traffic().start(call.hub.service(), std::move(options), call.hub.now()));
  call.changed.traffic();
  return get_traffic(call);
}

std::string delete_traffic(Call& call) {
  call.hub.traffic().stop();
  call.changed.traffic();
  return get_traffic(call);
}

constexpr std::array kEndpoints{
    Endpoint{"GET", "/traffic", "what the traffic generator has done", get_traffic},
    Endpoint{"POST", "/traffic", "{chats, rate, edits?, deletes?, seed?, total?, bytes?}: publish at a rate",
             post_traffic},
    Endpoint{"DELETE", "/traffic", "stop it", delete_traffic},
};

}  // namespace

std::span<const Endpoint> traffic_endpoints() {
  return kEndpoints;
}

}  // namespace ledgram::sim::control
