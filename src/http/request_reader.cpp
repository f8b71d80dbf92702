#include "ledgram/http/request_reader.hpp"

#include "ledgram/http/text.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace ledgram::http {
namespace {

namespace beast = boost::beast::http;

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

Refusal refusal_for(const boost::system::error_code& error, const ReadLimits& limits) {
  if (error == beast::error::header_limit || error == beast::error::buffer_overflow) {
    return {431, fmt::format("the request line and its headers are longer than {} bytes", limits.header_bytes)};
  }
  if (error == beast::error::body_limit)
    return {413, fmt::format("the body is longer than {} bytes", limits.body_bytes)};
  if (error == beast::error::bad_version)
    return {505, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  return {400, fmt::format("this is no HTTP request: {}", error.message())};
}

/// What two servers in a row could read differently, or nobody can answer.
std::optional<Refusal> refusal_for(const RawRequest& request, const ReadLimits& limits) {
  if (request.target.size() > limits.target_bytes)
    return Refusal{414, fmt::format("the target is longer than {} bytes", limits.target_bytes)};
  const std::string coding = request.headers.joined("Transfer-Encoding");
  if (!coding.empty() && (request.http10 || !equal_ignoring_case(trim(coding), "chunked")))
    return Refusal{501, "the only transfer coding that is understood is chunked, in HTTP/1.1"};
  if (!coding.empty() && request.headers.has("Content-Length"))
    return Refusal{400, "a request has either Content-Length or Transfer-Encoding"};
  if (request.headers.count("Content-Length") > 1)
    return Refusal{400, "there is more than one Content-Length"};
  const std::size_t hosts = request.headers.count("Host");
  if (hosts > 1 || (hosts == 0 && !request.http10))
    return Refusal{400, "a request of HTTP/1.1 has one Host header"};
  const std::string expectation = request.headers.joined("Expect");
  if (!expectation.empty() && !equal_ignoring_case(expectation, "100-continue"))
    return Refusal{417, "the only expectation that can be met is 100-continue"};
  return std::nullopt;
}

}  // namespace

struct RequestReader::Parser {
  explicit Parser(const ReadLimits& limits) {
    parser.eager(true);
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    parser.body_limit(limits.body_bytes);
  }

  beast::request_parser<beast::string_body> parser;
};

RequestReader::RequestReader(const ReadLimits& limits) : limits_(limits) {}
RequestReader::~RequestReader() = default;

RequestReader::State RequestReader::feed(std::string_view bytes) {
  buffer_.append(bytes);
  return advance();
}

RequestReader::State RequestReader::next() {
  parser_.reset();
  request_ = {};
  wants_continue_ = false;
  state_ = State::Idle;
  if (buffer_.empty())
    buffer_.shrink_to_fit();
  return advance();
}

std::string RequestReader::take_rest() {
  return std::exchange(buffer_, {});
}

RequestReader::State RequestReader::refuse(unsigned status, std::string detail) {
  refusal_ = {status, std::move(detail)};
  state_ = State::Refused;
  return state_;
}

void RequestReader::take_header() {
  const auto& message = parser_->parser.get();
  request_.method = view(message.method_string());
  request_.target = view(message.target());
  for (const auto& field : message)
    request_.headers.add(std::string(view(field.name_string())), std::string(view(field.value())));
  request_.keep_alive = message.keep_alive();
  request_.http10 = message.version() < 11;
}

/// Beast 1.81 asserts that it has the five bytes of a last chunk when it looks at one for the second time.
bool RequestReader::is_part_of_last_chunk() const {
  return state_ == State::Body && parser_->parser.chunked() && buffer_.size() < 5 && buffer_.starts_with("0\r\n");
}

RequestReader::State RequestReader::advance() {
  if (state_ == State::Idle) {
    // Empty lines before a request line are ignored (RFC 9112, 2.2).
    buffer_.erase(0, std::min(buffer_.find_first_not_of("\r\n"), buffer_.size()));
    if (buffer_.empty())
      return state_;
    parser_ = std::make_unique<Parser>(limits_);
    state_ = State::Header;
  }
  auto& parser = parser_->parser;
  while (!parser.is_done() && !buffer_.empty() && !is_part_of_last_chunk()) {
    boost::system::error_code error;
    const std::size_t used = parser.put(asio::buffer(buffer_), error);
    buffer_.erase(0, used);
    const bool wants_more = error == beast::error::need_more;
    if (error && !wants_more) {
      const Refusal refusal = refusal_for(error, limits_);
      return refuse(refusal.status, refusal.detail);
    }
    if (state_ == State::Header && parser.is_header_done()) {
      state_ = State::Body;
      take_header();
      if (auto refusal = refusal_for(request_, limits_))
        return refuse(refusal->status, std::move(refusal->detail));
      wants_continue_ = request_.headers.has("Expect") && !request_.http10;
    }
    if (wants_more || used == 0)
      break;
  }
  if (parser.is_done()) {
    request_.body = std::move(parser.get().body());
    parser_.reset();
    state_ = State::Done;
  }
  return state_;
}

}  // namespace ledgram::http
