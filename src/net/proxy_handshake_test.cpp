#include "ledgram/net/http_connect.hpp"
#include "ledgram/net/socks5.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

namespace ledgram::net {
namespace {

using Progress = ProxyStep::Progress;

ProxyLogin login() {
  return {SecretText(std::string("ann")), SecretText(std::string("p:w"))};
}

/// Gives `answer` in pieces; all that is to be sent, and how it ended.
template <class Handshake>
std::pair<Result<Progress, NetError>, Bytes> feed(Handshake& handshake, ByteView answer, std::size_t piece) {
  Bytes sent;
  Progress progress = Progress::Continue;
  while (!answer.empty()) {
    const ByteView part = answer.first(std::min(piece, answer.size()));
    answer = answer.subspan(part.size());
    const auto step = handshake.receive(part);
    if (!step)
      return {std::unexpected(step.error()), sent};
    append(sent, step->send);
    progress = step->progress;
  }
  return {progress, sent};
}

NetError error_of(const Result<Progress, NetError>& result) {
  if (result) {
    ADD_FAILURE() << "no error";
    return {};
  }
  return result.error();
}

// --- SOCKS5 -----------------------------------------------------------------------------------------------------

TEST(Socks5Handshake, WithoutLoginByName) {
  for (const std::size_t piece : {1U, 100U}) {
    Socks5Handshake handshake({"dc.example", 443}, {});
    EXPECT_EQ(to_hex(handshake.start()), "050100");
    auto [chosen, request] = feed(handshake, Bytes{5, 0}, piece);
    ASSERT_TRUE(chosen);
    EXPECT_EQ(to_hex(request), "050100030a" + to_hex(as_bytes("dc.example")) + "01bb");
    // The proxy names the address that it uses, here by name, which makes the answer as long as it can be.
    Bytes reply{5, 0, 0, 3, 255};
    reply.resize(5 + 255 + 2, 'x');
    auto [opened, nothing] = feed(handshake, reply, piece);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(*opened, Progress::Established);
    EXPECT_TRUE(nothing.empty());
  }
}

TEST(Socks5Handshake, AddressesGoAsAddresses) {
  Socks5Handshake four({"149.154.167.51", 80}, {});
  EXPECT_EQ(to_hex(feed(four, Bytes{5, 0}, 2).second), "05010001959aa7330050");
  EXPECT_EQ(*feed(four, *from_hex("05000001000000000000"), 1).first, Progress::Established);
  Socks5Handshake six({"2001:67c:4e8:f002::a", 443}, {});
  EXPECT_EQ(to_hex(feed(six, Bytes{5, 0}, 2).second), "050100042001067c04e8f002000000000000000a01bb");
  EXPECT_EQ(*feed(six, *from_hex("05000004" + std::string(36, '0')), 1).first, Progress::Established);
}

TEST(Socks5Handshake, WithLogin) {
  for (const std::size_t piece : {1U, 100U}) {
    Socks5Handshake handshake({"h", 1}, login());
    EXPECT_EQ(to_hex(handshake.start()), "05020002");
    auto [chosen, request] = feed(handshake, Bytes{5, 2}, piece);
    ASSERT_TRUE(chosen);
    EXPECT_EQ(to_hex(request), "0103616e6e03703a77");
    auto [accepted, connect] = feed(handshake, Bytes{1, 0}, piece);
    ASSERT_TRUE(accepted);
    EXPECT_EQ(to_hex(connect), "0501000301680001");
  }
}

TEST(Socks5Handshake, RefusedLoginsNameNoSecret) {
  Socks5Handshake wrong({"h", 1}, login());
  ASSERT_TRUE(feed(wrong, Bytes{5, 2}, 1).first);
  const NetError refused = error_of(feed(wrong, Bytes{1, 1}, 1).first);
  EXPECT_EQ(refused.code, NetErrc::ProxyAuthFailed);
  EXPECT_FALSE(refused.retryable());
  EXPECT_EQ(refused.message.find("p:w"), std::string::npos);

  Socks5Handshake missing({"h", 1}, {});
  EXPECT_EQ(error_of(feed(missing, Bytes{5, 0xff}, 1).first).code, NetErrc::ProxyAuthFailed);
  Socks5Handshake unwanted({"h", 1}, login());
  EXPECT_EQ(error_of(feed(unwanted, Bytes{5, 0xff}, 1).first).code, NetErrc::ProxyAuthFailed);
}

TEST(Socks5Handshake, SaysWhyTheTargetWasNotReached) {
  for (std::uint8_t code = 1; code != 0; ++code) {
    Socks5Handshake handshake({"dc.example", 443}, {});
    ASSERT_TRUE(feed(handshake, Bytes{5, 0}, 2).first);
    const NetError error = error_of(feed(handshake, Bytes{5, code, 0, 1, 0, 0, 0, 0, 0, 0}, 10).first);
    EXPECT_EQ(error.code, NetErrc::ProxyRefused);
    EXPECT_NE(error.message.find("dc.example:443"), std::string::npos);
    EXPECT_NE(error.message.find("reply " + std::to_string(code)), std::string::npos);
  }
}

TEST(Socks5Handshake, NoticesWhatIsNoSocks5Proxy) {
  for (const std::string_view text : {std::string_view("HTTP/1.1 400 Bad Request\r\n"), std::string_view("\x04\x5a", 2),
                                      std::string_view("S"), std::string_view("\0", 1)}) {
    Socks5Handshake handshake({"h", 1}, {});
    EXPECT_EQ(error_of(feed(handshake, as_bytes(text), 1).first).code, NetErrc::BadProxyAnswer) << text;
  }
  for (const Bytes& bad : {Bytes{5, 1}, Bytes{5, 2}, Bytes{5, 0x80}}) {  // GSSAPI, a login nobody offered, private
    Socks5Handshake handshake({"h", 1}, {});
    EXPECT_FALSE(feed(handshake, bad, 1).first) << to_hex(bad);
  }
}

TEST(Socks5Handshake, RefusesHostileReplies) {
  const auto after_method = [](const Bytes& reply, std::size_t piece) {
    Socks5Handshake handshake({"h", 1}, {});
    EXPECT_TRUE(feed(handshake, Bytes{5, 0}, 2).first);
    return feed(handshake, reply, piece).first;
  };
  EXPECT_EQ(error_of(after_method({5, 0, 0, 9, 0}, 1)).code, NetErrc::BadProxyAnswer);
  EXPECT_EQ(error_of(after_method({4, 0}, 1)).code, NetErrc::BadProxyAnswer);
  // The target does not speak before us, so bytes behind the reply were not sent by it.
  EXPECT_EQ(error_of(after_method({5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1}, 11)).code, NetErrc::BadProxyAnswer);
  EXPECT_EQ(error_of(after_method({5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1}, 1)).code, NetErrc::BadProxyAnswer);
  Socks5Handshake eager({"h", 1}, {});
  EXPECT_EQ(error_of(feed(eager, *from_hex("050005000001000000000000"), 100).first).code, NetErrc::BadProxyAnswer);
}

// --- HTTP CONNECT -------------------------------------------------------------------------------------------------

TEST(HttpConnectHandshake, AsksForTheTarget) {
  EXPECT_EQ(as_text(HttpConnectHandshake({"dc.example", 443}, {}).start()),
            "CONNECT dc.example:443 HTTP/1.1\r\nHost: dc.example:443\r\n\r\n");
  // printf 'ann:p:w' | base64
  EXPECT_EQ(
      as_text(HttpConnectHandshake({"2001:db8::1", 80}, login()).start()),
      "CONNECT [2001:db8::1]:80 HTTP/1.1\r\nHost: [2001:db8::1]:80\r\nProxy-Authorization: Basic YW5uOnA6dw==\r\n\r\n");
}

TEST(HttpConnectHandshake, AcceptsEvery2xxInPieces) {
  for (const std::string_view head : {"HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200 OK\r\nA: b\r\n\r\n",
                                      "HTTP/1.1 204\r\nContent-Length: 10\r\nVia: x\r\n\r\n"}) {
    for (const std::size_t piece : {1U, 2U, 3U, 5U, 1000U}) {
      HttpConnectHandshake handshake({"h", 1}, {});
      const auto [end, sent] = feed(handshake, as_bytes(head), piece);
      ASSERT_TRUE(end) << end.error().message;
      EXPECT_EQ(*end, Progress::Established) << head;
      EXPECT_TRUE(sent.empty());
    }
  }
}

NetError http_error(std::string_view answer, ProxyLogin given = {}, std::size_t piece = 7) {
  HttpConnectHandshake handshake({"dc.example", 443}, std::move(given));
  return error_of(feed(handshake, as_bytes(answer), piece).first);
}

TEST(HttpConnectHandshake, TellsRefusalsApart) {
  const std::string_view needs =
      "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n<html>";
  EXPECT_EQ(http_error(needs).code, NetErrc::ProxyAuthFailed);
  EXPECT_NE(http_error(needs).message.find("wants"), std::string::npos);
  const NetError wrong = http_error(needs, login());
  EXPECT_EQ(wrong.code, NetErrc::ProxyAuthFailed);
  EXPECT_NE(wrong.message.find("does not accept"), std::string::npos);
  const NetError forbidden = http_error("HTTP/1.1 403 Port \x1b[31mnot allowed\r\n\r\n");
  EXPECT_EQ(forbidden.code, NetErrc::ProxyRefused);
  EXPECT_NE(forbidden.message.find("dc.example:443: 403 Port ?[31mnot allowed"), std::string::npos)
      << forbidden.message;
  EXPECT_TRUE(http_error("HTTP/1.1 502 Bad Gateway\r\n\r\n").retryable());
  EXPECT_LT(http_error("HTTP/1.1 500 " + std::string(5000, 'x') + "\r\n\r\n").message.size(), 200U);
}

TEST(HttpConnectHandshake, NoticesWhatIsNoHttpProxy) {
  for (const std::string_view text :
       {"\x05\xff", "SSH-2.0-OpenSSH_9.2\r\n", "H\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.x 200 OK\r\n\r\n", "HTTP/1.1_200 OK\r\n\r\n"}) {
    EXPECT_EQ(http_error(text, {}, 1).code, NetErrc::BadProxyAnswer) << text;
  }
  // The end is known after a single byte.
  HttpConnectHandshake handshake({"h", 1}, {});
  EXPECT_FALSE(handshake.receive(as_bytes("X")));
}

TEST(HttpConnectHandshake, BoundsTheAnswer) {
  const std::string endless = "HTTP/1.1 200 OK\r\n" + std::string(100'000, 'a');
  for (const std::size_t piece : {1U, 1000U, 100'000U})
    EXPECT_EQ(http_error(endless, {}, piece).code, NetErrc::BadProxyAnswer);
  EXPECT_EQ(http_error("HTTP/1.1 200 OK\r\n\r\nX", {}, 100).code, NetErrc::BadProxyAnswer);
}

}  // namespace
}  // namespace ledgram::net
