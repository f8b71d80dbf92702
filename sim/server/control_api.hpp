#pragma once

/// What the control API answers, without HTTP around it: method, target and body in, status and JSON out.
/// docs/ledgram-sim.md describes every endpoint; `GET /` lists them.

#include "ledgram/sim_server/hub.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace ledgram::sim {

struct ControlRequest {
  std::string_view method;  ///< GET, POST, DELETE
  std::string_view target;  ///< path and query, as in the request line
  std::string_view body;
};

struct ControlResponse {
  int status = 200;
  std::string body;  ///< JSON and a line feed
};

/// Whom to tell of changes that have timers.
struct ControlChanges {
  std::function<void()> faults;   ///< rules were added or removed
  std::function<void()> traffic;  ///< the generator was started or stopped
};

class ControlApi {
 public:
  /// The hub must outlive this object.
  ControlApi(Hub& hub, ControlChanges changed);

  /// Never throws because of the request.
  ControlResponse handle(const ControlRequest& request);

 private:
  Hub& hub_;
  ControlChanges changed_;
};

}  // namespace ledgram::sim
