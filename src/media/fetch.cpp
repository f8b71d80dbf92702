#include "ledgram/media/fetch.hpp"

#include "ledgram/media/file_calls.hpp"
#include "ledgram/net/task_group.hpp"

#include <algorithm>
#include <deque>
#include <exception>
#include <map>
#include <utility>
#include <vector>

namespace ledgram::media {

namespace {

using telegram::TelegramErrc;
using telegram::TelegramFailure;

/// Messages that are looked through, or files that are queued, in one go of the ledger.
constexpr std::int64_t kBatch = 500;

/// After a failure a file waits a minute, then twice as long each time, up to six hours.
constexpr std::int64_t kFirstWait = 60;
constexpr std::int64_t kLongestWait = 6 * 3600;

/// So many files in a row that were not answered in time mean that there is no connection.
constexpr int kMostTimeouts = 3;

/// What no later try can change waits as long as any file may.
constexpr std::int64_t kHopelessWait = 30 * 24 * 3600;

std::int64_t wait_after(std::int32_t attempts) {
  std::int64_t wait = kFirstWait;
  for (std::int32_t i = 1; i < attempts && wait < kLongestWait; ++i)
    wait *= 2;
  return std::min(wait, kLongestWait);
}

/// True for what every other file of the account would meet too.
bool ends_everything(TelegramErrc code) {
  switch (code) {
    case TelegramErrc::Closed:
    case TelegramErrc::LoggedOut:
    case TelegramErrc::KeyDuplicated:
    case TelegramErrc::SessionLost:
    case TelegramErrc::WrongEnvironment:
    case TelegramErrc::UntrustedServer:
    case TelegramErrc::NotLoggedIn:
    case TelegramErrc::FloodWait:
      return true;
    default:
      return false;
  }
}

class Fetch {
 public:
  Fetch(collect::ApiCaller& caller, collect::LedgerWorker& ledger, net::Worker& disk, MediaStore& store,
        const Clock& clock, collect::ChannelTarget target, FetchOptions options, FetchListener& listener)
      : caller_(caller),
        ledger_(ledger),
        disk_(disk),
        store_(store),
        clock_(clock),
        target_(std::move(target)),
        options_(options),
        listener_(listener) {}

  asio::awaitable<FetchStats> run() {
    const nanoseconds start = clock_.now().monotonic;
    co_await look_through_messages();
    co_await count();
    listener_.on_progress(progress_);
    net::TaskGroup files(co_await asio::this_coro::executor);
    for (std::size_t i = 0; i < std::max<std::size_t>(options_.files_at_once, 1); ++i)
      files.spawn("files", fetch_files());
    co_await files.join();
    stats_.seconds = std::chrono::duration<double>(clock_.now().monotonic - start).count();
    stats_.fetched = progress_.bytes_fetched;
    co_return stats_;
  }

 private:
  [[nodiscard]] std::int64_t now() const {
    return std::chrono::duration_cast<std::chrono::seconds>(clock_.now().unix_time).count();
  }

  /// Writes down which messages hold which files, for messages that are new since the last run.
  asio::awaitable<void> look_through_messages() {
    while (true) {
      auto step = [channel = target_.channel](ledger::Ledger& store) -> ledger::LedgerResult<std::size_t> {
        auto candidates = store.media_candidates(channel, kBatch);
        if (!candidates)
          return std::unexpected(std::move(candidates.error()));
        std::vector<ledger::MediaUse> uses;
        for (const ledger::MediaCandidate& candidate : *candidates) {
          ledger::MediaUse use;
          use.channel = channel;
          use.number = candidate.number;
          use.edit_date = candidate.edit_date;
          if (const auto remote = file_of_message(candidate.raw)) {
            ledger::MediaFile file;
            file.kind = remote->kind;
            file.file = remote->id;
            file.size = remote->size;
            file.name = remote->name;
            file.mime = remote->mime;
            file.dc = remote->dc;
            use.file = std::move(file);
          }
          uses.push_back(std::move(use));
        }
        if (auto added = store.add_media(uses); !added)
          return std::unexpected(std::move(added.error()));
        return candidates->size();
      };
      const std::size_t found = co_await ledger_.run(std::move(step));
      if (found < kBatch)
        co_return;
    }
  }

  enum class Verdict : std::uint8_t { Fetch, TooBig, Wait };

  [[nodiscard]] Verdict judge(const ledger::MediaFile& file, std::int64_t at) const {
    if (options_.max_size && file.size > *options_.max_size)
      return Verdict::TooBig;
    if (file.state == ledger::MediaState::Failed && options_.retry == RetryNow::No && file.next_try > at)
      return Verdict::Wait;
    return Verdict::Fetch;
  }

  asio::awaitable<std::vector<ledger::MediaFile>> missing_after(std::int64_t after) {
    auto ask = [channel = target_.channel, after](ledger::Ledger& store) {
      return store.missing_media(channel, after, kBatch);
    };
    return ledger_.run(std::move(ask));
  }

  asio::awaitable<void> count() {
    const std::int64_t at = now();
    std::int64_t after = 0;
    while (true) {
      const std::vector<ledger::MediaFile> files = co_await missing_after(after);
      for (const ledger::MediaFile& file : files) {
        after = file.id;
        if (judge(file, at) != Verdict::Fetch)
          continue;
        ++progress_.files_total;
        progress_.bytes_total += file.size;
      }
      if (files.empty())
        co_return;
    }
  }

  // --- the queue ----------------------------------------------------------------------------------------------

  /// The next file to fetch; nothing at the end.
  asio::awaitable<std::optional<ledger::MediaFile>> next_file() {
    while (true) {
      if (queue_.empty() && !exhausted_) {
        std::vector<ledger::MediaFile> more = co_await missing_after(last_);
        // Another fetcher may have asked for the same meanwhile.
        for (ledger::MediaFile& file : more) {
          if (file.id <= last_)
            continue;
          last_ = file.id;
          queue_.push_back(std::move(file));
        }
        exhausted_ = exhausted_ || more.empty();
      }
      if (queue_.empty()) {
        if (exhausted_)
          co_return std::nullopt;
        continue;
      }
      ledger::MediaFile file = std::move(queue_.front());
      queue_.pop_front();
      const Verdict verdict = judge(file, now());
      if (verdict == Verdict::Fetch)
        co_return file;
      if (verdict == Verdict::Wait) {
        ++stats_.waiting;
        continue;
      }
      ++stats_.too_big;
      if (file.state != ledger::MediaState::TooBig) {
        file.state = ledger::MediaState::TooBig;
        co_await write_down(file);
      }
    }
  }

  asio::awaitable<void> write_down(ledger::MediaFile file) {
    auto update = [file = std::move(file)](ledger::Ledger& store) { return store.update_media(file); };
    co_await ledger_.run(std::move(update));
  }

  asio::awaitable<void> fetch_files() {
    while (true) {
      std::optional<ledger::MediaFile> file = co_await next_file();
      if (!file)
        co_return;
      co_await fetch_one(std::move(*file));
    }
  }

  // --- one file -----------------------------------------------------------------------------------------------

  asio::awaitable<void> fetch_one(ledger::MediaFile file) {
    std::optional<std::string> reason;
    bool hopeless = false;
    Downloaded done;
    try {
      done = co_await download_file(file);
    } catch (const MediaFailure& failure) {
      if (failure.error().code == MediaErrc::Disk)
        throw;
      reason = failure.error().message;
      hopeless = !failure.error().retryable();
    } catch (const TelegramFailure& failure) {
      const bool timed_out = failure.error().code == TelegramErrc::DeadlineExceeded;
      if (ends_everything(failure.error().code) || (timed_out && ++timeouts_ >= kMostTimeouts))
        throw;
      reason = failure.error().message;
    }
    if (reason) {
      file.state = ledger::MediaState::Failed;
      ++file.attempts;
      file.next_try = now() + (hopeless ? kHopelessWait : wait_after(file.attempts));
      file.reason = *reason;
      ++stats_.failed;
      take_back(file.id);
      co_await write_down(file);
      listener_.on_file_failed(file);
      co_return;
    }
    file.state = ledger::MediaState::Stored;
    file.sha256.assign(done.sha256.begin(), done.sha256.end());
    file.dc = done.dc;
    file.reason.clear();
    ++stats_.stored;
    ++progress_.files_done;
    timeouts_ = 0;
    written_of_.erase(file.id);
    co_await write_down(file);
    listener_.on_progress(progress_);
  }

  asio::awaitable<Downloaded> download_file(ledger::MediaFile& file) {
    std::optional<RemoteFile> remote = co_await stored_location(file);
    const bool known = remote && remote->kind == file.kind && remote->id == file.file;
    if (!known)
      remote = co_await fresh_location(file.number);
    if (!remote || remote->kind != file.kind || remote->id != file.file) {
      MediaError gone;
      gone.code = MediaErrc::Gone;
      gone.message = "the message does not hold this file any more";
      throw MediaFailure(std::move(gone));
    }
    remote->dc = file.dc;  // where it was last found (F7)
    if (file.state != ledger::MediaState::Partial) {
      file.state = ledger::MediaState::Partial;
      co_await write_down(file);
    }
    DownloadHooks hooks;
    hooks.refresh = [this, number = file.number] { return fresh_location(number); };
    hooks.on_progress = [this, id = file.id, first = true](std::int64_t written) mutable {
      on_written(id, written, std::exchange(first, false));
    };
    hooks.on_wait = [this](std::chrono::seconds wait) {
      if (!std::exchange(slowed_down_, true))
        listener_.on_slowed_down(wait);
    };
    co_return co_await download(caller_, disk_, store_, std::move(*remote), options_.download, std::move(hooks));
  }

  asio::awaitable<std::optional<RemoteFile>> stored_location(const ledger::MediaFile& file) {
    auto read = [channel = target_.channel, number = file.number](ledger::Ledger& store) {
      return store.raw_message(channel, number);
    };
    const std::optional<Bytes> raw = co_await ledger_.run(std::move(read));
    co_return raw ? file_of_message(*raw) : std::nullopt;
  }

  asio::awaitable<std::optional<RemoteFile>> fresh_location(MessageNumber number) {
    Bytes method = ask_for_message(target_.channel, target_.access_hash, number);
    telegram::CallOptions call_options;
    call_options.deadline = net::deadline_after(options_.download.part_time);
    const Bytes answer = co_await caller_.invoke_raw(std::move(method), std::move(call_options));
    co_return value_or_throw(read_message(answer, number));
  }

  void on_written(std::int64_t id, std::int64_t written, bool first) {
    std::int64_t& before = written_of_[id];
    if (!first)
      progress_.bytes_fetched += written - before;
    progress_.bytes_done += written - before;
    before = written;
    listener_.on_progress(progress_);
  }

  /// A file that failed counts as nothing done.
  void take_back(std::int64_t id) {
    const auto found = written_of_.find(id);
    if (found == written_of_.end())
      return;
    progress_.bytes_done -= found->second;
    written_of_.erase(found);
  }

  collect::ApiCaller& caller_;
  collect::LedgerWorker& ledger_;
  net::Worker& disk_;
  MediaStore& store_;
  const Clock& clock_;
  collect::ChannelTarget target_;
  FetchOptions options_;
  FetchListener& listener_;

  std::deque<ledger::MediaFile> queue_;
  std::int64_t last_ = 0;  ///< the highest file that was queued
  bool exhausted_ = false;
  bool slowed_down_ = false;
  int timeouts_ = 0;                                 ///< one after the other
  std::map<std::int64_t, std::int64_t> written_of_;  ///< files under way
  FetchProgress progress_;
  FetchStats stats_;
};

}  // namespace

asio::awaitable<FetchStats> fetch_media(collect::ApiCaller& caller, collect::LedgerWorker& ledger, net::Worker& disk,
                                        MediaStore& store, const Clock& clock, collect::ChannelTarget target,
                                        FetchOptions options, FetchListener& listener) {
  Fetch fetch(caller, ledger, disk, store, clock, std::move(target), options, listener);
  co_return co_await fetch.run();
}

}  // namespace ledgram::media
