#pragma once

/// The folder that makes a simulated Telegram the same one after a restart. Holds the lock on it while it lives.
///
///     lock               held while a simulator runs
///     private_key.pem    the server's RSA key (mode 0600)
///     cdn_key.pem        the RSA key of the CDN's data centre, made when the CDN is first switched on (mode 0600)
///     public.pem         what clients are given
///     mtproxy_secret     the secret of the MTProxy port, 32 hexadecimal digits (mode 0600)
///     state.db           authorization keys, accounts, what was published
///     ready.json         where a running simulator listens; absent while none runs

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/crypto/rsa.hpp"
#include "ledgram/sim_server/error.hpp"

#include <filesystem>
#include <string_view>

namespace ledgram::sim {

class DataFolder {
 public:
  /// Makes the folder (mode 0700) and what is missing in it. FolderInUse if another process holds its lock; DataFolder
  /// if it cannot be used or what lies in it is damaged: a damaged key is reported, never replaced.
  static ServerResult<DataFolder> open(const std::filesystem::path& path, RandomSource& random);

  DataFolder(DataFolder&& other) noexcept;
  DataFolder& operator=(DataFolder&&) = delete;
  ~DataFolder();

  /// Absolute.
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path database_file() const { return path_ / "state.db"; }
  [[nodiscard]] std::filesystem::path public_key_file() const { return path_ / "public.pem"; }
  [[nodiscard]] std::filesystem::path ready_file() const { return path_ / "ready.json"; }

  [[nodiscard]] const crypto::RsaPrivateKey& rsa_key() const { return rsa_key_; }
  /// Reads the CDN's key, or makes it, which takes some 100 ms.
  [[nodiscard]] ServerResult<crypto::RsaPrivateKey> cdn_key() const;

  [[nodiscard]] const ByteArray<16>& mtproxy_secret() const { return mtproxy_secret_; }

  /// Replaces ready.json in one step.
  [[nodiscard]] ServerResult<void> write_ready(std::string_view json_line) const;
  void remove_ready() const;

 private:
  DataFolder(std::filesystem::path path, int lock, crypto::RsaPrivateKey rsa_key, ByteArray<16> mtproxy_secret);

  std::filesystem::path path_;
  int lock_;
  crypto::RsaPrivateKey rsa_key_;
  ByteArray<16> mtproxy_secret_;
};

}  // namespace ledgram::sim
