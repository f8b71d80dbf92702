// What is to go wrong.

#include "ledgram/sim_server/control/request.hpp"

#include <fmt/format.h>

#include <array>

namespace ledgram::sim::control {

namespace json = boost::json;

namespace {

std::string get_faults(Call& call) {
  return as_line({{"faults", call.hub.faults().list()}});
}

json::object carry_out(Hub& hub, const FaultAction& action) {
  switch (action.kind) {
    case FaultAction::Kind::DropNow:
      return {{"connections", hub.drop_connections(action.dc, action.account)}};
    case FaultAction::Kind::HalfClose:
      return {{"connections", hub.half_close(action.dc, action.account)}};
    case FaultAction::Kind::DuplicateSession:
      return {{"auth_keys", hub.duplicate_keys_of(action.account)}};
    case FaultAction::Kind::RotateSalts:
      hub.keys().rotate_salts(hub.now());
      return done();
    case FaultAction::Kind::ForgetTemporaryKeys:
      return {{"auth_keys", hub.forget_temporary_keys(action.account)}};
    case FaultAction::Kind::ForgetSessions:
      return {{"sessions", hub.forget_sessions(action.account)}};
    case FaultAction::Kind::ForgetKey:
      break;
  }
  if (!action.auth_key)
    return {{"auth_keys", hub.forget_keys_of(action.account)}};
  if (hub.keys().find(*action.auth_key, hub.now()) == nullptr) {
    refuse(404, fmt::format("there is no authorization key {}", to_text(*action.auth_key)));
  }
  hub.forget_key(*action.auth_key);
  return {{"auth_keys", 1}};
}

std::string post_faults(Call& call) {
  auto fault = parse_fault(parse_body(call.body));
  if (!fault)
    refuse(400, std::move(fault.error().message));
  if (const auto* action = std::get_if<FaultAction>(&*fault))
    return as_line(carry_out(call.hub, *action));
  const std::uint64_t id = call.hub.faults().add(std::get<FaultRule>(std::move(*fault)), call.hub.now());
  call.changed.faults();
  return as_line({{"id", id}});
}

std::string delete_faults(Call& call) {
  const auto wanted = call.target.query.find("id");
  if (wanted == call.target.query.end()) {
    call.hub.faults().clear();
  } else {
    const std::int64_t id = query_number(call.target, "id");
    if (id < 0 || !call.hub.faults().remove(static_cast<std::uint64_t>(id)))
      refuse(404, fmt::format("there is no fault {}", id));
  }
  call.changed.faults();
  return as_line(done());
}

constexpr std::array kEndpoints{
    Endpoint{"GET", "/faults", "the standing faults", get_faults},
    Endpoint{"POST", "/faults", "{kind, ...}: make something go wrong", post_faults},
    Endpoint{"DELETE", "/faults", "?id=N, or all", delete_faults},
};

}  // namespace

std::span<const Endpoint> fault_endpoints() {
  return kEndpoints;
}

}  // namespace ledgram::sim::control
