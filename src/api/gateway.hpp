#pragma once

/// From a request to the handler of its route and back: origin, caller, access, parameters, body, problems, audit and
/// the headers that every answer has.

#include "ledgram/api/context.hpp"
#include "ledgram/api/route.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/http/message.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::api {

struct GatewayOptions {
  /// Pages of these origins ("https://app.example.org") may use the API in a browser.
  std::vector<std::string> allowed_origins{};
};

class Gateway {
 public:
  /// What became of a request, for counts: the route (nothing if there was none) and the status.
  using Observer = std::function<void(const Route* route, unsigned status, nanoseconds took)>;

  /// The context must outlive it.
  Gateway(ApiContext& context, GatewayOptions options);

  /// To be filled before the first request.
  [[nodiscard]] RouteTable& routes() { return routes_; }
  void on_answer(Observer observer) { observer_ = std::move(observer); }

  /// For http::Server. Throws only when cancelled.
  asio::awaitable<http::Reply> handle(http::Request& request);
  http::Response error_page(unsigned status, std::string_view detail, std::string_view request_id) const;

 private:
  struct Outcome {
    const Route* route = nullptr;
    http::Reply reply;
  };

  asio::awaitable<http::Reply> answer(http::Request& request, const Route*& route);
  asio::awaitable<http::Reply> call_route(const Route& route, http::Request& request, RouteTable::Match& match);
  asio::awaitable<void> write_audit(const Route& route, const Call& call, unsigned status);
  void check_origin(const http::Request& request) const;
  [[nodiscard]] http::Response preflight(const http::Request& request, const RouteTable::Match& match) const;
  void add_headers(const http::Request& request, http::Response& response) const;
  [[nodiscard]] bool is_allowed_origin(std::string_view origin) const;
  [[nodiscard]] bool is_own_origin(const http::Request& request, std::string_view origin) const;

  ApiContext& context_;
  GatewayOptions options_;
  RouteTable routes_;
  Observer observer_;
};

}  // namespace ledgram::api
