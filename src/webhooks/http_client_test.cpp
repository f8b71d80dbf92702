#include "ledgram/webhooks/http_client.hpp"

#include "ledgram/net/error.hpp"
#include "ledgram/net/test_support/run.hpp"
#include "ledgram/webhooks/test_support/receiver.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace ledgram::webhooks {
namespace {

using namespace std::chrono_literals;
using test::plain_answer;
using test::Received;
using test::Receiver;

AddressGuard allowing(std::vector<std::string> allowed) {
  return AddressGuard::allowing(allowed).value();
}

class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest() { options_.guard = allowing({"127.0.0.1"}); }

  /// What comes of one POST.
  HttpAnswer post(std::string url, std::string body = "{}") {
    HttpClient client(options_);
    HttpAnswer answer;
    run([&]() -> asio::awaitable<void> {
      asio::awaitable<HttpAnswer> posting = client.post(request(std::move(url), std::move(body)));
      answer = co_await std::move(posting);
    });
    return answer;
  }

  static HttpPost request(std::string url, std::string body = "{}") {
    HttpPost request;
    request.target = {.url = std::move(url), .host = "test.example:80"};
    request.headers = {"Content-Type: application/json", "webhook-id: 1-1"};
    request.body = std::move(body);
    return request;
  }

  /// Runs the coroutine and then ends the receiver.
  template <class Make>
  void run(Make make) {
    net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
      co_await make();
      co_await receiver_.stop();
    }());
  }

  asio::io_context io_;
  Receiver receiver_{io_};
  HttpOptions options_;
};

TEST_F(HttpClientTest, SendsTheRequestAsItWasGiven) {
  const HttpAnswer answer = post(receiver_.url("/a?b=c"), R"({"x":1})");
  EXPECT_EQ(answer.status, 204) << answer.error;
  EXPECT_TRUE(answer.accepted());
  ASSERT_EQ(receiver_.requests.size(), 1U);
  const Received& got = receiver_.requests[0];
  EXPECT_EQ(got.line, "POST /a?b=c HTTP/1.1");
  EXPECT_EQ(got.body, R"({"x":1})");
  EXPECT_EQ(got.headers.at("content-type"), "application/json");
  EXPECT_EQ(got.headers.at("webhook-id"), "1-1");
  EXPECT_FALSE(got.headers.contains("expect"));
}

TEST_F(HttpClientTest, SendsLargeBodiesWithoutAsking) {
  const std::string body(2'000'000, 'x');
  EXPECT_EQ(post(receiver_.url(), body).status, 204);
  EXPECT_EQ(receiver_.requests.at(0).body, body);
}

TEST_F(HttpClientTest, KeepsAConnectionForTheNextRequest) {
  HttpClient client(options_);
  run([&]() -> asio::awaitable<void> {
    for (int i = 0; i < 3; ++i) {
      const HttpAnswer answer = co_await client.post(request(receiver_.url()));
      EXPECT_EQ(answer.status, 204);
    }
  });
  EXPECT_EQ(receiver_.connections, 1U);
}

TEST_F(HttpClientTest, ConnectsToNoAddressThatTheGuardRefuses) {
  options_.guard = AddressGuard();
  const HttpAnswer answer = post(receiver_.url());
  EXPECT_EQ(answer.status, 0);
  EXPECT_TRUE(answer.refused);
  EXPECT_NE(answer.error.find("127.0.0.1"), std::string::npos) << answer.error;
  EXPECT_EQ(receiver_.connections, 0U);
}

TEST_F(HttpClientTest, AsksTheGuardHoweverTheAddressIsWritten) {
  options_.guard = allowing({"127.0.0.2"});
  const std::string port = std::to_string(receiver_.port());
  for (const char* host :
       {"127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::ffff:127.0.0.1]", "[::1]", "localhost", "0"}) {
    HttpClient client(options_);
    net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
      const std::string url = std::string("http://") + host + ":" + port + "/";
      const HttpAnswer answer = co_await client.post(request(url));
      EXPECT_EQ(answer.status, 0) << host;
      EXPECT_TRUE(answer.refused) << host << ": " << answer.error;
    }());
  }
  run([]() -> asio::awaitable<void> { co_return; });
  EXPECT_EQ(receiver_.connections, 0U);
}

TEST_F(HttpClientTest, ANameThatChangesItsAddressIsAskedAboutAgain) {
  const std::string port = std::to_string(receiver_.port());
  const std::string url = "http://rebinding.example:" + port + "/";
  // The name stands for an address that is allowed, and a moment later for one that is not.
  options_.resolve = {"rebinding.example:" + port + ":127.0.0.1"};
  HttpClient before(options_);
  options_.guard = allowing({"127.0.0.2"});
  HttpClient after(options_);
  run([&]() -> asio::awaitable<void> {
    const HttpAnswer first = co_await before.post(request(url));
    EXPECT_EQ(first.status, 204) << first.error;
    const HttpAnswer second = co_await after.post(request(url));
    EXPECT_TRUE(second.refused);
    EXPECT_NE(second.error.find("test.example (127.0.0.1)"), std::string::npos) << second.error;
  });
  EXPECT_EQ(receiver_.connections, 1U);
}

TEST_F(HttpClientTest, OfSeveralAddressesOnlyPermittedOnesAreTried) {
  const std::string port = std::to_string(receiver_.port());
  options_.resolve = {"mixed.example:" + port + ":10.0.0.1,[::1],169.254.169.254,127.0.0.1"};
  EXPECT_EQ(post("http://mixed.example:" + port + "/").status, 204);
}

TEST_F(HttpClientTest, FollowsNoRedirect) {
  Receiver other(io_);
  receiver_.answer = [&](const Received& /*request*/) {
    return plain_answer(307, fmt::format("Location: {}\r\n", other.url()));
  };
  const HttpAnswer answer = post(receiver_.url());
  EXPECT_EQ(answer.status, 307);
  EXPECT_FALSE(answer.accepted());
  net::test::run_to_end(io_, other.stop());
  EXPECT_EQ(other.connections, 0U);
}

TEST_F(HttpClientTest, UsesNoProxyOfTheEnvironment) {
  Receiver proxy(io_);
  const std::string address = fmt::format("http://127.0.0.1:{}", proxy.port());
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"})
    ::setenv(name, address.c_str(), 1);
  const HttpAnswer answer = post(receiver_.url());
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"})
    ::unsetenv(name);
  EXPECT_EQ(answer.status, 204);
  net::test::run_to_end(io_, proxy.stop());
  EXPECT_EQ(proxy.connections, 0U);
}

TEST_F(HttpClientTest, SpeaksHttpOnly) {
  for (const char* url : {"file:///etc/hostname", "ftp://127.0.0.1/", "dict://127.0.0.1/", "gopher://127.0.0.1/"}) {
    HttpClient client(options_);
    net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
      const HttpAnswer answer = co_await client.post(request(url));
      EXPECT_EQ(answer.status, 0) << url;
      EXPECT_FALSE(answer.error.empty()) << url;
    }());
  }
  run([]() -> asio::awaitable<void> { co_return; });
  EXPECT_EQ(receiver_.connections, 0U);
}

TEST_F(HttpClientTest, ReadsNoMoreOfAnAnswerThanItsLimit) {
  options_.limits.answer_size = 1000;
  receiver_.answer = [](const Received& /*request*/) { return plain_answer(200, "", std::string(5'000'000, 'x')); };
  const HttpAnswer answer = post(receiver_.url());
  EXPECT_EQ(answer.status, 200) << "the status is known";
}

TEST_F(HttpClientTest, AHeadWithoutEndIsAnError) {
  options_.limits.answer_size = 1000;
  receiver_.answer = [](const Received& /*request*/) {
    std::string answer = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 1000; ++i)
      answer += "X-More: " + std::string(80, 'x') + "\r\n";
    return answer;
  };
  const HttpAnswer answer = post(receiver_.url());
  EXPECT_EQ(answer.status, 0);
  EXPECT_NE(answer.error.find("1000 bytes"), std::string::npos) << answer.error;
}

TEST_F(HttpClientTest, WaitsForNobodyLongerThanItsLimit) {
  options_.limits.whole_time = 100ms;
  receiver_.answer = [](const Received& /*request*/) { return ""; };
  const HttpAnswer answer = post(receiver_.url());
  EXPECT_EQ(answer.status, 0);
  EXPECT_FALSE(answer.error.empty());
  EXPECT_FALSE(answer.refused);
}

TEST_F(HttpClientTest, AnAnswerThatStopsInTheMiddleIsNone) {
  options_.limits.whole_time = 100ms;
  receiver_.answer = [](const Received& /*request*/) { return "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nxx"; };
  EXPECT_EQ(post(receiver_.url()).status, 0);
}

TEST_F(HttpClientTest, TellsWhatTheReceiverAsksFor) {
  receiver_.answer = [](const Received& /*request*/) { return plain_answer(429, "Retry-After: 17\r\n"); };
  const HttpAnswer answer = post(receiver_.url());
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.retry_after, 17s);
}

TEST_F(HttpClientTest, SaysWhyThereIsNoAnswer) {
  run([]() -> asio::awaitable<void> { co_return; });
  std::uint16_t unused = 0;
  {
    const asio::ip::tcp::acceptor closed(io_, {asio::ip::make_address("127.0.0.1"), 0});
    unused = closed.local_endpoint().port();
  }
  HttpClient client(options_);
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    const HttpAnswer answer = co_await client.post(request(fmt::format("http://127.0.0.1:{}/secret", unused)));
    EXPECT_EQ(answer.status, 0);
    EXPECT_FALSE(answer.error.empty());
    EXPECT_FALSE(answer.refused);
    EXPECT_EQ(answer.error.find("secret"), std::string::npos) << answer.error;
  }());
}

TEST_F(HttpClientTest, ManyRequestsAtOnceAreNotInEachOthersWay) {
  HttpClient client(options_);
  receiver_.answer = [](const Received& request) { return request.body == "hang" ? "" : plain_answer(200); };
  constexpr std::size_t kCount = 20;
  std::size_t answered = 0;
  run([&]() -> asio::awaitable<void> {
    net::TaskGroup group(io_.get_executor());
    group.spawn("hanging", [&]() -> asio::awaitable<void> { co_await client.post(request(receiver_.url(), "hang")); });
    co_await receiver_.wait_for_requests(1);
    for (std::size_t i = 0; i < kCount; ++i) {
      const HttpAnswer answer = co_await client.post(request(receiver_.url()));
      answered += answer.status == 200 ? 1 : 0;
    }
    co_await group.stop();
  });
  EXPECT_EQ(answered, kCount);
}

TEST_F(HttpClientTest, ACancelledRequestEndsItsConnection) {
  HttpClient client(options_);
  receiver_.answer = [](const Received& /*request*/) { return ""; };
  bool cancelled = false;
  run([&]() -> asio::awaitable<void> {
    net::TaskGroup group(io_.get_executor());
    group.spawn("posting", [&]() -> asio::awaitable<void> {
      try {
        co_await client.post(request(receiver_.url()));
      } catch (...) {
        cancelled = net::is_cancelled(std::current_exception());
        throw;
      }
    });
    co_await receiver_.wait_for_requests(1);
    co_await group.stop();
    EXPECT_TRUE(cancelled);
    co_await receiver_.wait_for_ended(1);
  });
}

TEST_F(HttpClientTest, StoppingEndsWhatIsUnderWay) {
  HttpClient client(options_);
  receiver_.answer = [](const Received& /*request*/) { return ""; };
  bool ended = false;
  run([&]() -> asio::awaitable<void> {
    net::TaskGroup group(io_.get_executor());
    group.spawn("posting", [&]() -> asio::awaitable<void> {
      try {
        co_await client.post(request(receiver_.url()));
      } catch (const boost::system::system_error&) {
        ended = true;
      }
    });
    co_await receiver_.wait_for_requests(1);
    client.stop();
    co_await group.join();
    const HttpAnswer late = co_await client.post(request(receiver_.url()));
    EXPECT_EQ(late.status, 0);
    EXPECT_FALSE(late.error.empty());
  });
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace ledgram::webhooks
