#pragma once

/// A simulated Telegram for the tests of this folder: JSON requests in, JSON answers out, through real bytes.

#include "ledgram/sim_api/service.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::sim {

/// What one key sends from. Another client of the same account has another key.
struct TestClient {
  AuthKeyId key;
  DcId dc = DcId(2);
  SessionId session = SessionId(1);
};

struct TestAnswer {
  boost::json::value value;  ///< null if there was an error
  RpcFault fault;            ///< code 0 if there was none

  [[nodiscard]] const boost::json::object& object() const { return value.as_object(); }
  [[nodiscard]] const boost::json::array& list(std::string_view name) const { return object().at(name).as_array(); }
};

class TestTelegram : public PushSink {
 public:
  struct Push {
    AuthKeyId key;
    SessionId session;
    boost::json::object updates;
  };

  /// DCs 1 to 3. Chats must be added to chats() before start().
  TestTelegram();

  /// Adds an export given as its messages.
  void add_chat(std::string_view name, std::int64_t id, std::string_view messages,
                std::string_view type = "public_channel");

  /// Makes the service over the state; again for a restart (chats must be added again first).
  void start();

  /// As after the end of the process: only what is in the state is left.
  void forget_everything();

  /// Inside invokeWithLayer(initConnection()), as a client's first call.
  TestAnswer first_call(const TestClient& client, const boost::json::object& method);
  TestAnswer call(const TestClient& client, const boost::json::object& method);
  TestAnswer call_bytes(const TestClient& client, ByteView body, std::string_view method);

  /// Serialized with the built-in layer.
  static Bytes serialized(const boost::json::object& method);
  static boost::json::object with_init(const boost::json::object& method, std::int32_t layer = 223);

  /// A client that is logged in on a test number without a password.
  TestClient log_in(std::string_view phone, std::uint64_t key);

  /// Sends a code, and returns its hash.
  std::string send_code(const TestClient& client, std::string_view phone);

  /// {"_": "inputPeerChannel", ...} with the access hash that resolving gave.
  boost::json::object peer(const TestClient& client, std::string_view username);
  boost::json::object input_channel(const TestClient& client, std::string_view username);

  void push(AuthKeyId key, SessionId session, Bytes body) override;

  ApiService& api() { return *api_; }
  ChatStore& chats() { return *chats_; }
  AccountStore& accounts() { return *accounts_; }
  std::vector<Push>& pushes() { return pushes_; }
  Instant& now() { return now_; }
  RandomSource& random() { return random_; }

 private:
  MemoryStateStore state_;
  std::unique_ptr<ChatStore> chats_;
  std::unique_ptr<AccountStore> accounts_;
  SeededRandom random_{20240601};
  std::unique_ptr<ApiService> api_;
  std::vector<Push> pushes_;
  Instant now_{.monotonic = std::chrono::seconds(1000), .unix_time = std::chrono::seconds(1'750'000'000)};
};

}  // namespace ledgram::sim
