#include "ledgram/media/download.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/crypto/aes.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace ledgram::media {

namespace {

using telegram::TelegramError;
using telegram::TelegramFailure;

constexpr std::string_view kModule = "media";

constexpr std::int64_t kKilobyte = 1024;
constexpr std::int64_t kSmallPart = 128 * kKilobyte;  // one piece of the CDN's hashes
constexpr std::int64_t kLargePart =
    512 * kKilobyte;  // half of what Telegram allows, so that a slow line shows progress
constexpr std::int64_t kLargeFile = 4 * 1024 * kKilobyte;

/// R19: a fresh reference that is refused is tried once more, then given up.
constexpr int kMostRefreshes = 2;
/// A part that comes short is asked for again: servers do that under load.
constexpr int kMostShortAnswers = 2;
/// F11: after so many refusals of tokens the file is taken from Telegram itself.
constexpr int kMostTokens = 3;
constexpr int kMostReuploads = 3;

[[noreturn]] void fail(MediaErrc code, std::string message) {
  MediaError error;
  error.code = code;
  error.message = std::move(message);
  throw MediaFailure(std::move(error));
}

bool is_reference_error(const TelegramError& error) {
  return error.rpc && error.rpc->name.starts_with("FILE_REFERENCE_");
}

bool refuses(const TelegramError& error, std::string_view name) {
  return error.rpc && error.rpc->is(name);
}

/// Bytes of the file inside the answer that brought them.
struct Piece {
  Bytes answer;
  PartBytes range;

  [[nodiscard]] ByteView bytes() const { return ByteView(answer).subspan(range.begin, range.size); }
  [[nodiscard]] MutableByteView bytes() { return MutableByteView(answer).subspan(range.begin, range.size); }
};

class Download {
 public:
  Download(const asio::any_io_executor& executor, collect::ApiCaller& caller, net::Worker& disk, MediaStore& store,
           RemoteFile file, DownloadOptions options, DownloadHooks hooks)
      : caller_(caller),
        disk_(disk),
        store_(store),
        file_(std::move(file)),
        options_(options),
        hooks_(std::move(hooks)),
        step_(part_size(file_.size)),
        changed_(executor),
        tasks_(executor) {}

  asio::awaitable<Downloaded> run() {
    const std::string name = partial_name(file_);
    auto resume = [this, &name] { return store_.resume(name, file_.size, step_); };
    MediaResult<PartialFile> opened = co_await disk_.run(std::move(resume));
    PartialFile partial = value_or_throw(std::move(opened));
    next_ = partial.size();
    written_ = partial.size();
    hooks_.on_progress(written_);
    if (written_ < file_.size) {
      const std::int64_t missing = (file_.size - written_ + step_ - 1) / step_;
      const auto fetchers = std::min<std::int64_t>(missing, static_cast<std::int64_t>(options_.parts_at_once));
      for (std::int64_t i = 0; i < fetchers; ++i)
        tasks_.spawn("parts of a file", fetch_parts());
      tasks_.spawn("writing a file", write_parts(partial));
      std::exception_ptr problem;
      try {
        co_await tasks_.join();
      } catch (...) {
        problem = std::current_exception();
      }
      if (problem) {
        if (distrusted_)
          co_await forget(name);
        std::rethrow_exception(problem);
      }
    }
    auto finish = [this, &partial] { return store_.finish(std::move(partial), file_.size); };
    MediaResult<crypto::Sha256Digest> digest = co_await disk_.run(std::move(finish));
    Downloaded done;
    done.sha256 = value_or_throw(std::move(digest));
    done.dc = file_.dc;
    done.fetched = fetched_;
    co_return done;
  }

 private:
  asio::awaitable<void> forget(const std::string& name) {
    auto remove = [this, &name] { store_.forget(name); };
    co_await disk_.run(std::move(remove));
  }

  // --- parts in, bytes out ------------------------------------------------------------------------------------

  asio::awaitable<void> fetch_parts() {
    const std::int64_t window = step_ * static_cast<std::int64_t>(options_.parts_at_once);
    while (next_ < file_.size) {
      const bool has_room = next_ < written_ + window;
      if (!has_room) {
        co_await changed_.wait();
        continue;
      }
      const std::int64_t offset = std::exchange(next_, next_ + step_);
      Piece piece = co_await fetch_part(offset);
      fetched_ += static_cast<std::int64_t>(piece.range.size);
      ready_.emplace(offset, std::move(piece));
      changed_.notify_all();
    }
  }

  /// In order, so that what is in the file is always all of its beginning.
  asio::awaitable<void> write_parts(PartialFile& partial) {
    while (written_ < file_.size) {
      const auto next = ready_.find(written_);
      if (next == ready_.end()) {
        co_await changed_.wait();
        continue;
      }
      Piece piece = std::move(next->second);
      ready_.erase(next);
      auto append = [&partial, &piece] { return partial.append(std::as_const(piece).bytes()); };
      MediaResult<void> done = co_await disk_.run(std::move(append));
      value_or_throw(std::move(done));
      written_ = partial.size();
      changed_.notify_all();
      hooks_.on_progress(written_);
    }
  }

  [[nodiscard]] std::int64_t expected_at(std::int64_t offset) const { return std::min(step_, file_.size - offset); }

  asio::awaitable<Piece> fetch_part(std::int64_t offset) {
    const auto expected = static_cast<std::size_t>(expected_at(offset));
    int short_answers = 0;
    while (true) {
      std::optional<Piece> piece;
      if (redirect_) {
        piece = co_await fetch_from_cdn(offset);
      } else {
        piece = co_await fetch_from_home(offset);
      }
      if (!piece)
        continue;
      if (piece->range.size == expected)
        co_return std::move(*piece);
      if (piece->range.size > expected) {
        fail(MediaErrc::TooLong, fmt::format("Telegram sent {} bytes at {} of a file of {} where {} belong",
                                             piece->range.size, offset, file_.size, expected));
      }
      if (++short_answers > kMostShortAnswers) {
        fail(MediaErrc::EndedEarly,
             fmt::format("Telegram ended the file after {} of {} bytes; nothing incomplete was stored",
                         offset + static_cast<std::int64_t>(piece->range.size), file_.size));
      }
    }
  }

  telegram::CallOptions call_options(telegram::Lane lane, DcId dc) {
    telegram::CallOptions options;
    options.deadline = net::deadline_after(options_.part_time);
    // Short waits happen inside the call, longer ones in sit_out().
    options.flood.longest_wait = std::min(options_.longest_wait, options_.part_time / 2);
    options.flood.on_wait = [this](std::chrono::seconds wait, std::string_view) { hooks_.on_wait(wait); };
    options.lane = lane;
    options.dc = dc;
    options.on_moved = [this](DcId to) { file_.dc = to; };
    return options;
  }

  /// Waits if Telegram asked for that (R4); false if it asked for too long, or for something else.
  asio::awaitable<bool> sit_out(const TelegramError& error) {
    const bool bearable = error.code == telegram::TelegramErrc::FloodWait && error.retry_after &&
                          *error.retry_after <= options_.longest_wait;
    if (!bearable)
      co_return false;
    const std::chrono::seconds wait = *error.retry_after;
    hooks_.on_wait(wait);
    co_await net::sleep_for(wait);
    co_return true;
  }

  // --- Telegram itself ----------------------------------------------------------------------------------------

  /// Nothing: things have changed, ask anew.
  asio::awaitable<std::optional<Piece>> fetch_from_home(std::int64_t offset) {
    const std::size_t age = reference_age_;
    const CdnUse cdn = tokens_refused_ < kMostTokens ? CdnUse::Allowed : CdnUse::Avoided;
    Bytes method = ask_for_part(file_, offset, static_cast<std::int32_t>(step_), cdn);
    telegram::CallOptions options = call_options(telegram::Lane::Files, file_.dc);
    std::optional<TelegramError> problem;
    Piece piece;
    try {
      piece.answer = co_await caller_.invoke_raw(std::move(method), std::move(options));
    } catch (const TelegramFailure& failure) {
      problem = failure.error();
    }
    if (problem) {
      const bool waited = co_await sit_out(*problem);
      if (waited)
        co_return std::nullopt;
      if (!is_reference_error(*problem))
        throw TelegramFailure(std::move(*problem));
      co_await refresh_reference(age, *problem);
      co_return std::nullopt;
    }
    refreshes_ = 0;
    auto part = value_or_throw(read_part(piece.answer));
    if (auto* redirect = std::get_if<CdnRedirect>(&part)) {
      use_cdn(std::move(*redirect));
      co_return std::nullopt;
    }
    piece.range = std::get<PartBytes>(part);
    co_return piece;
  }

  /// Once for all parts that were refused with the same reference (F9, R19).
  asio::awaitable<void> refresh_reference(std::size_t age, const TelegramError& refusal) {
    if (refreshing_)
      co_await changed_.wait_until([this] { return !refreshing_; });
    if (reference_age_ != age)
      co_return;
    if (++refreshes_ > kMostRefreshes) {
      fail(MediaErrc::ReferenceLost,
           fmt::format("Telegram refuses even fresh references of the file ({})", refusal.rpc->text));
    }
    refreshing_ = true;
    std::exception_ptr problem;
    std::optional<RemoteFile> fresh;
    try {
      fresh = co_await hooks_.refresh();
    } catch (...) {
      problem = std::current_exception();
    }
    refreshing_ = false;
    changed_.notify_all();
    if (problem)
      std::rethrow_exception(problem);
    const bool same = fresh && fresh->kind == file_.kind && fresh->id == file_.id && fresh->thumb == file_.thumb &&
                      fresh->size == file_.size;
    if (!same)
      fail(MediaErrc::Gone, "the message does not hold this file any more");
    file_.reference = std::move(fresh->reference);
    file_.access_hash = fresh->access_hash;
    ++reference_age_;
  }

  // --- the CDN ------------------------------------------------------------------------------------------------

  void use_cdn(CdnRedirect redirect) {
    if (redirect_)
      return;  // another part was told before
    if (redirect.key.size() != crypto::AesKey{}.size() || redirect.iv.size() != 16)
      fail(MediaErrc::BadAnswer, "Telegram's redirect to its CDN has a key of an impossible length");
    log::debug(kModule, "file {} comes from the CDN {}", file_.id, redirect.dc.value());
    take_hashes(redirect.hashes);
    redirect_ = std::move(redirect);
  }

  void take_hashes(const std::vector<PieceHash>& hashes) {
    for (const PieceHash& hash : hashes)
      hashes_[hash.offset] = hash;
  }

  void on_token_refused() {
    ++tokens_refused_;
    redirect_.reset();
    hashes_.clear();
  }

  asio::awaitable<std::optional<Piece>> fetch_from_cdn(std::int64_t offset) {
    // A copy: another part may find the token void meanwhile.
    const CdnRedirect redirect = *redirect_;
    Piece piece;
    for (int reuploads = 0;; ++reuploads) {
      Bytes method = ask_cdn_for_part(redirect.token, offset, static_cast<std::int32_t>(step_));
      std::optional<Bytes> answer = co_await call_about_cdn(std::move(method), telegram::Lane::Cdn, redirect);
      if (!answer)
        co_return std::nullopt;
      piece.answer = std::move(*answer);
      auto part = value_or_throw(read_cdn_part(piece.answer));
      if (const auto* range = std::get_if<PartBytes>(&part)) {
        piece.range = *range;
        break;
      }
      if (reuploads == kMostReuploads)
        fail(MediaErrc::CdnUnusable, "Telegram's CDN keeps losing the file");
      Bytes again = ask_for_reupload(redirect.token, std::get<ReuploadNeeded>(part).request_token);
      std::optional<Bytes> hashes = co_await call_about_cdn(std::move(again), telegram::Lane::Files, redirect);
      if (!hashes)
        co_return std::nullopt;
      take_hashes(value_or_throw(read_hashes(*hashes)));
    }
    decrypt(redirect, offset, piece.bytes());
    const bool checked = co_await check_hashes(redirect, offset, piece);
    if (!checked)
      co_return std::nullopt;
    co_return piece;
  }

  /// Nothing if the token is void: the file is then asked for at home again.
  asio::awaitable<std::optional<Bytes>> call_about_cdn(Bytes method, telegram::Lane lane, const CdnRedirect& redirect) {
    const DcId dc = lane == telegram::Lane::Cdn ? redirect.dc : file_.dc;
    telegram::CallOptions options = call_options(lane, dc);
    std::optional<TelegramError> problem;
    Bytes answer;
    try {
      answer = co_await caller_.invoke_raw(std::move(method), std::move(options));
    } catch (const TelegramFailure& failure) {
      problem = failure.error();
    }
    if (!problem)
      co_return answer;
    const bool waited = co_await sit_out(*problem);
    if (waited)
      co_return std::nullopt;
    if (!refuses(*problem, "FILE_TOKEN_INVALID") && !refuses(*problem, "REQUEST_TOKEN_INVALID"))
      throw TelegramFailure(std::move(*problem));
    if (redirect_ && redirect_->token == redirect.token)
      on_token_refused();
    co_return std::nullopt;
  }

  /// The last four bytes of the IV count blocks of 16 bytes, big endian (F10).
  static void decrypt(const CdnRedirect& redirect, std::int64_t offset, MutableByteView bytes) {
    crypto::AesKey key{};
    ByteArray<16> iv{};
    std::ranges::copy(redirect.key, key.begin());
    std::ranges::copy(redirect.iv, iv.begin());
    const auto counter = static_cast<std::uint32_t>(offset / 16);
    for (std::size_t i = 0; i < 4; ++i)
      iv[12 + i] = static_cast<std::uint8_t>(counter >> (24 - 8 * i));
    crypto::AesCtr(key, iv).apply(bytes);
  }

  /// Every byte is of a piece whose hash Telegram itself has given (F12). A short part is checked by its size later.
  asio::awaitable<bool> check_hashes(const CdnRedirect& redirect, std::int64_t offset, const Piece& piece) {
    const std::int64_t end = offset + static_cast<std::int64_t>(piece.range.size);
    if (static_cast<std::int64_t>(piece.range.size) != expected_at(offset))
      co_return true;
    std::int64_t at = offset;
    bool asked = false;
    while (at < end) {
      const auto found = hashes_.find(at);
      if (found == hashes_.end()) {
        if (std::exchange(asked, true))
          fail(MediaErrc::CdnUnusable, fmt::format("Telegram gives no hash of its CDN's bytes at {}", at));
        Bytes method = ask_for_cdn_hashes(redirect.token, at);
        std::optional<Bytes> answer = co_await call_about_cdn(std::move(method), telegram::Lane::Files, redirect);
        if (!answer)
          co_return false;
        take_hashes(value_or_throw(read_hashes(*answer)));
        continue;
      }
      asked = false;
      const PieceHash& hash = found->second;
      if (hash.size <= 0 || at + hash.size > end)
        fail(MediaErrc::CdnUnusable, fmt::format("Telegram's hash at {} is of bytes that were not asked for", at));
      const ByteView covered =
          piece.bytes().subspan(static_cast<std::size_t>(at - offset), static_cast<std::size_t>(hash.size));
      const crypto::Sha256Digest digest = crypto::sha256(covered);
      if (!equal_in_constant_time(digest, hash.hash)) {
        distrusted_ = true;
        fail(MediaErrc::CdnForgery,
             fmt::format("the CDN's bytes at {} do not have the hash that Telegram gave; nothing of the file was kept",
                         at));
      }
      at += hash.size;
    }
    co_return true;
  }

  collect::ApiCaller& caller_;
  net::Worker& disk_;
  MediaStore& store_;
  RemoteFile file_;
  DownloadOptions options_;
  DownloadHooks hooks_;
  std::int64_t step_;

  net::Condition changed_;
  std::int64_t next_ = 0;     ///< where the next part begins that nobody has asked for
  std::int64_t written_ = 0;  ///< bytes in the partial file
  std::int64_t fetched_ = 0;
  std::map<std::int64_t, Piece> ready_;  ///< parts that wait for those before them

  std::size_t reference_age_ = 0;
  int refreshes_ = 0;
  bool refreshing_ = false;

  std::optional<CdnRedirect> redirect_;
  std::map<std::int64_t, PieceHash> hashes_;
  int tokens_refused_ = 0;
  bool distrusted_ = false;

  net::TaskGroup tasks_;  ///< last: its tasks use all of the above
};

}  // namespace

std::string partial_name(const RemoteFile& file) {
  return fmt::format("{}-{}", ledger::name_of(file.kind), file.id);
}

std::int64_t part_size(std::int64_t file_size) {
  return file_size < kLargeFile ? kSmallPart : kLargePart;
}

asio::awaitable<Downloaded> download(collect::ApiCaller& caller, net::Worker& disk, MediaStore& store, RemoteFile file,
                                     DownloadOptions options, DownloadHooks hooks) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  Download one(executor, caller, disk, store, std::move(file), options, std::move(hooks));
  co_return co_await one.run();
}

}  // namespace ledgram::media
