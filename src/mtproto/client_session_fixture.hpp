#pragma once

/// A client session that is connected to a ScriptedServer and has had its first ping answered.

#include "ledgram/mtproto/session_testing.hpp"

namespace ledgram::mtproto::testing {

class ClientSessionTest : public ::testing::Test {
 protected:
  ClientSessionTest() {
    client.on_connected(clock.now);
    const std::vector<SeenMessage> first = server.take(client);
    EXPECT_EQ(first.size(), 1U);
    EXPECT_EQ(first.at(0).constructor, id::kPingDelayDisconnect);
    clock.pass(milliseconds(50));
    EXPECT_TRUE(receive(server.pong(first.at(0))));
  }

  bool receive(ByteView packet) { return client.receive(packet, clock.now).has_value(); }

  /// Sends a method and returns the message it went out as.
  SeenMessage send(std::int32_t number, SendOptions options = {}) {
    last_request = client.send(method(number), clock.now, options);
    return take_method();
  }

  /// The one method among what the client sends now.
  SeenMessage take_method() {
    const auto methods = with(server.take(client), kMethod);
    EXPECT_EQ(methods.size(), 1U);
    return methods.empty() ? SeenMessage{} : methods.front();
  }

  std::vector<SeenMessage> take_methods() { return with(server.take(client), kMethod); }

  HandClock clock;
  SeededRandom random{1};
  ClientSession client{client_options(), random};
  ScriptedServer server{clock};
  RequestId last_request;
};

}  // namespace ledgram::mtproto::testing
