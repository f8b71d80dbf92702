#pragma once

/// Small file work that the lock, the seal key and the database file share. For the inside of this floor.

#include "ledgram/ledger/error.hpp"

#include <filesystem>
#include <string_view>

namespace ledgram::ledger {

/// The error for a failed file operation, in words for people. `verb` completes "cannot ... FILE".
LedgerError file_error(std::string_view verb, const std::filesystem::path& file, int error_number);

/// Makes `dir` and what is missing above it; a folder that this call makes gets mode 0700. One that exists stays as it
/// is.
LedgerResult<void> make_private_folder(const std::filesystem::path& dir);

}  // namespace ledgram::ledger
