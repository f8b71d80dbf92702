#pragma once

/// The inside of ApiService, shared by its source files; nobody else includes this.
///
/// service.cpp          calls of clients
/// service_control.cpp  what the control API asks for
/// service_mail.cpp     the same for private chats and basic groups

#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/service.hpp"

#include <chrono>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ledgram::sim {

inline std::int32_t unix_seconds(Instant now) {
  return static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::seconds>(now.unix_time).count());
}

struct ApiService::Impl {
  /// Room for the values of one answer; a page of 100 long messages takes about half of it, more is fetched from the
  /// heap.
  static constexpr std::size_t kAnswerMemory = 512 * 1024;

  Core core;
  std::unordered_map<std::string_view, const Method*> methods;
  std::vector<unsigned char> memory = std::vector<unsigned char>(kAnswerMemory);

  void check_login(const CallContext& context, KeyState& key, const Method& method, const Account* account) const;
  Bytes answer(const CallContext& context, ByteView body, Outcome& outcome);

  // NoSuchPhone and NoSuchChat.
  [[nodiscard]] Result<Account*, ContentError> named_account(std::string_view phone) const;
  [[nodiscard]] Result<Channel*, ContentError> named_chat(std::string_view chat) const;
};

}  // namespace ledgram::sim
