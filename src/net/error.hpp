#pragma once

/// Errors of the network floor. The coroutines of this floor throw `NetFailure`; a cancelled coroutine ends with
/// `boost::system::system_error` of `asio::error::operation_aborted`, as everywhere in Asio (see is_cancelled()).

#include "ledgram/base/error.hpp"

#include <cstdint>
#include <exception>
#include <string_view>

namespace ledgram::net {

enum class NetErrc : std::uint8_t {
  ResolveFailed,     ///< the host name has no address
  ConnectFailed,     ///< no address of the host accepted the connection
  DeadlineExceeded,  ///< the deadline passed first
  ConnectionClosed,  ///< the peer closed the connection
  ConnectionBroken,  ///< reading or writing failed
  WorkerStopped,     ///< the worker thread takes no more jobs
  ProxyRefused,      ///< the proxy answered that it cannot or will not connect to the address
  ProxyAuthFailed,   ///< the proxy does not accept the user name and password, or wants some
  BadProxyAnswer,    ///< what answered is no proxy of the configured kind
};

constexpr std::string_view name_of(NetErrc code) {
  switch (code) {
    case NetErrc::ResolveFailed:
      return "ResolveFailed";
    case NetErrc::ConnectFailed:
      return "ConnectFailed";
    case NetErrc::DeadlineExceeded:
      return "DeadlineExceeded";
    case NetErrc::ConnectionClosed:
      return "ConnectionClosed";
    case NetErrc::ConnectionBroken:
      return "ConnectionBroken";
    case NetErrc::WorkerStopped:
      return "WorkerStopped";
    case NetErrc::ProxyRefused:
      return "ProxyRefused";
    case NetErrc::ProxyAuthFailed:
      return "ProxyAuthFailed";
    case NetErrc::BadProxyAnswer:
      return "BadProxyAnswer";
  }
  return "?";
}

/// A network comes back; a stopped worker does not, and neither does a proxy that somebody configured wrongly.
constexpr bool is_retryable(NetErrc code) {
  return code != NetErrc::WorkerStopped && code != NetErrc::ProxyAuthFailed && code != NetErrc::BadProxyAnswer;
}

using NetError = BasicError<NetErrc>;
using NetFailure = Failure<NetError>;

/// True if `error` says that its coroutine was cancelled, which is the wish of whoever cancelled and no failure.
bool is_cancelled(const std::exception_ptr& error);

}  // namespace ledgram::net
