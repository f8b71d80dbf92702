#include "ledgram/app/storage_meter.hpp"

#include "ledgram/app/data_folder.hpp"
#include "ledgram/base/log.hpp"

namespace ledgram::app {

StorageMeter::Sizes StorageMeter::measure() {
  const std::filesystem::path ledger = ledger_path(data_);
  const std::filesystem::path search = search_path(data_);
  return {{"ledger", size_of("ledger", ledger)},
          {"journal", database_journal("journal", ledger)},
          {"search", size_of("search", search) + database_journal("search", search)},
          {"media", media_size()}};
}

std::uintmax_t StorageMeter::size_of(std::string_view part, const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  return is_good(part, error) ? size : 0;
}

std::uintmax_t StorageMeter::database_journal(std::string_view part, const std::filesystem::path& database) {
  return size_of(part, database.string() + "-wal") + size_of(part, database.string() + "-shm");
}

std::uintmax_t StorageMeter::media_size() {
  const std::scoped_lock lock(mutex_);
  const nanoseconds now = clock_.now().monotonic;
  if (media_counted_ && now - *media_counted_ < kMediaAge)
    return media_;
  media_ = 0;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entry(media_folder(data_), error);
  const std::filesystem::recursive_directory_iterator end;
  while (is_good("media", error) && entry != end) {
    // A file that was moved away meanwhile is no regular file.
    std::error_code moved;
    if (entry->is_regular_file(moved))
      media_ += size_of("media", entry->path());
    entry.increment(error);
  }
  if (!error)
    media_counted_ = now;
  return media_;
}

bool StorageMeter::is_good(std::string_view part, const std::error_code& error) {
  if (error && error != std::errc::no_such_file_or_directory) {
    log::warning("app", "the size of the files of {} cannot be told: {}", part, error.message());
  }
  return !error;
}

}  // namespace ledgram::app
