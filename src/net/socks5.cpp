#include "ledgram/net/socks5.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <cassert>

namespace ledgram::net {

namespace {

// RFC 1928.
constexpr std::uint8_t kVersion = 5;
constexpr std::uint8_t kNoLogin = 0;
constexpr std::uint8_t kUserAndPassword = 2;
constexpr std::uint8_t kNothingAcceptable = 0xff;
constexpr std::uint8_t kConnect = 1;
constexpr std::uint8_t kIpv4 = 1;
constexpr std::uint8_t kHostName = 3;
constexpr std::uint8_t kIpv6 = 4;

// RFC 1929.
constexpr std::uint8_t kLoginVersion = 1;

void append_text(Bytes& out, std::string_view text) {
  assert(text.size() <= kMaxSocks5Text);
  out.push_back(static_cast<std::uint8_t>(text.size()));
  append(out, as_bytes(text));
}

/// RFC 1928 section 6.
std::string_view reason_of(std::uint8_t reply) {
  switch (reply) {
    case 1:
      return "it failed";
    case 2:
      return "its rules do not allow that";
    case 3:
      return "the network is unreachable from there";
    case 4:
      return "the host is unreachable from there, or its name is unknown";
    case 5:
      return "the connection was refused there";
    case 6:
      return "no answer came in time";
    case 7:
      return "it does not make connections";
    case 8:
      return "it does not know this kind of address";
    default:
      return "it gave a reason that is not defined";
  }
}

}  // namespace

Socks5Handshake::Socks5Handshake(Address target, ProxyLogin login)
    : target_(std::move(target)), login_(std::move(login)) {}

Bytes Socks5Handshake::start() const {
  if (login_.empty())
    return {kVersion, 1, kNoLogin};
  // Both are offered: a proxy that has no users refuses those who only offer a password.
  return {kVersion, 2, kNoLogin, kUserAndPassword};
}

ProxyStepResult Socks5Handshake::receive(ByteView received) {
  if (state_ == State::Done)
    return proxy_error(NetErrc::BadProxyAnswer, "the proxy sent data before it was asked for any");
  while (!received.empty()) {
    received_.push_back(received.front());
    received = received.subspan(1);
    // The version is looked at alone, so that a web server is not waited for.
    if (received_.size() < answer_size() && received_.size() > 1)
      continue;
    ProxyStepResult step = take_answer();
    const bool waits = step && step->progress == ProxyStep::Progress::Continue && step->send.empty();
    if (waits)
      continue;
    if (step && !received.empty())
      return proxy_error(NetErrc::BadProxyAnswer, "the proxy sent more than it was asked for");
    return step;
  }
  return ProxyStep{};
}

std::size_t Socks5Handshake::answer_size() const {
  constexpr std::size_t kReplyHead = 5;  // with the first byte of the address
  constexpr std::size_t kPort = 2;
  if (state_ != State::Reply)
    return 2;
  if (received_.size() < kReplyHead)
    return kReplyHead;
  switch (received_[3]) {
    case kIpv4:
      return kReplyHead - 1 + 4 + kPort;
    case kIpv6:
      return kReplyHead - 1 + 16 + kPort;
    case kHostName:
      return kReplyHead + received_[4] + kPort;
    default:
      return kReplyHead;  // an error, which take_reply() finds
  }
}

ProxyStepResult Socks5Handshake::take_answer() {
  const std::uint8_t version = state_ == State::Login ? kLoginVersion : kVersion;
  if (received_.front() != version) {
    return proxy_error(NetErrc::BadProxyAnswer,
                       fmt::format("what answers there is not a SOCKS5 proxy (the answer begins with byte {:#04x})",
                                   received_.front()));
  }
  if (received_.size() < answer_size())
    return ProxyStep{};
  ProxyStepResult step;
  switch (state_) {
    case State::Method:
      step = take_method();
      break;
    case State::Login:
      step = take_login_answer();
      break;
    case State::Reply:
    case State::Done:
      step = take_reply();
      break;
  }
  received_.clear();
  return step;
}

ProxyStepResult Socks5Handshake::take_method() {
  const std::uint8_t method = received_[1];
  if (method == kNoLogin) {
    state_ = State::Reply;
    return ProxyStep{.send = connect_request()};
  }
  if (method == kUserAndPassword && !login_.empty()) {
    state_ = State::Login;
    return ProxyStep{.send = login_request()};
  }
  if (method == kNothingAcceptable || method == kUserAndPassword) {
    return proxy_error(NetErrc::ProxyAuthFailed, login_.empty()
                                                     ? "the proxy wants a user name and a password"
                                                     : "the proxy accepts no user name and password as a login");
  }
  return proxy_error(NetErrc::BadProxyAnswer,
                     fmt::format("the proxy chose login method {}, which nobody offered", method));
}

ProxyStepResult Socks5Handshake::take_login_answer() {
  if (received_[1] != 0)
    return proxy_error(NetErrc::ProxyAuthFailed, "the proxy does not accept the user name and password");
  state_ = State::Reply;
  return ProxyStep{.send = connect_request()};
}

ProxyStepResult Socks5Handshake::take_reply() {
  const std::uint8_t reply = received_[1];
  if (reply != 0) {
    return proxy_error(NetErrc::ProxyRefused, fmt::format("the proxy could not connect to {}: {} (SOCKS5 reply {})",
                                                          to_string(target_), reason_of(reply), reply));
  }
  const std::uint8_t kind = received_[3];
  if (kind != kIpv4 && kind != kIpv6 && kind != kHostName) {
    return proxy_error(NetErrc::BadProxyAnswer,
                       fmt::format("the proxy answered with the unknown address type {}", kind));
  }
  state_ = State::Done;
  return ProxyStep{.progress = ProxyStep::Progress::Established, .send = {}};
}

Bytes Socks5Handshake::login_request() const {
  Bytes request{kLoginVersion};
  append_text(request, login_.user.reveal());
  append_text(request, login_.password.reveal());
  return request;
}

Bytes Socks5Handshake::connect_request() const {
  Bytes request{kVersion, kConnect, 0};
  boost::system::error_code not_literal;
  const auto address = boost::asio::ip::make_address(target_.host, not_literal);
  if (not_literal) {
    request.push_back(kHostName);
    append_text(request, target_.host);
  } else if (address.is_v4()) {
    request.push_back(kIpv4);
    append(request, address.to_v4().to_bytes());
  } else {
    request.push_back(kIpv6);
    append(request, address.to_v6().to_bytes());
  }
  request.push_back(static_cast<std::uint8_t>(target_.port >> 8U));
  request.push_back(static_cast<std::uint8_t>(target_.port & 0xffU));
  return request;
}

}  // namespace ledgram::net
