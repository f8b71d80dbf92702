#include "ledgram/ledger/journal_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

namespace ledgram::ledger::sqlite {
namespace {

constexpr const char* kName = "ledgram";
/// Before each page in the log.
constexpr int kFrameHeader = 24;
/// Of a frame's header: how many pages the database has then; 0 unless the frame commits.
constexpr std::size_t kCommitMark = 4;
/// What waits at most, bytes.
constexpr std::size_t kMostWaiting = std::size_t{1} << 20U;
/// No page is larger, so a VFS need not take more at once; that of Unix does not.
constexpr std::size_t kLargestWrite = std::size_t{1} << 16U;

sqlite3_vfs* original = nullptr;

/// The end of a log that has not been written yet.
class Tail {
 public:
  int write(sqlite3_file& file, const std::uint8_t* data, int size, sqlite3_int64 at) {
    if (!waiting_.empty() && at != at_ + static_cast<sqlite3_int64>(waiting_.size())) {
      const int code = flush(file);
      if (code != SQLITE_OK)
        return code;
    }
    if (size == kFrameHeader)
      commits_ = std::memcmp(data + kCommitMark, "\0\0\0\0", 4) != 0;
    // Nothing waits once the frame that commits is written, be it its page or its header: SQLite writes headers of
    // earlier frames again, and that one last, if pages came twice. Nor does the header of the log.
    const bool goes_now = commits_ || at == 0;
    if (waiting_.empty()) {
      if (goes_now)
        return file.pMethods->xWrite(&file, data, size, at);
      at_ = at;
    }
    try {
      waiting_.insert(waiting_.end(), data, data + size);
    } catch (const std::bad_alloc&) {
      return SQLITE_IOERR_NOMEM;
    }
    return goes_now || waiting_.size() >= kMostWaiting ? flush(file) : SQLITE_OK;
  }

  /// What cannot be written is given up: its transaction fails.
  int flush(sqlite3_file& file) {
    int code = SQLITE_OK;
    for (std::size_t done = 0; done < waiting_.size() && code == SQLITE_OK; done += kLargestWrite) {
      const std::size_t size = std::min(kLargestWrite, waiting_.size() - done);
      code = file.pMethods->xWrite(&file, waiting_.data() + done, static_cast<int>(size),
                                   at_ + static_cast<sqlite3_int64>(done));
    }
    waiting_.clear();
    return code;
  }

 private:
  std::vector<std::uint8_t> waiting_;
  sqlite3_int64 at_ = 0;  ///< where the first byte that waits goes
  bool commits_ = false;  ///< the newest frame does
};

/// What SQLite has as a sqlite3_file; that of the original VFS lies behind it.
struct LogFile {
  sqlite3_file base{};
  Tail tail{};

  [[nodiscard]] sqlite3_file& real() {
    return *std::launder(reinterpret_cast<sqlite3_file*>(reinterpret_cast<std::byte*>(this) + kSize));
  }
  static LogFile& of(sqlite3_file* file) { return *std::launder(reinterpret_cast<LogFile*>(file)); }

  static const std::size_t kSize;
};

constexpr std::size_t kAlignment = alignof(std::max_align_t);
const std::size_t LogFile::kSize = (sizeof(LogFile) + kAlignment - 1) / kAlignment * kAlignment;

/// Calls `method` of the real file when nothing waits any more.
template <auto Method, class... Args>
int after_flush(sqlite3_file* file, Args... args) {
  LogFile& log = LogFile::of(file);
  const int code = log.tail.flush(log.real());
  return code != SQLITE_OK ? code : (log.real().pMethods->*Method)(&log.real(), args...);
}

template <auto Method, class... Args>
int at_once(sqlite3_file* file, Args... args) {
  sqlite3_file& real = LogFile::of(file).real();
  return (real.pMethods->*Method)(&real, args...);
}

int close_log(sqlite3_file* file) {
  LogFile& log = LogFile::of(file);
  // Only what was never committed can wait here.
  log.tail.flush(log.real());
  const int code = log.real().pMethods->xClose(&log.real());
  std::destroy_at(&log);
  return code;
}

int write_log(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
  LogFile& log = LogFile::of(file);
  return log.tail.write(log.real(), static_cast<const std::uint8_t*>(data), size, at);
}

/// Version 1: shared memory and mapping are the business of the database's own file.
constexpr sqlite3_io_methods kLogMethods = [] {
  sqlite3_io_methods methods{};
  methods.iVersion = 1;
  methods.xClose = close_log;
  methods.xRead = after_flush<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>;
  methods.xWrite = write_log;
  methods.xTruncate = after_flush<&sqlite3_io_methods::xTruncate, sqlite3_int64>;
  methods.xSync = after_flush<&sqlite3_io_methods::xSync, int>;
  methods.xFileSize = after_flush<&sqlite3_io_methods::xFileSize, sqlite3_int64*>;
  methods.xLock = at_once<&sqlite3_io_methods::xLock, int>;
  methods.xUnlock = at_once<&sqlite3_io_methods::xUnlock, int>;
  methods.xCheckReservedLock = at_once<&sqlite3_io_methods::xCheckReservedLock, int*>;
  methods.xFileControl = at_once<&sqlite3_io_methods::xFileControl, int, void*>;
  methods.xSectorSize = at_once<&sqlite3_io_methods::xSectorSize>;
  methods.xDeviceCharacteristics = at_once<&sqlite3_io_methods::xDeviceCharacteristics>;
  return methods;
}();

int open_file(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  if ((flags & SQLITE_OPEN_WAL) == 0)
    return original->xOpen(original, name, file, flags, out_flags);
  auto* log = new (static_cast<void*>(file)) LogFile;
  const int code = original->xOpen(original, name, &log->real(), flags, out_flags);
  if (code == SQLITE_OK) {
    log->base.pMethods = &kLogMethods;
  } else {
    std::destroy_at(log);
    file->pMethods = nullptr;
  }
  return code;
}

const char* register_vfs() {
  original = sqlite3_vfs_find(nullptr);
  if (original == nullptr)
    return nullptr;
  // Everything but opening is the original's: its functions go by what stands in the structure.
  static sqlite3_vfs vfs = *original;
  vfs.zName = kName;
  vfs.pNext = nullptr;
  vfs.szOsFile = original->szOsFile + static_cast<int>(LogFile::kSize);
  vfs.xOpen = open_file;
  return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK ? kName : nullptr;
}

}  // namespace

const char* journal_vfs() {
  static const char* const name = register_vfs();
  return name;
}

}  // namespace ledgram::ledger::sqlite
