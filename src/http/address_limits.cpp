#include "ledgram/http/address_limits.hpp"

#include <algorithm>
#include <cmath>

namespace ledgram::http {
namespace {

/// What an address may have saved up.
constexpr double kBurstSeconds = 10;

/// Addresses that are remembered at once; more than that are looked through for those that have recovered.
constexpr std::size_t kMostBuckets = 50'000;

double seconds_of(nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

bool AddressLimits::is_free(const asio::ip::address& address) const {
  return limits_.unlimited.contain(address);
}

bool AddressLimits::opened(const asio::ip::address& address) {
  std::size_t& open = connections_[counted_address(address)];
  if (!is_free(address) && open >= limits_.connections_per_address)
    return false;
  ++open;
  return true;
}

void AddressLimits::closed(const asio::ip::address& address) {
  const auto found = connections_.find(counted_address(address));
  if (found != connections_.end() && --found->second == 0)
    connections_.erase(found);
}

std::optional<std::chrono::seconds> AddressLimits::asked(const asio::ip::address& address, Instant now) {
  if (limits_.requests_per_second <= 0 || is_free(address))
    return std::nullopt;
  const double most = std::max(1.0, limits_.requests_per_second * kBurstSeconds);
  if (buckets_.size() >= kMostBuckets)
    forget_full(now);
  auto [found, is_new] = buckets_.try_emplace(counted_address(address), Bucket{most, now.monotonic});
  Bucket& bucket = found->second;
  bucket.tokens =
      std::min(most, bucket.tokens + seconds_of(now.monotonic - bucket.filled) * limits_.requests_per_second);
  bucket.filled = now.monotonic;
  if (bucket.tokens < 1)
    return std::chrono::seconds(std::lround(std::ceil((1 - bucket.tokens) / limits_.requests_per_second)));
  bucket.tokens -= 1;
  return std::nullopt;
}

void AddressLimits::forget_full(Instant now) {
  const double most = limits_.requests_per_second * kBurstSeconds;
  std::erase_if(buckets_, [&](const auto& entry) {
    const Bucket& bucket = entry.second;
    return bucket.tokens + seconds_of(now.monotonic - bucket.filled) * limits_.requests_per_second >= most;
  });
  // An attack from ever new addresses: those that wait keep no place that others need.
  if (buckets_.size() >= kMostBuckets)
    buckets_.clear();
}

}  // namespace ledgram::http
