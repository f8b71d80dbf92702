#include "ledgram/ledger/files.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace ledgram::ledger {

LedgerError file_error(std::string_view verb, const std::filesystem::path& file, int error_number) {
  const std::string reason = std::generic_category().message(error_number);
  switch (error_number) {
    case EACCES:
    case EPERM:
    case EROFS:
      return {LedgerErrc::ReadOnly, fmt::format("cannot {} {}: {}; make the folder writable for this user, or choose "
                                                "another one with --data",
                                                verb, file.string(), reason)};
    case ENOSPC:
    case EDQUOT:
      return {LedgerErrc::Io,
              fmt::format("cannot {} {}: {}; free some space and run it again", verb, file.string(), reason)};
    default:
      return {LedgerErrc::Io,
              fmt::format("cannot {} {}: {}; check the path given with --data", verb, file.string(), reason)};
  }
}

LedgerResult<void> make_private_folder(const std::filesystem::path& dir) {
  std::error_code error;
  if (std::filesystem::is_directory(dir, error))
    return {};
  if (dir.has_parent_path()) {
    std::filesystem::create_directories(dir.parent_path(), error);
    if (error)
      return std::unexpected(file_error("make the folder", dir.parent_path(), error.value()));
  }
  if (::mkdir(dir.c_str(), 0700) != 0 && (errno != EEXIST || !std::filesystem::is_directory(dir, error))) {
    return std::unexpected(file_error("make the folder", dir, errno));
  }
  return {};
}

}  // namespace ledgram::ledger
