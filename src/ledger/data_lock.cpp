#include "ledgram/ledger/data_lock.hpp"

#include "ledgram/ledger/files.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace ledgram::ledger {
namespace {

// What the holder wrote: its process number. Empty if it has not come to that yet.
std::string read_holder(int fd) {
  char buffer[32];
  const ssize_t got = ::pread(fd, buffer, sizeof buffer, 0);
  std::string digits;
  for (ssize_t i = 0; i < got && buffer[i] >= '0' && buffer[i] <= '9'; ++i)
    digits.push_back(buffer[i]);
  return digits;
}

}  // namespace

LedgerResult<DataLock> DataLock::acquire(const std::filesystem::path& dir) {
  if (auto made = make_private_folder(dir); !made)
    return std::unexpected(made.error());
  const std::filesystem::path file = dir / "lock";
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return std::unexpected(file_error("write", file, errno));
  DataLock lock(fd);
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR)
      continue;
    if (errno != EWOULDBLOCK)
      return std::unexpected(file_error("lock", file, errno));
    const std::string holder = read_holder(fd);
    return std::unexpected(LedgerError{
        LedgerErrc::Locked, fmt::format("another ledgram{} is using {}; wait until it ends, stop it, or choose another "
                                        "folder with --data",
                                        holder.empty() ? "" : " (process " + holder + ")", dir.string())});
  }
  const std::string text = fmt::format("{}\n", ::getpid());
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return std::unexpected(file_error("write", file, errno));
  }
  return lock;
}

DataLock::DataLock(DataLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DataLock& DataLock::operator=(DataLock&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0)
      ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

DataLock::~DataLock() {
  if (fd_ >= 0)
    ::close(fd_);
}

}  // namespace ledgram::ledger
