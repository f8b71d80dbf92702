#include "ledgram/sim_server/control_server.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace ledgram::sim {

namespace beast = boost::beast;
namespace http = beast::http;

namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t kMaxHeader = 16 * 1024;
/// Room for 10,000 messages in one /publish.
constexpr std::uint64_t kMaxBody = 64 * 1024 * 1024;
constexpr auto kIdle = 60s;

/// A name that only looks like a loopback address may lead a browser here from a foreign page (DNS rebinding).
bool names_this_machine(std::string_view host) {
  if (host.starts_with("[::1]"))
    return true;
  const std::string name(host.substr(0, host.find(':')));
  if (name == "localhost")
    return true;
  boost::system::error_code not_an_address;
  const auto address = asio::ip::make_address_v4(name, not_an_address);
  return !not_an_address && address.is_loopback();
}

http::response<http::string_body> answer(const http::request<http::string_body>& request, ControlApi& api) {
  ControlResponse result;
  if (request.find(http::field::origin) != request.end() || !names_this_machine(request[http::field::host])) {
    result = {403, "{\"error\":\"only programs on this machine may use this\"}\n"};
  } else {
    const auto method = request.method_string();
    const auto target = request.target();
    result = api.handle({std::string_view(method.data(), method.size()), std::string_view(target.data(), target.size()),
                         request.body()});
  }
  http::response<http::string_body> response(static_cast<http::status>(result.status), request.version());
  response.set(http::field::content_type, "application/json");
  response.keep_alive(request.keep_alive());
  response.body() = std::move(result.body);
  response.prepare_payload();
  return response;
}

}  // namespace

asio::awaitable<void> serve_control(asio::ip::tcp::socket socket, ControlApi& api) {
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer;
  const auto token = asio::as_tuple(asio::use_awaitable);
  for (bool keep_alive = true; keep_alive;) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(kMaxHeader);
    parser.body_limit(kMaxBody);
    stream.expires_after(kIdle);
    const auto [read_error, received] = co_await http::async_read(stream, buffer, parser, token);
    if (read_error == http::error::body_limit) {
      http::response<http::string_body> too_large(http::status::payload_too_large, 11);
      too_large.set(http::field::content_type, "application/json");
      too_large.keep_alive(false);
      too_large.body() = "{\"error\":\"the request is too large\"}\n";
      too_large.prepare_payload();
      co_await http::async_write(stream, too_large, token);
      break;
    }
    if (read_error)
      break;
    http::response<http::string_body> response = answer(parser.get(), api);
    keep_alive = response.keep_alive();
    stream.expires_after(kIdle);
    const auto [write_error, sent] = co_await http::async_write(stream, response, token);
    if (write_error)
      break;
  }
  boost::system::error_code ignored;  // the client may have closed it already
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
}

}  // namespace ledgram::sim
