#include "ledgram/api/login_limits.hpp"

#include "ledgram/http/networks.hpp"

#include <algorithm>
#include <utility>

namespace ledgram::api {
namespace {

/// Keys that are remembered at once; beyond that the ones without recent failures go.
constexpr std::size_t kMostKeys = 10'000;

/// Case does not matter in names.
std::string folded(std::string_view name) {
  std::string text(name);
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

}  // namespace

template <class Key>
std::optional<std::chrono::seconds> LoginLimits::wait_in(std::map<Key, Failures>& all, const Key& key, std::size_t most,
                                                         Instant now) {
  const auto found = all.find(key);
  if (found == all.end())
    return std::nullopt;
  Failures& failures = found->second;
  while (!failures.empty() && failures.front() + kWindow <= now.monotonic)
    failures.pop_front();
  if (failures.empty()) {
    all.erase(found);
    return std::nullopt;
  }
  if (failures.size() < most)
    return std::nullopt;
  const nanoseconds left = failures[failures.size() - most] + kWindow - now.monotonic;
  return std::chrono::ceil<std::chrono::seconds>(left);
}

template <class Key>
void LoginLimits::add(std::map<Key, Failures>& all, const Key& key, Instant now) {
  if (all.size() >= kMostKeys)
    std::erase_if(all, [now](const auto& entry) { return entry.second.back() + kWindow <= now.monotonic; });
  if (all.size() >= kMostKeys)
    all.erase(all.begin());
  all[key].push_back(now.monotonic);
}

std::optional<std::chrono::seconds> LoginLimits::wait_for(const boost::asio::ip::address& address,
                                                          std::string_view name, Instant now) {
  const auto by_address = wait_in(by_address_, http::counted_address(address), kByAddress, now);
  const auto by_name = wait_in(by_name_, folded(name), kByName, now);
  if (by_address && by_name)
    return std::max(*by_address, *by_name);
  return by_address ? by_address : by_name;
}

void LoginLimits::add_try(const boost::asio::ip::address& address, std::string_view name, Instant now) {
  add(by_address_, http::counted_address(address), now);
  add(by_name_, folded(name), now);
}

template <class Key>
void LoginLimits::drop_last(std::map<Key, Failures>& all, const Key& key) {
  const auto found = all.find(key);
  if (found == all.end())
    return;
  found->second.pop_back();
  if (found->second.empty())
    all.erase(found);
}

void LoginLimits::take_back(const boost::asio::ip::address& address, std::string_view name) {
  drop_last(by_address_, http::counted_address(address));
  drop_last(by_name_, folded(name));
}

LoginLimits::Try::Try(LoginLimits& limits, boost::asio::ip::address address, std::string name, Instant now)
    : limits_(limits), address_(std::move(address)), name_(std::move(name)) {
  limits_.add_try(address_, name_, now);
}

LoginLimits::Try::~Try() {
  if (!wrong_)
    limits_.take_back(address_, name_);
}

}  // namespace ledgram::api
