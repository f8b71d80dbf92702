#include "control.hpp"

#include "ledgram/net/asio.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <stdexcept>

namespace ledgram::bench {

namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;

namespace {

constexpr std::string_view kScheme = "http://";
/// The simulator closes a connection that was idle for a minute.
constexpr std::chrono::milliseconds kLongestIdle{30'000};

}  // namespace

class Control::Impl {
 public:
  Impl(const std::string& address, int clock_speed) : longest_idle_(kLongestIdle / clock_speed) {
    const std::string place = address.substr(address.starts_with(kScheme) ? kScheme.size() : 0);
    const std::size_t colon = place.rfind(':');
    host_ = place.substr(0, colon);
    endpoint_ = {asio::ip::make_address(host_), static_cast<std::uint16_t>(std::stoi(place.substr(colon + 1)))};
  }

  json::object call(http::verb verb, std::string_view path, const json::object* body) {
    http::request<http::string_body> request(verb, beast::string_view(path.data(), path.size()), 11);
    request.set(http::field::host, host_);
    if (body != nullptr) {
      request.set(http::field::content_type, "application/json");
      request.body() = json::serialize(*body);
    }
    request.prepare_payload();
    http::response<http::string_body> response = exchange(request);
    if (response.result_int() != 200)
      throw std::runtime_error(fmt::format("ledgram-sim refused {}: {}", path, response.body()));
    return json::parse(response.body()).as_object();
  }

 private:
  /// A connection that the simulator has closed shows at the next use only.
  http::response<http::string_body> exchange(const http::request<http::string_body>& request) {
    if (socket_ && std::chrono::steady_clock::now() - last_use_ > longest_idle_)
      socket_.reset();
    try {
      if (!socket_) {
        socket_.emplace(context_);
        socket_->connect(endpoint_);
        buffer_.clear();
      }
      http::write(*socket_, request);
      http::response_parser<http::string_body> parser;
      parser.body_limit(std::numeric_limits<std::uint64_t>::max());
      http::read(*socket_, buffer_, parser);
      last_use_ = std::chrono::steady_clock::now();
      if (!parser.get().keep_alive())
        socket_.reset();
      return parser.release();
    } catch (const boost::system::system_error& error) {
      socket_.reset();
      throw std::runtime_error(fmt::format("ledgram-sim does not answer: {}", error.code().message()));
    }
  }

  std::chrono::milliseconds longest_idle_;
  std::string host_;
  asio::ip::tcp::endpoint endpoint_;
  asio::io_context context_;
  std::optional<asio::ip::tcp::socket> socket_;
  beast::flat_buffer buffer_;
  std::chrono::steady_clock::time_point last_use_;
};

Control::Control(const std::string& address, int clock_speed) : impl_(std::make_unique<Impl>(address, clock_speed)) {}
Control::Control(Control&&) noexcept = default;
Control& Control::operator=(Control&&) noexcept = default;
Control::~Control() = default;

json::object Control::get(std::string_view path) {
  return impl_->call(http::verb::get, path, nullptr);
}

json::object Control::post(std::string_view path, const json::object& body) {
  return impl_->call(http::verb::post, path, &body);
}

json::object Control::remove(std::string_view path) {
  return impl_->call(http::verb::delete_, path, nullptr);
}

}  // namespace ledgram::bench
