#pragma once

/// A client and a server session over a link in memory.

#include "ledgram/mtproto/session_testing.hpp"

#include <algorithm>
#include <deque>

namespace ledgram::mtproto::testing {

/// The link, and a server that answers method N with answer N. Every packet of the client is held against ClientRules.
class SessionPairTest : public ::testing::Test {
 protected:
  SessionPairTest() { connect(); }

  void connect() {
    client.on_connected(clock.now);
    connected = true;
  }

  /// What is on the way gets lost.
  void disconnect() {
    to_server.clear();
    to_client.clear();
    client.on_disconnected(clock.now);
    if (server)
      server->on_disconnected(clock.now);
    connected = false;
  }

  void pump_client() {
    while (auto packet = client.next_packet(clock.now)) {
      rules.open(*packet);
      to_server.push_back(std::move(*packet));
    }
  }

  void deliver_to_server() {
    while (!to_server.empty()) {
      const Bytes packet = std::move(to_server.front());
      to_server.pop_front();
      Bytes scratch;
      const auto message = decrypt_message(key, crypto::Direction::ToServer, packet, scratch);
      ASSERT_TRUE(message);
      if (!server || server->id() != message->session_id) {
        server.emplace(key, message->session_id, salts, random, server_options);
        ++sessions_made;
      }
      server->receive(*message, clock.now);
    }
  }

  void run_server() {
    if (!server)
      return;
    while (auto event = server->poll_event()) {
      if (const auto* request = std::get_if<RequestReceived>(&*event)) {
        const std::int32_t number = i32_at(request->body, 4);
        ++executed[number];
        order.push_back(number);
        if (failing.contains(number)) {
          server->answer_error(request->msg_id, 400, "THIS_FAILS", clock.now);
        } else if (hold_answers) {
          held.emplace_back(request->msg_id, number);
        } else {
          server->answer(request->msg_id, object(kAnswer, number), clock.now);
        }
      } else if (const auto* destroy = std::get_if<DestroySessionRequested>(&*event)) {
        destroyed.push_back(destroy->session);
        server->answer_destroy_session(destroy->msg_id, destroy->session, DestroyResult::NoSuchSession, clock.now);
      }
    }
    while (auto packet = server->next_packet(clock.now))
      to_client.push_back(std::move(*packet));
  }

  void deliver_to_client() {
    while (!to_client.empty()) {
      const Bytes packet = std::move(to_client.front());
      to_client.pop_front();
      if (!client.receive(packet, clock.now))
        ++errors;
    }
    while (auto event = client.poll_event()) {
      if (const auto* result = std::get_if<RpcResult>(&*event)) {
        ++results[result->request];
        EXPECT_EQ(result->body, object(kAnswer, sent.at(result->request)));
      } else if (std::holds_alternative<UpdateReceived>(*event)) {
        ++updates[i32_at(std::get<UpdateReceived>(*event).body, 4)];
      } else {
        others.push_back(std::move(*event));
      }
    }
  }

  /// Until nobody has anything to say.
  void settle() {
    for (int round = 0; round < 100; ++round) {
      pump_client();
      const bool quiet = to_server.empty();
      deliver_to_server();
      run_server();
      if (quiet && to_client.empty())
        return;
      clock.pass(milliseconds(20));
      deliver_to_client();
    }
    ADD_FAILURE() << "the two never fall silent";
  }

  /// Time passes, with the timers of both.
  void pass(nanoseconds time) {
    const nanoseconds end = clock.now.monotonic + time;
    for (int step = 0; step < 10'000; ++step) {
      nanoseconds next = end;
      if (const auto deadline = client.next_deadline())
        next = std::min(next, *deadline);
      if (server && server->next_deadline())
        next = std::min(next, *server->next_deadline());
      if (next > clock.now.monotonic)
        clock.pass(next - clock.now.monotonic);
      client.on_timer(clock.now);
      if (server)
        server->on_timer(clock.now);
      settle();
      if (count_of<ConnectionStuck>() > reconnects) {
        ++reconnects;
        disconnect();
        connect();
      }
      if (clock.now.monotonic >= end)
        return;
    }
    ADD_FAILURE() << "deadlines that lead nowhere";
  }

  RequestId send(std::int32_t number, SendOptions options = {}) {
    const RequestId request = client.send(method(number), clock.now, options);
    sent[request] = number;
    return request;
  }

  void expect_each_once(std::int32_t count) {
    EXPECT_EQ(results.size(), static_cast<std::size_t>(count));
    for (const auto& [request, times] : results)
      EXPECT_EQ(times, 1);
    EXPECT_EQ(executed.size(), static_cast<std::size_t>(count));
    for (const auto& [number, times] : executed)
      EXPECT_EQ(times, 1) << "method " << number;
    EXPECT_EQ(client.open_requests(), 0U);
  }

  template <class Event>
  std::ptrdiff_t count_of() {
    return std::ranges::count_if(others, [](const auto& event) { return std::holds_alternative<Event>(event); });
  }

  HandClock clock;
  SeededRandom random{2};
  crypto::AuthKey key = test_key();
  ServerSalts salts{kSalt, clock.now, random};
  ServerSessionOptions server_options;
  std::optional<ServerSession> server;
  ClientSession client{client_options(), random};
  ScriptedServer rules{clock};
  std::deque<Bytes> to_server;
  std::deque<Bytes> to_client;
  bool connected = false;
  bool hold_answers = false;
  int sessions_made = 0;
  std::ptrdiff_t reconnects = 0;
  int errors = 0;
  std::vector<std::pair<MsgId, std::int32_t>> held;
  std::map<std::int32_t, int> executed;
  std::vector<std::int32_t> order;  ///< in which methods were executed
  std::set<std::int32_t> failing;   ///< methods that are answered with an error
  std::vector<SessionId> destroyed;
  std::map<RequestId, std::int32_t> sent;
  std::map<RequestId, int> results;
  std::map<std::int32_t, int> updates;
  std::vector<SessionEvent> others;
};

}  // namespace ledgram::mtproto::testing
