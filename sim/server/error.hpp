#pragma once

/// What can go wrong around the simulated Telegram: its data folder, its sockets, its command line.

#include "ledgram/base/error.hpp"

#include <cstdint>
#include <string_view>

namespace ledgram::sim {

enum class ServerErrc : std::uint8_t {
  BadRequest,   ///< a control request or an option that makes no sense
  NotFound,     ///< a control request names something that does not exist
  DataFolder,   ///< the data folder cannot be made, read or written
  FolderInUse,  ///< another simulator holds the data folder
  Database,     ///< the database in the data folder cannot be opened or written
  Network,      ///< an address cannot be listened on
};

constexpr bool is_retryable(ServerErrc code) {
  return code == ServerErrc::FolderInUse || code == ServerErrc::Network;
}

constexpr std::string_view name_of(ServerErrc code) {
  switch (code) {
    case ServerErrc::BadRequest:
      return "bad request";
    case ServerErrc::NotFound:
      return "not found";
    case ServerErrc::DataFolder:
      return "data folder";
    case ServerErrc::FolderInUse:
      return "data folder in use";
    case ServerErrc::Database:
      return "database";
    case ServerErrc::Network:
      return "network";
  }
  return "unknown";
}

using ServerError = BasicError<ServerErrc>;

template <class T>
using ServerResult = Result<T, ServerError>;

inline std::unexpected<ServerError> server_error(ServerErrc code, std::string message) {
  return std::unexpected(ServerError{code, std::move(message)});
}

}  // namespace ledgram::sim
