#include "ledgram/ledger/seal_key.hpp"

#include "ledgram/ledger/files.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace ledgram::ledger {
namespace {

constexpr const char* kVariable = "LEDGRAM_SEAL_KEY";

/// A key file holds 65 bytes; anything near this limit is some other file.
constexpr std::size_t kMaxFileSize = 4096;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

std::unexpected<LedgerError> bad_key(std::string message) {
  return std::unexpected(LedgerError{LedgerErrc::BadSealKey, std::move(message)});
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// 64 hexadecimal digits are also valid base64, of 48 bytes: so hexadecimal is tried first and the length decides.
std::optional<crypto::SealKey> parse_key(std::string_view text) {
  std::optional<Bytes> bytes = from_hex(text);
  if (!bytes || bytes->size() != crypto::SealKey::kSize)
    bytes = from_base64(text);
  if (!bytes)
    return std::nullopt;
  const SecretBytes secret(std::move(*bytes));
  auto key = crypto::SealKey::from_bytes(secret.reveal());
  if (!key)
    return std::nullopt;
  return std::move(*key);
}

LedgerResult<crypto::SealKey> read_key_file(const std::filesystem::path& file, int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0)
    return std::unexpected(file_error("read", file, errno));
  if ((status.st_mode & 077) != 0) {
    return bad_key(
        fmt::format("the key file {} can be read by others (mode {:03o}); if nobody has copied it, close it with: "
                    "chmod 600 {}",
                    file.string(), status.st_mode & 0777, file.string()));
  }
  std::string text(kMaxFileSize, '\0');
  const ssize_t got = ::read(fd, text.data(), text.size());
  if (got < 0)
    return std::unexpected(file_error("read", file, errno));
  text.resize(static_cast<std::size_t>(got));
  const SecretText secret(std::move(text));
  auto key = parse_key(trimmed(secret.reveal()));
  if (!key) {
    return bad_key(
        fmt::format("the key file {} does not hold 64 hexadecimal digits; put back the right file from a "
                    "copy, or delete it and log the accounts in again",
                    file.string()));
  }
  return std::move(*key);
}

LedgerResult<void> write_all(const std::filesystem::path& file, int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return std::unexpected(file_error("write", file, errno));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0)
    return std::unexpected(file_error("write", file, errno));
  return {};
}

// Written beside and moved into place, so that a process killed at any moment leaves a whole key file or none.
// The folder is synced as well: sessions sealed with the key are committed durably, so the key must not be younger.
LedgerResult<crypto::SealKey> create_key_file(const std::filesystem::path& file, RandomSource& random) {
  const std::filesystem::path draft = file.string() + ".new";
  ::unlink(draft.c_str());
  const Descriptor fd(::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (fd.get() < 0)
    return std::unexpected(file_error("write", draft, errno));
  auto key = crypto::SealKey::generate(random);
  const SecretText text(to_hex(key.reveal()) + "\n");
  if (auto written = write_all(draft, fd.get(), text.reveal()); !written) {
    ::unlink(draft.c_str());
    return std::unexpected(written.error());
  }
  if (::rename(draft.c_str(), file.c_str()) != 0)
    return std::unexpected(file_error("write", file, errno));
  const Descriptor folder(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0)
    ::fsync(folder.get());
  return key;
}

}  // namespace

LedgerResult<crypto::SealKey> load_or_create_seal_key(const std::filesystem::path& dir, RandomSource& random) {
  if (const char* text = std::getenv(kVariable); text != nullptr && *text != '\0') {
    auto key = parse_key(trimmed(text));
    if (!key) {
      return bad_key(
          fmt::format("{} does not hold a key; set it to 64 hexadecimal digits (openssl rand -hex 32), or "
                      "unset it to use the key file",
                      kVariable));
    }
    return std::move(*key);
  }
  const std::filesystem::path file = dir / "seal.key";
  const Descriptor fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() >= 0)
    return read_key_file(file, fd.get());
  if (errno != ENOENT)
    return std::unexpected(file_error("read", file, errno));
  return create_key_file(file, random);
}

}  // namespace ledgram::ledger
