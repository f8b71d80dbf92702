#pragma once

/// Files under their SHA-256, so that the same file lies there once however often it was posted.
///
///     DIR/ab/abcdef...           a whole file; the name is its hash
///     DIR/partial/NAME.part      one that is being fetched
///
/// A partial file is only ever appended to, so after kill -9 all of it is good. Power loss can leave zeros in it: the
/// name holds the number of this start of the machine, and those of earlier ones are thrown away. A whole file is on
/// the disk before it gets its name.
///
/// Blocks; for a net::Worker. Used by one thread at a time.

#include "ledgram/base/bytes.hpp"
#include "ledgram/crypto/sha256_stream.hpp"
#include "ledgram/media/error.hpp"

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace ledgram::media {

/// A file on its way. Closed without finish(), it stays for the next run.
class PartialFile {
 public:
  PartialFile(PartialFile&& other) noexcept;
  PartialFile& operator=(PartialFile&&) = delete;
  ~PartialFile();

  [[nodiscard]] std::int64_t size() const { return size_; }

  /// At the end. After an error the file is to be closed.
  MediaResult<void> append(ByteView bytes);

 private:
  friend class MediaStore;
  PartialFile(std::filesystem::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  /// What is appended goes past the kernel's page cache from now on, if the file system can do that.
  void try_direct();
  void leave_direct();
  MediaResult<void> write(ByteView bytes);
  MediaResult<void> write_direct(ByteView blocks);

  /// Memory that begins at a block's boundary.
  struct FreeMemory {
    void operator()(std::uint8_t* memory) const { std::free(memory); }
  };

  std::filesystem::path path_;
  int descriptor_;
  std::int64_t size_ = 0;
  crypto::Sha256Stream hash_;
  std::unique_ptr<std::uint8_t[], FreeMemory> direct_;  ///< nothing: through the page cache
};

class MediaStore {
 public:
  /// Makes the folders (mode 0700) and removes partial files of earlier starts of the machine.
  static MediaResult<MediaStore> open(std::filesystem::path folder);

  /// The partial file `name` as it was left, cut down to `most` bytes and to a multiple of `step`; a new one if there
  /// is none. Reads what is there once, for the hash.
  MediaResult<PartialFile> resume(std::string_view name, std::int64_t most, std::int64_t step);

  /// Puts a whole file into the store. Its size must be `expected`. Gives its hash.
  MediaResult<crypto::Sha256Digest> finish(PartialFile file, std::int64_t expected);

  /// Throws away what was fetched of a file.
  void forget(std::string_view name);

  [[nodiscard]] bool has(ByteView sha256) const;
  [[nodiscard]] std::filesystem::path path_of(ByteView sha256) const;

 private:
  explicit MediaStore(std::filesystem::path folder, std::string start);

  [[nodiscard]] std::filesystem::path partial_path(std::string_view name) const;

  std::filesystem::path folder_;
  std::string start_;  ///< of the machine
};

}  // namespace ledgram::media
