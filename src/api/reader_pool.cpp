#include "ledgram/api/reader_pool.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ledgram::api {
namespace {

/// Requests that wait for one reader; more wait in line, until their deadline.
constexpr std::size_t kQueue = 64;

}  // namespace

ReaderPool::Reader::Reader(ledger::Ledger opened, std::string name)
    : ledger(std::move(opened)), worker(std::move(name), kQueue) {}

ReaderPool::ReaderPool(const std::filesystem::path& file, std::size_t readers) {
  ledger::OpenOptions options;
  options.mode = ledger::OpenMode::ReadOnly;
  for (std::size_t i = 0; i < readers; ++i) {
    ledger::Ledger opened = value_or_throw(ledger::Ledger::open(file, options));
    readers_.push_back(std::make_unique<Reader>(std::move(opened), fmt::format("reader {}", i + 1)));
  }
}

ledger::LedgerError ReaderPool::too_late() {
  return {ledger::LedgerErrc::Interrupted, "the deadline passed before the query began"};
}

ReaderPool::Reader& ReaderPool::least_busy() {
  return **std::ranges::min_element(readers_, {}, [](const auto& reader) { return reader->worker.pending(); });
}

std::size_t ReaderPool::pending() const {
  std::size_t all = 0;
  for (const auto& reader : readers_)
    all += reader->worker.pending();
  return all;
}

std::vector<const net::Worker*> ReaderPool::workers() const {
  std::vector<const net::Worker*> workers;
  for (const auto& reader : readers_)
    workers.push_back(&reader->worker);
  return workers;
}

void ReaderPool::abandon() {
  abandoned_ = true;
  for (const auto& reader : readers_)
    reader->ledger.abandon_queries();
}

void ReaderPool::stop() {
  for (const auto& reader : readers_)
    reader->worker.stop();
}

}  // namespace ledgram::api
