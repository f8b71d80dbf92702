#pragma once

/// What a Client is made from and what can be said about a single call.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/mtproto/client_session.hpp"
#include "ledgram/mtproto/client_transport.hpp"
#include "ledgram/mtproto/proxy_secret.hpp"
#include "ledgram/net/backoff.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/proxy.hpp"
#include "ledgram/net/stream.hpp"
#include "ledgram/telegram/dc_table.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::telegram {

class ConnectionLog;

/// The API layer that schema/api.tl is of and that is announced to the server.
inline constexpr std::int32_t kApiLayer = 223;

/// The application as Telegram sees it (core.telegram.org/api/obtaining_api_id, initConnection).
struct AppIdentity {
  std::int32_t api_id = 0;
  SecretText api_hash;
  std::string device_model = "Server";
  std::string system_version = "Linux";
  std::string app_version = "0.1.0";
  std::string system_lang_code = "en";
  std::string lang_code = "en";
};

/// An MTProxy that every connection goes through; it finds the data centre by the obfuscation header.
struct MtproxyOptions {
  net::Address address;
  mtproto::ProxySecret secret{};
  /// Anything but None demands the padded transport.
  mtproto::ParsedProxySecret::Disguise disguise = mtproto::ParsedProxySecret::Disguise::None;
  std::string tls_host;  ///< for Disguise::Tls
};

/// Whether messages are encrypted with a temporary key that is bound to the permanent one and forgotten after a day
/// (core.telegram.org/api/pfs).
enum class ForwardSecrecy : std::uint8_t { Off, On };

struct ClientOptions {
  AppIdentity app;
  DcTable dcs;
  mtproto::TransportKind transport = mtproto::TransportKind::Intermediate;
  /// Obfuscate connections that go straight to a data centre. Addresses marked tcpo_only are obfuscated in any case.
  bool obfuscated = false;
  std::optional<MtproxyOptions> mtproxy;
  /// A SOCKS5 or HTTP proxy that makes every connection, to an MTProxy too.
  std::optional<net::ProxyServer> tunnel;
  /// Tokens of earlier log-outs, oldest first (Client::future_auth_tokens). The newest twenty go with the request for a
  /// login code (core.telegram.org/api/auth#future-auth-tokens).
  std::vector<SecretBytes> logout_tokens;
  /// While a QR code is shown: the shortest time between two tokens, and the first wait after an error of theirs.
  std::chrono::milliseconds login_token_wait{1000};
  /// For log lines; no secret, no phone number.
  std::string account_name = "account";
  /// Where lost connections are reported; it must outlive the client's coroutines. Null: each is reported by itself.
  ConnectionLog* connection_log = nullptr;
  /// Receives each object that answers no call, boxed and still serialized, usually of type Updates, in the order of
  /// arrival. Called on the client's executor; it must not block and not close the client.
  std::function<void(Bytes)> on_update;
  /// The main data centre has been reached, the first time and after every loss: updates may have been missed, and none
  /// come before the next call. Called like on_update.
  std::function<void()> on_connected;
  /// What became of each attempt of a call, for counts: the method, and the name of Telegram's error or of ours (empty:
  /// it was answered). Called like on_update.
  std::function<void(std::string_view method, std::string_view error)> on_call;
  /// The main data centre's connection was lost, or another attempt to make it has failed: why, for people. Called like
  /// on_update.
  std::function<void(std::string_view why)> on_disconnected;
  net::BackoffPolicy backoff;
  mtproto::ClientSessionTimes session_times;
  ForwardSecrecy forward_secrecy = ForwardSecrecy::On;
  /// Added to every FLOOD_WAIT_X, since a call that comes too early makes the wait longer.
  std::chrono::milliseconds flood_wait_margin{1000};
  /// After a fault of the server (500, -503) a call is repeated after this time, then doubled up to the second.
  std::chrono::milliseconds first_retry_delay{1000};
  std::chrono::milliseconds max_retry_delay{60000};
  /// For calls whose CallOptions name no deadline.
  std::chrono::seconds default_call_time{300};
  /// For connecting and for the key exchange (TDLib gives the exchange 10 s as well).
  std::chrono::seconds dial_time{10};
};

/// Whether a connection's bytes are read. While they are held nothing arrives, answers and pongs included, so it is for
/// seconds at most.
enum class Intake : std::uint8_t { Open, Held };

/// What to do when the server asks to wait.
struct FloodPolicy {
  /// Longer waits are returned as TelegramErrc::FloodWait at once instead of being slept through.
  std::chrono::seconds longest_wait{60};
  /// Called when a wait begins, so that it can be shown: how long, and which method.
  std::function<void(std::chrono::seconds, std::string_view method)> on_wait;
};

/// Which of an account's sessions at a data centre carries a call: files have their own, so that megabytes on their way
/// do not stand before small calls (C7 of protocol.md).
enum class Lane : std::uint8_t {
  Main,
  Files,
  Cdn,  ///< CallOptions::dc is a data centre of the CDN: its own keys, no login, no name of this device
};

struct CallOptions {
  // With a constructor it is no aggregate: GCC 12 destroys an aggregate twice if it is made inside a co_await, as the
  // default arguments of calls are.
  CallOptions() = default;

  /// When the call must have ended, waits and repetitions included. kNoDeadline means the client's default.
  net::Deadline deadline = net::kNoDeadline;
  FloodPolicy flood;
  /// Another data centre than the main one; the account's authorization is taken there first.
  std::optional<DcId> dc;
  Lane lane = Lane::Main;
  /// Called when a data centre says that what the call is about lies elsewhere (FILE_MIGRATE_X), to be remembered.
  std::function<void(DcId)> on_moved;
  /// Calls that change something and carry no random_id must not run twice: they end with OutcomeUnknown instead.
  mtproto::Repeat repeat = mtproto::Repeat::Allowed;
  /// The chat that the call writes to: a slow mode there (SLOWMODE_WAIT_X) then holds off calls of the same method to
  /// the same chat, and no others. Without it the error goes to the caller.
  std::optional<std::int64_t> chat;
};

}  // namespace ledgram::telegram
