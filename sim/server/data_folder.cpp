#include "ledgram/sim_server/data_folder.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace ledgram::sim {

namespace fs = std::filesystem;

namespace {

constexpr mode_t kSecretMode = 0600;
constexpr mode_t kPublicMode = 0644;

/// A key or secret file is a few kilobytes; what is larger is something else.
constexpr std::uintmax_t kMaxFileSize = 64 * 1024;

ServerError folder_error(const fs::path& path, std::string_view what) {
  return {ServerErrc::DataFolder, fmt::format("{}: {}", path.string(), what)};
}

/// A file descriptor that is closed at the end of its scope unless it is released.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0)
      ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Readers see the old file or the new one, never a part.
ServerResult<void> write_file(const fs::path& file, std::string_view text, mode_t mode) {
  fs::path temporary = file;
  temporary += ".new";
  {
    const Descriptor descriptor(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (descriptor.get() < 0 || ::fchmod(descriptor.get(), mode) != 0 || !write_all(descriptor.get(), text) ||
        ::fsync(descriptor.get()) != 0) {
      return std::unexpected(folder_error(temporary, fmt::format("cannot be written: {}", std::strerror(errno))));
    }
  }
  if (::rename(temporary.c_str(), file.c_str()) != 0) {
    return std::unexpected(folder_error(file, fmt::format("cannot be replaced: {}", std::strerror(errno))));
  }
  return {};
}

/// Nothing if there is no such file.
ServerResult<std::optional<std::string>> read_file(const fs::path& file) {
  std::error_code problem;
  const std::uintmax_t size = fs::file_size(file, problem);
  if (problem == std::errc::no_such_file_or_directory)
    return std::optional<std::string>{};
  if (problem)
    return std::unexpected(folder_error(file, fmt::format("cannot be read: {}", problem.message())));
  if (size > kMaxFileSize)
    return std::unexpected(folder_error(file, "is far too large for what it should hold"));
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (stream.bad() || text.size() != size)
    return std::unexpected(folder_error(file, "cannot be read"));
  return std::optional<std::string>{std::move(text)};
}

ServerResult<int> lock_folder(const fs::path& folder) {
  const fs::path file = folder / "lock";
  Descriptor descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kSecretMode));
  if (descriptor.get() < 0) {
    return std::unexpected(
        folder_error(file, fmt::format("cannot be opened: {}; is the folder writable?", std::strerror(errno))));
  }
  if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return std::unexpected(folder_error(file, fmt::format("cannot be locked: {}", std::strerror(errno))));
    return server_error(
        ServerErrc::FolderInUse,
        fmt::format("{} is in use by another ledgram-sim; stop it, or give --data another folder", folder.string()));
  }
  return descriptor.release();
}

ServerResult<crypto::RsaPrivateKey> load_or_make_rsa_key(const fs::path& file) {
  auto text = read_file(file);
  if (!text)
    return std::unexpected(std::move(text.error()));
  if (!*text) {
    crypto::RsaPrivateKey key = crypto::RsaPrivateKey::generate();
    const SecretText pem = key.to_pem();
    if (auto written = write_file(file, pem.reveal(), kSecretMode); !written)
      return std::unexpected(written.error());
    return key;
  }
  auto key = crypto::RsaPrivateKey::from_pem(**text);
  if (!key) {
    return std::unexpected(folder_error(
        file,
        fmt::format("{}; delete it to get a new key (clients then need the new public.pem)", key.error().message)));
  }
  return std::move(*key);
}

ServerResult<ByteArray<16>> load_or_make_secret(const fs::path& file, RandomSource& random) {
  auto text = read_file(file);
  if (!text)
    return std::unexpected(std::move(text.error()));
  ByteArray<16> secret{};
  if (!*text) {
    random.fill(secret);
    if (auto written = write_file(file, to_hex(secret) + "\n", kSecretMode); !written)
      return std::unexpected(written.error());
    return secret;
  }
  std::string_view digits = **text;
  while (!digits.empty() && (digits.back() == '\n' || digits.back() == '\r'))
    digits.remove_suffix(1);
  const auto bytes = from_hex(digits);
  if (!bytes || bytes->size() != secret.size()) {
    return std::unexpected(folder_error(file, "must hold 32 hexadecimal digits; delete it to get a new secret"));
  }
  std::ranges::copy(*bytes, secret.begin());
  return secret;
}

}  // namespace

ServerResult<DataFolder> DataFolder::open(const fs::path& path, RandomSource& random) {
  std::error_code problem;
  fs::path folder = fs::absolute(path, problem).lexically_normal();
  if (problem)
    return std::unexpected(folder_error(path, problem.message()));
  if (!folder.has_filename())
    folder = folder.parent_path();
  const bool existed = fs::is_directory(folder, problem);
  if (!existed) {
    fs::create_directories(folder, problem);
    if (problem)
      return std::unexpected(folder_error(folder, fmt::format("cannot be made: {}", problem.message())));
    fs::permissions(folder, fs::perms::owner_all, problem);
    if (problem)
      return std::unexpected(folder_error(folder, problem.message()));
  }

  auto lock = lock_folder(folder);
  if (!lock)
    return std::unexpected(std::move(lock.error()));
  Descriptor guard(*lock);

  auto rsa_key = load_or_make_rsa_key(folder / "private_key.pem");
  if (!rsa_key)
    return std::unexpected(std::move(rsa_key.error()));
  auto secret = load_or_make_secret(folder / "mtproxy_secret", random);
  if (!secret)
    return std::unexpected(std::move(secret.error()));
  auto written = write_file(folder / "public.pem", crypto::public_pem_pkcs1(rsa_key->public_key()), kPublicMode);
  if (!written)
    return std::unexpected(std::move(written.error()));

  DataFolder result(std::move(folder), guard.release(), std::move(*rsa_key), *secret);
  result.remove_ready();  // left behind by a simulator that was killed
  return result;
}

DataFolder::DataFolder(fs::path path, int lock, crypto::RsaPrivateKey rsa_key, ByteArray<16> mtproxy_secret)
    : path_(std::move(path)), lock_(lock), rsa_key_(std::move(rsa_key)), mtproxy_secret_(mtproxy_secret) {}

DataFolder::DataFolder(DataFolder&& other) noexcept
    : path_(std::move(other.path_)),
      lock_(std::exchange(other.lock_, -1)),
      rsa_key_(std::move(other.rsa_key_)),
      mtproxy_secret_(other.mtproxy_secret_) {}

DataFolder::~DataFolder() {
  if (lock_ >= 0)
    ::close(lock_);
}

ServerResult<crypto::RsaPrivateKey> DataFolder::cdn_key() const {
  return load_or_make_rsa_key(path_ / "cdn_key.pem");
}

ServerResult<void> DataFolder::write_ready(std::string_view json_line) const {
  return write_file(ready_file(), json_line, kSecretMode);
}

void DataFolder::remove_ready() const {
  std::error_code ignored;  // a file that is not there is what was wanted
  fs::remove(ready_file(), ignored);
}

}  // namespace ledgram::sim
