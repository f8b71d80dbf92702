#include "ledgram/media/media_store.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>
#include <utility>

namespace ledgram::media {

namespace fs = std::filesystem;

namespace {

/// What others post is no business of other users of the machine.
constexpr mode_t kFileMode = 0600;
constexpr std::string_view kPartialEnd = ".part";

/// Direct writes begin at and take multiples of this; no disk's blocks are larger.
constexpr std::size_t kBlock = 4096;
constexpr std::size_t kDirectBuffer = 512 * 1024;
/// Smaller files go through the page cache: whoever fetched a photo looks at it next.
constexpr std::int64_t kDirectFrom = 4 * 1024 * 1024;

std::unexpected<MediaError> disk_error(std::string_view verb, const fs::path& path, int number) {
  MediaError error;
  error.code = MediaErrc::Disk;
  error.message = fmt::format("cannot {} {}: {}", verb, path.string(), std::strerror(number));
  if (number == ENOSPC || number == EDQUOT)
    error.message += "; make room and run the command again";
  return std::unexpected(std::move(error));
}

/// A number that is another after each start of the machine.
std::string machine_start() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  file >> id;
  constexpr std::size_t kEnough = 8;
  return id.size() < kEnough ? "unknown" : id.substr(0, kEnough);
}

MediaResult<void> make_folder(const fs::path& folder) {
  std::error_code problem;
  if (fs::create_directories(folder, problem); problem)
    return disk_error("make the folder", folder, problem.value());
  fs::permissions(folder, fs::perms::owner_all, problem);
  if (problem)
    return disk_error("protect the folder", folder, problem.value());
  return {};
}

/// So that a name that was given is still there after power loss.
void sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0)
    return;
  ::fsync(descriptor);
  ::close(descriptor);
}

}  // namespace

PartialFile::PartialFile(PartialFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      size_(other.size_),
      hash_(std::move(other.hash_)),
      direct_(std::move(other.direct_)) {}

PartialFile::~PartialFile() {
  if (descriptor_ >= 0)
    ::close(descriptor_);
}

void PartialFile::try_direct() {
  if (size_ % static_cast<std::int64_t>(kBlock) != 0)
    return;
  const int flags = ::fcntl(descriptor_, F_GETFL);
  if (flags < 0 || ::fcntl(descriptor_, F_SETFL, flags | O_DIRECT) != 0)
    return;  // tmpfs, for example
  direct_.reset(static_cast<std::uint8_t*>(std::aligned_alloc(kBlock, kDirectBuffer)));
  if (!direct_)
    throw std::bad_alloc();
}

void PartialFile::leave_direct() {
  ::fcntl(descriptor_, F_SETFL, ::fcntl(descriptor_, F_GETFL) & ~O_DIRECT);
  direct_.reset();
}

MediaResult<void> PartialFile::append(ByteView bytes) {
  hash_.add(bytes);
  if (direct_) {
    const std::size_t whole = bytes.size() / kBlock * kBlock;
    if (auto written = write_direct(bytes.first(whole)); !written)
      return written;
    bytes = bytes.subspan(whole);
    if (!bytes.empty() && direct_)
      leave_direct();  // the file's end
  }
  return write(bytes);
}

MediaResult<void> PartialFile::write_direct(ByteView blocks) {
  while (!blocks.empty()) {
    const ByteView some = blocks.first(std::min(blocks.size(), kDirectBuffer));
    std::ranges::copy(some, direct_.get());
    const ssize_t count = ::pwrite(descriptor_, direct_.get(), some.size(), size_);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0 && errno != EINVAL)
      return disk_error("write to", path_, errno);
    if (count > 0) {
      size_ += count;
      blocks = blocks.subspan(static_cast<std::size_t>(count));
    }
    if (count <= 0 || static_cast<std::size_t>(count) % kBlock != 0) {
      leave_direct();  // the file system wants other blocks than these
      return write(blocks);
    }
  }
  return {};
}

MediaResult<void> PartialFile::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(descriptor_, bytes.data(), bytes.size(), size_);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return disk_error("write to", path_, errno);
    size_ += count;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

MediaStore::MediaStore(fs::path folder, std::string start) : folder_(std::move(folder)), start_(std::move(start)) {}

MediaResult<MediaStore> MediaStore::open(fs::path folder) {
  for (const fs::path& needed : {folder, folder / "partial"}) {
    if (auto made = make_folder(needed); !made)
      return std::unexpected(std::move(made.error()));
  }
  MediaStore store(std::move(folder), machine_start());
  const std::string ours = fmt::format(".{}{}", store.start_, kPartialEnd);
  std::error_code ignored;  // what cannot be removed now is tried at the next start
  for (const fs::directory_entry& entry : fs::directory_iterator(store.folder_ / "partial", ignored)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(kPartialEnd) && !name.ends_with(ours))
      fs::remove(entry.path(), ignored);
  }
  return store;
}

fs::path MediaStore::partial_path(std::string_view name) const {
  return folder_ / "partial" / fmt::format("{}.{}{}", name, start_, kPartialEnd);
}

fs::path MediaStore::path_of(ByteView sha256) const {
  const std::string hash = to_hex(sha256);
  return folder_ / hash.substr(0, 2) / hash;
}

bool MediaStore::has(ByteView sha256) const {
  std::error_code problem;
  return fs::is_regular_file(path_of(sha256), problem);
}

MediaResult<PartialFile> MediaStore::resume(std::string_view name, std::int64_t most, std::int64_t step) {
  fs::path path = partial_path(name);
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kFileMode);
  if (descriptor < 0)
    return disk_error("open", path, errno);
  PartialFile file(path, descriptor);
  struct stat status{};
  if (::fstat(descriptor, &status) != 0)
    return disk_error("look at", path, errno);
  const std::int64_t present = std::int64_t{status.st_size};
  // Longer than the file means that it is another file's, or damaged.
  const std::int64_t kept = present > most ? 0 : present == most ? present : present / step * step;
  if (kept != present && ::ftruncate(descriptor, kept) != 0)
    return disk_error("shorten", path, errno);
  Bytes buffer(static_cast<std::size_t>(std::min<std::int64_t>(kept, 1024 * 1024)));
  while (file.size_ < kept) {
    const ssize_t count = ::pread(descriptor, buffer.data(), buffer.size(), file.size_);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return disk_error("read", path, count < 0 ? errno : EIO);
    file.hash_.add(ByteView(buffer).first(static_cast<std::size_t>(count)));
    file.size_ += count;
  }
  if (most >= kDirectFrom)
    file.try_direct();
  return file;
}

MediaResult<crypto::Sha256Digest> MediaStore::finish(PartialFile file, std::int64_t expected) {
  if (file.size_ != expected) {
    MediaError error;
    error.code = file.size_ < expected ? MediaErrc::EndedEarly : MediaErrc::TooLong;
    error.message = fmt::format("{} bytes were fetched of a file of {}", file.size_, expected);
    return std::unexpected(std::move(error));
  }
  const crypto::Sha256Digest digest = file.hash_.finish();
  std::error_code problem;
  if (has(digest)) {
    fs::remove(file.path_, problem);
    return digest;
  }
  if (::fdatasync(file.descriptor_) != 0)
    return disk_error("write", file.path_, errno);
  const fs::path place = path_of(digest);
  if (auto made = make_folder(place.parent_path()); !made)
    return std::unexpected(std::move(made.error()));
  fs::rename(file.path_, place, problem);
  if (problem)
    return disk_error("store", place, problem.value());
  sync_folder(place.parent_path());
  return digest;
}

void MediaStore::forget(std::string_view name) {
  std::error_code ignored;  // it is looked at again before it is used
  fs::remove(partial_path(name), ignored);
}

}  // namespace ledgram::media
