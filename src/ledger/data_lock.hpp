#pragma once

/// One process a data folder. Two processes that use one authorization key at once lose it for ever
/// (AUTH_KEY_DUPLICATED), so whoever writes to the folder or connects with its sessions holds this lock.

#include "ledgram/ledger/error.hpp"

#include <filesystem>

namespace ledgram::ledger {

/// Holds DIR/lock for as long as it lives. The lock is the kernel's (flock), so it ends with the process however that
/// dies; the file with the process number in it stays and means nothing by itself.
class DataLock {
 public:
  /// Makes the folder (mode 0700) if it is missing. Errors: Locked (names the process that holds it), ReadOnly, Io.
  static LedgerResult<DataLock> acquire(const std::filesystem::path& dir);

  DataLock(DataLock&& other) noexcept;
  DataLock& operator=(DataLock&& other) noexcept;
  DataLock(const DataLock&) = delete;
  DataLock& operator=(const DataLock&) = delete;
  ~DataLock();

 private:
  explicit DataLock(int fd) : fd_(fd) {}

  int fd_ = -1;
};

}  // namespace ledgram::ledger
