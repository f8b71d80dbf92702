#pragma once

/// The use of one data centre by one account: its authorization key, one MTProto session, and one connection after the
/// other. Calls stay open while connections come and go; only their deadline, their answer or the end of the key ends
/// them.
///
/// With forward secrecy the session uses a temporary key: made on the connection that will carry it, bound to the
/// permanent key before anything else is sent, replaced before it expires, and forgotten with its session.

#include "ledgram/crypto/dh.hpp"
#include "ledgram/mtproto/client_session.hpp"
#include "ledgram/net/backoff.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/telegram/connection_log.hpp"
#include "ledgram/telegram/dc_link.hpp"
#include "ledgram/telegram/error.hpp"
#include "ledgram/telegram/options.hpp"
#include "ledgram/telegram/session_store.hpp"
#include "ledgram/telegram/temporary_key.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ledgram::telegram {

/// What a server that does not know our key any more means.
enum class KeyLoss : std::uint8_t {
  MakeAnother,  ///< nothing depends on the key: open calls are repeated with a new one
  EndLogin,     ///< a login depends on it: every call fails with SessionLost until somebody logs in again
};

/// What a connection needs to know from its owner. The functions are called on the connection's executor.
struct DcConnectionHooks {
  std::function<std::vector<DcOption>()> addresses;
  std::function<KeyLoss()> on_key_unknown;
  std::function<void(Bytes)> on_update;
  /// A connection has brought its first packet that only the owner of the key can make.
  std::function<void()> on_connected{};
  /// A connection was lost that is wanted, or could not be made.
  std::function<void(std::string_view why)> on_lost{};
  /// Kept alive while the connection's coroutine runs, for the functions above and the options.
  std::weak_ptr<void> owner;
  /// Other than the client's options say: CDN data centres know only permanent keys.
  std::optional<ForwardSecrecy> forward_secrecy = std::nullopt;
};

/// One call as the connection needs it.
struct DcCall {
  Bytes method;      ///< boxed, without invokeWithLayer
  std::string name;  ///< for messages
  net::Deadline deadline = net::kNoDeadline;
  mtproto::Repeat repeat = mtproto::Repeat::Allowed;
  bool bare = false;  ///< a method of MTProto itself, which is never wrapped in initConnection
};

/// Whether connections are kept up while no call is open.
enum class Presence : std::uint8_t {
  OnDemand,  ///< connects for calls, and does not come back after a loss until there is another
  Always,    ///< comes back after every loss, so that updates arrive
};

/// Made with std::make_shared, because calls keep it alive. Options, RandomSource, Clock and cache must outlive it.
class DcConnection : public std::enable_shared_from_this<DcConnection> {
 public:
  DcConnection(asio::any_io_executor executor, DcId dc, const ClientOptions& options, DcConnectionHooks hooks,
               RandomSource& random, const Clock& clock, crypto::DhGroupCache& primes);

  /// The key of an earlier run. Before the first call or start().
  void use_key(const StoredKey& stored);

  /// Begins to connect if calls or presence ask for it.
  void start();
  void set_presence(Presence presence);
  void set_intake(Intake intake);

  /// The boxed answer. Throws TelegramFailure: Rpc for what the server refuses, DeadlineExceeded, OutcomeUnknown,
  /// Closed, SessionLost, WrongEnvironment, UntrustedServer, UnknownDc, BadAnswer.
  asio::awaitable<Bytes> call(DcCall call);

  /// Makes the server forget the permanent key (core.telegram.org/mtproto/auth_key#destroying-an-authorization-key).
  /// No other call may be open or follow; end() or close() comes next. False if there is no key or the server did not
  /// confirm. Never throws TelegramFailure.
  asio::awaitable<bool> destroy_key(net::Deadline deadline);

  /// The beginning of an orderly end: open and later calls end with this error, and what was to be written (queued
  /// calls, acknowledgements) is. Returns when that was given to the network, or at the deadline; close() comes next.
  asio::awaitable<void> wind_up(TelegramError error, net::Deadline deadline);

  /// Ends open and later calls with this error and never connects again.
  void end(const TelegramError& error);

  /// end() with TelegramErrc::Closed, then waits until nothing runs.
  asio::awaitable<void> close();

  /// The key with salt and clock offset as known now; nothing before the first key exchange. `authorized` is not set.
  [[nodiscard]] std::optional<StoredKey> key() const;
  [[nodiscard]] nanoseconds clock_offset() const;

  [[nodiscard]] DcId dc() const { return dc_; }
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] std::vector<std::string> pending_tasks() const { return tasks_.pending_names(); }

 private:
  /// One call that waits for its end; lives in the frame of call().
  struct OpenCall {
    OpenCall(const asio::any_io_executor& executor, DcCall given) : request(std::move(given)), ended(executor) {}

    DcCall request;
    net::Condition ended;
    std::optional<mtproto::RequestId> id;  ///< set once the session has it
    bool wrapped = false;                  ///< sent inside invokeWithLayer(initConnection)
    int init_refusals = 0;                 ///< how often the server said that the connection was not initialised
    int binding_refusals = 0;              ///< how often it said that the temporary key was not bound
    std::optional<Bytes> answer;
    std::optional<TelegramError> error;
  };

  asio::awaitable<void> run(std::shared_ptr<DcConnection> self, std::shared_ptr<void> owner);
  asio::awaitable<void> run_link();
  asio::awaitable<void> connect_and_serve();
  asio::awaitable<void> prepare_session(DcLink& link);
  asio::awaitable<void> make_permanent_key(DcLink& link);
  asio::awaitable<void> make_temporary_key(DcLink& link);
  asio::awaitable<mtproto::HandshakeDone> make_key(DcLink& link, std::optional<std::chrono::seconds> lifetime);
  [[nodiscard]] bool wanted() const;
  [[nodiscard]] LinkPlan next_plan();

  void begin_session();
  void end_session(std::string_view because);
  /// Whether calls may be given to the session now.
  [[nodiscard]] bool takes_calls() const;
  [[nodiscard]] nanoseconds server_time() const;
  void send_binding();
  void on_binding_answer(ByteView answer);
  void on_binding_refused(const RpcError& error);
  [[nodiscard]] bool renewal_due();
  void submit(OpenCall& call);
  void submit_all();
  void finish(OpenCall& call, Bytes answer);
  void finish(OpenCall& call, TelegramError error);
  void fail_all(const TelegramError& error);

  void take_events();
  void take(mtproto::RpcResult& event);
  void take(mtproto::RpcError& event);
  void take(const mtproto::RequestFailed& event);
  void take_update(Bytes body);
  OpenCall* find(mtproto::RequestId id);
  void on_useful_packet();

  void on_link_lost(const LinkLost& loss);
  void on_key_unknown(const std::string& reason);
  void report_up();
  void report_down(const LinkLost& loss);
  void report_unwanted();
  [[nodiscard]] ConnectionLog& connection_log();

  asio::any_io_executor executor_;
  DcId dc_;
  const ClientOptions* options_;
  DcConnectionHooks hooks_;
  RandomSource* random_;
  const Clock* clock_;
  crypto::DhGroupCache* primes_;

  net::Backoff backoff_;
  net::Event wake_;         ///< for the writer of the current link
  net::Condition changed_;  ///< for run(): there may be a reason to connect
  Presence presence_ = Presence::OnDemand;
  Intake intake_ = Intake::Open;
  bool started_ = false;
  std::optional<TelegramError> ended_;

  std::optional<StoredKey> key_;  ///< the permanent one
  nanoseconds clock_offset_{};    ///< as known before the session
  std::optional<mtproto::ClientSession> session_;

  ForwardSecrecy forward_secrecy_;
  std::optional<TemporaryKey> temporary_;      ///< what the session uses; nothing without forward secrecy
  std::optional<mtproto::RequestId> binding_;  ///< auth.bindTempAuthKey, while it is open
  bool bound_ = false;
  bool renewing_ = false;  ///< new calls wait for the next temporary key
  bool permanent_key_lost_ = false;
  std::optional<LinkLost> ending_;  ///< thrown when the session's events have all been taken
  BindingRecord bindings_;

  bool initialised_ = false;           ///< the server has answered a call inside initConnection
  SessionId old_session_;              ///< of the run before, to be destroyed when calls are answered in this one
  bool server_session_known_ = false;  ///< the server has said once that it has begun a session
  bool winding_up_ = false;
  bool written_ = false;          ///< while winding up: nothing is left to be written
  int key_refusals_ = 0;          ///< -404 one after the other, nothing useful between
  std::vector<OpenCall*> calls_;  ///< in the order of their arrival
  std::unordered_map<mtproto::RequestId, OpenCall*> by_id_;

  bool connected_ = false;
  bool useful_ = false;  ///< the current link has brought a packet that can be decrypted
  std::size_t next_address_ = 0;
  std::string last_problem_;
  // For the log.
  std::unique_ptr<ConnectionLog> own_log_;  ///< made with the first loss if the options have none
  ConnectionNumber number_;                 ///< set together with reported_down_
  bool reported_down_ = false;
  std::size_t attempts_ = 0;  ///< since the connection was last up

  net::TaskGroup tasks_;
};

}  // namespace ledgram::telegram
