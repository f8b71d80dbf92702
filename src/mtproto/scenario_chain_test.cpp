#include "ledgram/mtproto/client_session_fixture.hpp"
#include "ledgram/mtproto/gzip.hpp"
#include "ledgram/mtproto/session_pair_fixture.hpp"

// Scenario 26 of section 13 of the protocol checklist: requests that must run one after the other.

namespace ledgram::mtproto {
namespace {

using namespace testing;

class Scenario26Chain : public ClientSessionTest {
 protected:
  /// Three requests, each after the one before; what goes out.
  std::vector<SeenMessage> send_three() {
    requests.push_back(client.send(method(1), clock.now));
    requests.push_back(client.send(method(2), clock.now, after(requests[0])));
    requests.push_back(client.send(method(3), clock.now, after(requests[1])));
    return server.take(client);
  }

  static SendOptions after(RequestId before) {
    SendOptions options;
    options.after = {before};
    return options;
  }

  /// The request in a message, and whether it names `before`.
  static Bytes query_of(const SeenMessage& message, MsgId before) {
    EXPECT_EQ(message.constructor, id::kInvokeAfterMsg);
    EXPECT_EQ(i64_at(message.body, 4), before.value());
    return {message.body.begin() + 12, message.body.end()};
  }

  bool fail(const SeenMessage& message, std::string_view text) {
    return receive(server.rpc_result(message.msg_id, rpc_error(400, text)));
  }
  bool answer(const SeenMessage& message, std::int32_t number) {
    return receive(server.rpc_result(message.msg_id, object(kAnswer, number)));
  }

  std::vector<RequestId> requests;
};

TEST_F(Scenario26Chain, NamesTheOneBefore) {
  const auto sent = send_three();
  const SeenMessage first = with(sent, kMethod).at(0);
  const auto chained = with(sent, id::kInvokeAfterMsg);
  ASSERT_EQ(chained.size(), 2U);
  EXPECT_EQ(query_of(chained[0], first.msg_id), method(2));
  EXPECT_EQ(query_of(chained[1], chained[0].msg_id), method(3));

  Bytes large(4000);
  store_le32(MutableByteView(large).first<4>(), kMethod);
  SendOptions both;
  both.after = {requests[0], requests[2], requests[0]};
  client.send(large, clock.now, both);
  const auto several = with(server.take(client), id::kInvokeAfterMsgs);
  ASSERT_EQ(several.size(), 1U);
  EXPECT_EQ(ids_in(several[0].body), (std::vector<MsgId>{first.msg_id, chained[1].msg_id}));
  EXPECT_EQ(constructor_of(ByteView(several[0].body).subspan(28)), id::kGzipPacked) << "packed inside, not outside";

  EXPECT_TRUE(answer(first, 1));
  client.send(method(4), clock.now, after(requests[0]));
  EXPECT_EQ(take_method().body, method(4)) << "what has ended is not waited for";
}

TEST_F(Scenario26Chain, MsgWaitFailedKeepsTheOrderAndLosesNone) {
  const auto sent = send_three();
  const auto chained = with(sent, id::kInvokeAfterMsg);
  ASSERT_EQ(chained.size(), 2U);
  // The refusals overtake the answer that they come from.
  EXPECT_TRUE(fail(chained[1], "MSG_WAIT_FAILED"));
  EXPECT_TRUE(fail(chained[0], "MSG_WAIT_FAILED"));
  EXPECT_TRUE(drain(client).empty());
  EXPECT_TRUE(with(server.take(client), id::kInvokeAfterMsg).empty());
  EXPECT_EQ(client.open_requests(), 3U);
  EXPECT_TRUE(fail(with(sent, kMethod).at(0), "CHAT_WRITE_FORBIDDEN"));
  EXPECT_EQ(only<RpcError>(drain(client)).at(0).request, requests[0]);

  const SeenMessage second = take_method();
  EXPECT_EQ(second.body, method(2));
  EXPECT_GT(second.msg_id, chained[1].msg_id) << "never the old id";
  EXPECT_TRUE(answer(second, 2));
  const SeenMessage third = take_method();
  EXPECT_EQ(third.body, method(3));
  EXPECT_TRUE(answer(third, 3));
  const auto results = only<RpcResult>(drain(client));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].request, requests[1]);
  EXPECT_EQ(results[1].request, requests[2]);
}

TEST_F(Scenario26Chain, MsgWaitTimeoutIsRepeatedWithTheSameParentAndNeverLoops) {
  const auto sent = send_three();
  const SeenMessage first = with(sent, kMethod).at(0);
  SeenMessage second = with(sent, id::kInvokeAfterMsg).at(0);
  int sendings = 1;
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(fail(second, "MSG_WAIT_TIMEOUT"));
    const auto again = with(server.take(client), id::kInvokeAfterMsg);
    if (again.empty())
      break;
    ++sendings;
    second = again[0];
    EXPECT_EQ(query_of(second, first.msg_id), method(2));
  }
  EXPECT_GT(sendings, 1);
  EXPECT_LT(sendings, 5);
  EXPECT_TRUE(drain(client).empty()) << "nobody has to hear of it";
  EXPECT_TRUE(answer(first, 1));
  EXPECT_EQ(take_method().body, method(2));
}

TEST_F(Scenario26Chain, AParentUnderANewIdTakesItsChildrenAlong) {
  requests.push_back(client.send(method(1), clock.now));
  const SeenMessage first = take_method();
  requests.push_back(client.send(method(2), clock.now, after(requests[0])));
  const SeenMessage second = with(server.take(client), id::kInvokeAfterMsg).at(0);
  requests.push_back(client.send(method(3), clock.now, after(requests[1])));
  const SeenMessage third = with(server.take(client), id::kInvokeAfterMsg).at(0);

  EXPECT_TRUE(receive(server.bad_salt(first.msg_id, Salt(77))));
  const auto again = server.take(client);
  const SeenMessage new_first = with(again, kMethod).at(0);
  const auto chained = with(again, id::kInvokeAfterMsg);
  ASSERT_EQ(chained.size(), 2U);
  EXPECT_EQ(query_of(chained[0], new_first.msg_id), method(2));
  EXPECT_EQ(query_of(chained[1], chained[0].msg_id), method(3));

  // What the server says to the sendings that could never run means nothing.
  EXPECT_TRUE(fail(second, "MSG_WAIT_FAILED"));
  EXPECT_TRUE(fail(third, "MSG_WAIT_FAILED"));
  EXPECT_TRUE(with(server.take(client), kMethod).empty());
  EXPECT_TRUE(answer(new_first, 1));
  EXPECT_TRUE(answer(chained[0], 2));
  EXPECT_TRUE(answer(chained[1], 3));
  EXPECT_EQ(only<RpcResult>(drain(client)).size(), 3U);
}

TEST_F(Scenario26Chain, CancelledParentsLetTheirChildrenGo) {
  const auto sent = send_three();
  const auto chained = with(sent, id::kInvokeAfterMsg);
  EXPECT_TRUE(fail(chained.at(0), "MSG_WAIT_FAILED"));
  EXPECT_TRUE(take_methods().empty());
  client.cancel(requests[0]);
  EXPECT_EQ(take_method().body, method(2));
}

TEST_F(Scenario26Chain, OutsideOfAChainTheErrorIsTheCallers) {
  EXPECT_TRUE(fail(send(1), "MSG_WAIT_FAILED"));
  EXPECT_EQ(only<RpcError>(drain(client)).at(0).message, "MSG_WAIT_FAILED");
}

class Scenario26OfAPair : public SessionPairTest {
 protected:
  void send_chain(std::int32_t from, std::int32_t to) {
    RequestId before;
    for (std::int32_t i = from; i <= to; ++i) {
      SendOptions options;
      options.repeat = Repeat::Forbidden;
      if (i != from)
        options.after = {before};
      before = send(i, std::move(options));
    }
  }
};

TEST_F(Scenario26OfAPair, ASlowFirstRequestHoldsTheOthersBack) {
  hold_answers = true;
  send_chain(1, 3);
  settle();
  EXPECT_EQ(order, std::vector<std::int32_t>{1});
  pass(seconds(10));
  EXPECT_EQ(order, std::vector<std::int32_t>{1});
  hold_answers = false;
  server->answer(held.at(0).first, object(kAnswer, 1), clock.now);
  settle();
  pass(seconds(1));
  EXPECT_EQ(order, (std::vector<std::int32_t>{1, 2, 3}));
  expect_each_once(3);
}

TEST_F(Scenario26OfAPair, AFailedRequestDoesNotTakeTheOthersWithIt) {
  failing = {1};
  send_chain(1, 3);
  settle();
  EXPECT_EQ(order, (std::vector<std::int32_t>{1, 2, 3}));
  EXPECT_EQ(results.size(), 2U);
  EXPECT_EQ(count_of<RpcError>(), 1);
  EXPECT_EQ(client.open_requests(), 0U);
}

TEST_F(Scenario26OfAPair, OrderIsKeptOverLostConnectionsAndSalts) {
  constexpr std::uint64_t kSeed = 77;
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  SeededRandom dice(kSeed);
  send(0);
  settle();
  send_chain(1, 60);
  for (int step = 0; step < 1500; ++step) {
    switch (dice.below(6)) {
      case 0:
        pump_client();
        break;
      case 1:
        deliver_to_server();
        break;
      case 2:
        run_server();
        break;
      case 3:
        deliver_to_client();
        break;
      case 4:
        clock.pass(milliseconds(static_cast<std::int64_t>(dice.below(300))));
        if (server)
          server->on_timer(clock.now);
        break;
      default:
        if (dice.below(8) == 0) {
          disconnect();
          connect();
        } else if (dice.below(8) == 0) {
          salts.rotate_now(clock.now);
        }
        break;
    }
  }
  settle();
  pass(seconds(100));
  expect_each_once(61);
  EXPECT_TRUE(std::ranges::is_sorted(order));
}

}  // namespace
}  // namespace ledgram::mtproto
