#pragma once

/// The download of one file: aligned parts, several at once, written in order, with everything that Telegram can want
/// on the way (F4 to F13 of protocol.md, core.telegram.org/api/files#downloading-files).

#include "ledgram/base/strong_id.hpp"
#include "ledgram/collect/api_caller.hpp"
#include "ledgram/crypto/hash.hpp"
#include "ledgram/media/file_calls.hpp"
#include "ledgram/media/media_store.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/worker.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::media {

struct DownloadOptions {
  /// How long a part may take, with all its repetitions.
  std::chrono::seconds part_time{120};
  /// FLOOD_WAIT and FLOOD_PREMIUM_WAIT up to this long are waited for.
  std::chrono::seconds longest_wait{std::chrono::hours(1)};
  /// Parts asked for at once. Telegram answers more with FLOOD_PREMIUM_WAIT (F6).
  std::size_t parts_at_once = 8;
};

/// What a download wants to know and to tell; all must be set. Called on the loop's thread.
struct DownloadHooks {
  /// The file with a fresh reference from the message that it came with; nothing if it is gone.
  std::function<asio::awaitable<std::optional<RemoteFile>>()> refresh;
  /// Bytes that lie in the partial file now; the first call says what an earlier run left.
  std::function<void(std::int64_t written)> on_progress;
  /// Telegram wants a pause.
  std::function<void(std::chrono::seconds wait)> on_wait;
};

struct Downloaded {
  crypto::Sha256Digest sha256{};
  DcId dc;                 ///< where it was found
  std::int64_t fetched{};  ///< bytes that came over the network
};

/// How a partial file is called.
std::string partial_name(const RemoteFile& file);

/// Parts are of this many bytes. All sizes divide 1 MB and are multiples of the pieces that CDN hashes are of.
std::int64_t part_size(std::int64_t file_size);

/// Fetches what is not in the partial file yet and puts the whole into the store. At most `parts_at_once` parts are in
/// memory. Throws MediaFailure, TelegramFailure, or operation_aborted when cancelled; what was written before stays for
/// the next time, unless the bytes cannot be trusted. All references must outlive the call.
asio::awaitable<Downloaded> download(collect::ApiCaller& caller, net::Worker& disk, MediaStore& store, RemoteFile file,
                                     DownloadOptions options, DownloadHooks hooks);

}  // namespace ledgram::media
