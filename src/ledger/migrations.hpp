#pragma once

/// The schema's history: numbered steps from an empty file to what this program needs. For the inside of this floor.

#include "ledgram/ledger/sqlite.hpp"

#include <cstdint>
#include <span>

namespace ledgram::ledger {

/// "LdGr" in PRAGMA application_id: what tells a ledger from any other SQLite file.
inline constexpr std::int32_t kApplicationId = 0x4C644772;

struct Migration {
  std::int32_t version;  ///< PRAGMA user_version after it
  const char* sql;
};

/// In rising order of version, without gaps, from 1.
std::span<const Migration> migrations();

std::int32_t newest_schema_version();

/// Checks that the file is a ledger that this program can use. Throws ForeignFile, NewerSchema, Corrupt.
/// Returns its schema version, which may be older than the newest.
std::int32_t check_schema(sqlite::Connection& connection);

/// Brings the schema up to date, each step in a transaction of its own. On a new file also sets the application id.
void migrate(sqlite::Connection& connection, std::span<const Migration> steps);

}  // namespace ledgram::ledger
