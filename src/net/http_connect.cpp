#include "ledgram/net/http_connect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace ledgram::net {

namespace {

constexpr std::string_view kBeginning = "HTTP/1.";

/// Enough of a reason for a person; the rest is an HTML title or worse.
constexpr std::size_t kMaxReason = 80;

constexpr int kProxyLoginRequired = 407;

/// What a stranger wrote, for one line of a message.
std::string printable(std::string_view text) {
  std::string clean;
  for (const char c : text.substr(0, kMaxReason))
    clean.push_back(c >= ' ' && c <= '~' ? c : '?');
  return clean;
}

std::unexpected<NetError> no_proxy() {
  return proxy_error(NetErrc::BadProxyAnswer, "what answers there is not an HTTP proxy");
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

HttpConnectHandshake::HttpConnectHandshake(Address target, ProxyLogin login)
    : target_(std::move(target)), login_(std::move(login)) {}

Bytes HttpConnectHandshake::start() const {
  const std::string authority = to_string(target_);
  std::string request = fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n", authority);
  if (!login_.empty()) {
    const std::string pair = login_.user.reveal() + ":" + login_.password.reveal();
    request += fmt::format("Proxy-Authorization: Basic {}\r\n", to_base64(as_bytes(pair)));
  }
  request += "\r\n";
  const ByteView bytes = as_bytes(request);
  return {bytes.begin(), bytes.end()};
}

ProxyStepResult HttpConnectHandshake::receive(ByteView received) {
  // The end of the head may lie over the border of two pieces.
  const std::size_t look_from = received_.size() < 3 ? 0 : received_.size() - 3;
  received_ += as_text(received.first(std::min(received.size(), kMaxHttpAnswer + 1 - received_.size())));
  const std::size_t known = std::min(received_.size(), kBeginning.size());
  if (std::string_view(received_).substr(0, known) != kBeginning.substr(0, known))
    return no_proxy();
  const std::size_t end = received_.find("\r\n\r\n", look_from);
  if (end == std::string::npos) {
    if (received_.size() > kMaxHttpAnswer) {
      return proxy_error(NetErrc::BadProxyAnswer,
                         fmt::format("the answer of the HTTP proxy is longer than {} bytes", kMaxHttpAnswer));
    }
    return ProxyStep{};
  }
  ProxyStepResult step = take_head(std::string_view(received_).substr(0, end));
  // A refusal may carry a page for people behind its head; an open tunnel carries nothing yet.
  if (step && received_.size() != end + 4)
    return proxy_error(NetErrc::BadProxyAnswer, "the proxy sent data before it was asked for any");
  return step;
}

ProxyStepResult HttpConnectHandshake::take_head(std::string_view head) const {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  // "HTTP/1.1 200 Connection established"
  constexpr std::size_t kCodeAt = kBeginning.size() + 2;
  constexpr std::size_t kCodeSize = 3;
  const std::string_view digits = line.size() < kCodeAt ? std::string_view() : line.substr(kCodeAt, kCodeSize);
  if (digits.size() != kCodeSize || !std::ranges::all_of(digits, is_digit) || !is_digit(line[kCodeAt - 2]) ||
      line[kCodeAt - 1] != ' ') {
    return no_proxy();
  }
  const int code = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
  if (code >= 200 && code < 300)
    return ProxyStep{.progress = ProxyStep::Progress::Established, .send = {}};
  if (code == kProxyLoginRequired) {
    return proxy_error(NetErrc::ProxyAuthFailed, login_.empty()
                                                     ? "the proxy wants a user name and a password"
                                                     : "the proxy does not accept the user name and password");
  }
  return proxy_error(NetErrc::ProxyRefused, fmt::format("the proxy did not connect to {}: {}", to_string(target_),
                                                        printable(line.substr(kCodeAt))));
}

}  // namespace ledgram::net
