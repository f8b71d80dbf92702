#include "ledgram/sim_server/control_api.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/sim_server/control/request.hpp"

#include <fmt/format.h>

#include <exception>
#include <vector>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

using control::Endpoint;

const std::vector<Endpoint>& all_endpoints();

std::string get_endpoints(control::Call&) {
  json::array list;
  for (const Endpoint& endpoint : all_endpoints()) {
    list.push_back({{"method", endpoint.method}, {"path", endpoint.path}, {"what", endpoint.what}});
  }
  return control::as_line({{"endpoints", std::move(list)}});
}

const std::vector<Endpoint>& all_endpoints() {
  static const std::vector<Endpoint> all = [] {
    std::vector<Endpoint> list{{"GET", "/", "this list", get_endpoints}};
    for (const auto part : {control::truth_endpoints(), control::chat_endpoints(), control::account_endpoints(),
                            control::login_endpoints(), control::file_endpoints(), control::fault_endpoints(),
                            control::traffic_endpoints(), control::mail_endpoints()}) {
      list.insert(list.end(), part.begin(), part.end());
    }
    return list;
  }();
  return all;
}

std::string error_line(std::string_view message) {
  return control::as_line({{"error", message}});
}

}  // namespace

ControlApi::ControlApi(Hub& hub, ControlChanges changed) : hub_(hub), changed_(std::move(changed)) {}

ControlResponse ControlApi::handle(const ControlRequest& request) {
  const control::Target target = control::parse_target(request.target);
  const Endpoint* found = nullptr;
  bool path_exists = false;
  for (const Endpoint& endpoint : all_endpoints()) {
    if (endpoint.path != target.path)
      continue;
    path_exists = true;
    if (endpoint.method == request.method)
      found = &endpoint;
  }
  if (!path_exists)
    return {404, error_line("no such path; GET / lists all")};
  if (found == nullptr)
    return {405, error_line(fmt::format("{} is not for {}", target.path, request.method))};
  control::Call call{hub_, changed_, target, request.body};
  try {
    return {200, found->handler(call)};
  } catch (const control::Refusal& refusal) {
    return {refusal.status, error_line(refusal.message)};
  } catch (const std::exception& failure) {
    log::error("sim", "control request {} {}: {}", request.method, target.path, failure.what());
    return {500, error_line(failure.what())};
  }
}

}  // namespace ledgram::sim
