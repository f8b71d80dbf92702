#include "ledgram/search/service.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/net/error.hpp"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

namespace ledgram::search {

namespace {

constexpr std::string_view kModule = "search";

using LedgerFailure = Failure<ledger::LedgerError>;

/// Entries that stand for nothing are swept away when there are more of them than posts, and many.
constexpr std::int64_t kManyDead = 200'000;

bool passes(ledger::LedgerErrc code) {
  return code == ledger::LedgerErrc::Busy || code == ledger::LedgerErrc::DiskFull;
}

ledger::Ledger open_ledger(const std::filesystem::path& file) {
  return value_or_throw(ledger::Ledger::open(file, {.mode = ledger::OpenMode::ReadOnly}));
}

}  // namespace

/// What the index's thread owns; made and used there.
struct SearchService::Writer {
  Writer() : worker("search index", 1) {}

  Progress step(const SearchOptions& options) {
    if (!index) {
      // Linux gives each thread its own priority.
      constexpr int kLow = 5;
      ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), kLow);
      index.emplace(options.index);
    }
    if (!ledger)
      ledger.emplace(open_ledger(options.ledger));
    ledger::PostStore posts = ledger->post_store();
    auto changes = posts.changes_since(index->mark(), options.batch);
    if (!changes && changes.error().code == ledger::LedgerErrc::NotFound) {
      log::warning(kModule, "{}", changes.error().message);
      index->clear();
      changes = posts.changes_since(index->mark(), options.batch);
    }
    const ledger::IndexChanges found = value_or_throw(std::move(changes));
    index->apply(found, stop);
    const IndexCounts counts = index->counts();
    Progress progress{.state = {.posts = counts.posts, .behind = 0}, .more = found.more};
    if (counts.dead > kManyDead && counts.dead > counts.posts && !found.more) {
      log::info(kModule, "the index is made anew, since most of it is out of date");
      index->clear();
      progress.more = true;
    }
    progress.state.behind = value_or_throw(posts.rows_after(index->mark().row));
    return progress;
  }

  std::atomic<bool> stop = false;
  std::optional<IndexWriter> index;
  std::optional<ledger::Ledger> ledger;
  net::Worker worker;  ///< ends first
};

struct SearchService::Reader {
  explicit Reader(std::size_t number) : worker("search " + std::to_string(number), kWaiting) {}

  /// Searches of one thread that wait or run; more wait in line.
  static constexpr std::size_t kWaiting = 16;

  std::optional<IndexReader> index;
  net::Worker worker;
};

SearchService::SearchService(asio::any_io_executor executor, SearchOptions options)
    : options_(std::move(options)), writer_(std::make_unique<Writer>()), changed_(executor), tasks_(executor) {
  for (std::size_t i = 0; i < std::max<std::size_t>(options_.readers, 1); ++i)
    readers_.push_back(std::make_unique<Reader>(i + 1));
}

void SearchService::start() {
  changes_ = 1;
  tasks_.spawn("keeping the search index up to date", keep_up());
}

SearchService::~SearchService() = default;

void SearchService::notify() {
  ++changes_;
  changed_.notify_all();
}

asio::awaitable<void> SearchService::keep_up() {
  while (true) {
    co_await changed_.wait_until([this] { return changes_ != indexed_; });
    const std::uint64_t seen = changes_;
    if (!co_await try_step())
      co_return;
    indexed_ = seen;
    changed_.notify_all();
    co_await net::sleep_for(options_.gather);
  }
}

/// Everything there is, or what the disk takes. False: the index is given up.
asio::awaitable<bool> SearchService::try_step() {
  bool told = false;
  while (true) {
    std::optional<ledger::LedgerError> problem;
    try {
      const Progress progress = co_await writer_->worker.run([this] { return writer_->step(options_); });
      state_ = progress.state;
      changed_.notify_all();
      if (!progress.more)
        co_return true;
    } catch (const LedgerFailure& failure) {
      problem = failure.error();
    }
    if (!problem)
      continue;
    if (problem->code == ledger::LedgerErrc::Interrupted)
      co_return false;
    if (!passes(problem->code)) {
      log::error(kModule, "the search index stays as it is: {}", problem->message);
      state_.working = false;
      changed_.notify_all();
      co_return false;
    }
    if (!std::exchange(told, true))
      log::warning(kModule, "the search index waits: {}", problem->message);
    co_await net::sleep_for(options_.retry_interval);
  }
}

asio::awaitable<HitPage> SearchService::find(SearchRequest request, net::Deadline deadline) {
  // The writer makes the file.
  co_await changed_.wait_until([this] { return indexed_ > 0 || state_.posts > 0 || !state_.working; }, deadline);
  Reader& reader = **std::ranges::min_element(readers_, {}, [](const auto& one) { return one->worker.pending(); });
  auto search = [&] {
    if (!reader.index)
      reader.index.emplace(options_.index);
    return reader.index->find(request, deadline);
  };
  co_return co_await reader.worker.run(search);
}

asio::awaitable<void> SearchService::caught_up(net::Deadline deadline) {
  const std::uint64_t goal = changes_;
  co_await changed_.wait_until([this, goal] { return indexed_ >= goal || !state_.working; }, deadline);
}

asio::awaitable<void> SearchService::stop() {
  writer_->stop = true;
  co_await tasks_.stop();
  writer_->worker.stop();
  for (const auto& reader : readers_)
    reader->worker.stop();
}

}  // namespace ledgram::search
