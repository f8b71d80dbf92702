#pragma once

/// Errors of the collect floor. Its coroutines throw CollectFailure; what Telegram refuses in general passes through
/// as TelegramFailure, what the ledger refuses as Failure<LedgerError>.

#include "ledgram/base/error.hpp"

#include <cstdint>
#include <string_view>

namespace ledgram::collect {

enum class CollectErrc : std::uint8_t {
  BadUsername,      ///< the text is no username and no link to a public channel
  UnknownUsername,  ///< nobody has this username
  NotAChannel,      ///< the username belongs to a person, a bot or a basic group
  Private,          ///< the channel exists, but this account may not read it
  BotCannotRead,    ///< Telegram gives history to user accounts only
  NoAccess,         ///< the channel has no account, or its account has no access hash for it
  NoProgress,       ///< Telegram keeps sending messages that were not asked for
  BadAnswer,        ///< an answer that getHistory cannot have
};

/// Another try of the same call may bring another answer only where Telegram misbehaved.
constexpr bool is_retryable(CollectErrc code) {
  return code == CollectErrc::NoProgress || code == CollectErrc::BadAnswer;
}

constexpr std::string_view name_of(CollectErrc code) {
  switch (code) {
    case CollectErrc::BadUsername:
      return "bad_username";
    case CollectErrc::UnknownUsername:
      return "unknown_username";
    case CollectErrc::NotAChannel:
      return "not_a_channel";
    case CollectErrc::Private:
      return "private";
    case CollectErrc::BotCannotRead:
      return "bot_cannot_read";
    case CollectErrc::NoAccess:
      return "no_access";
    case CollectErrc::NoProgress:
      return "no_progress";
    case CollectErrc::BadAnswer:
      return "bad_answer";
  }
  return "unknown";
}

using CollectError = BasicError<CollectErrc>;
using CollectFailure = Failure<CollectError>;

}  // namespace ledgram::collect
