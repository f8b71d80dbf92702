#pragma once

/// What can go wrong with the ledger, the data folder's lock and the seal key. All of it is a value: disks fill up,
/// files get damaged, another process holds the folder.

#include "ledgram/base/error.hpp"

#include <cstdint>
#include <string_view>

namespace ledgram::ledger {

enum class LedgerErrc : std::uint8_t {
  Io,             ///< the operating system refused a file operation
  DiskFull,       ///< there is no space left; the same call succeeds when there is
  ReadOnly,       ///< the folder or the file cannot be written
  Busy,           ///< another connection held the database longer than the busy time-out
  Locked,         ///< another process uses the data folder
  Corrupt,        ///< the file is damaged
  ForeignFile,    ///< the file is no database, or one of another program
  NewerSchema,    ///< written by a newer ledgram
  WrongSealKey,   ///< sessions were sealed with another key
  BadSealKey,     ///< the key file or the environment variable is unusable (mode, length, digits)
  NotFound,       ///< no such account, channel or session
  AlreadyExists,  ///< the name is taken
  Conflict,       ///< it would leave nobody to administer
  Interrupted,    ///< the query ran longer than its deadline allows
  Internal,       ///< SQLite reported something that our statements should not cause
};

constexpr bool is_retryable(LedgerErrc code) {
  return code == LedgerErrc::Busy || code == LedgerErrc::Locked || code == LedgerErrc::DiskFull ||
         code == LedgerErrc::Interrupted;
}

constexpr std::string_view name_of(LedgerErrc code) {
  switch (code) {
    case LedgerErrc::Io:
      return "io";
    case LedgerErrc::DiskFull:
      return "disk_full";
    case LedgerErrc::ReadOnly:
      return "read_only";
    case LedgerErrc::Busy:
      return "busy";
    case LedgerErrc::Locked:
      return "locked";
    case LedgerErrc::Corrupt:
      return "corrupt";
    case LedgerErrc::ForeignFile:
      return "foreign_file";
    case LedgerErrc::NewerSchema:
      return "newer_schema";
    case LedgerErrc::WrongSealKey:
      return "wrong_seal_key";
    case LedgerErrc::BadSealKey:
      return "bad_seal_key";
    case LedgerErrc::NotFound:
      return "not_found";
    case LedgerErrc::AlreadyExists:
      return "already_exists";
    case LedgerErrc::Conflict:
      return "conflict";
    case LedgerErrc::Interrupted:
      return "interrupted";
    case LedgerErrc::Internal:
      return "internal";
  }
  return "unknown";
}

using LedgerError = BasicError<LedgerErrc>;

template <class T>
using LedgerResult = Result<T, LedgerError>;

}  // namespace ledgram::ledger
