#pragma once

/// Who did what, from where, when: logins, first uses of tokens, and every change over HTTP. Rows are only added.

#include "ledgram/ledger/error.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/owner_id.hpp"
#include "ledgram/ledger/rows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::ledger {

struct AuditEntry {
  std::int64_t number{};  ///< given by the ledger, rising
  UnixSeconds at{};
  std::optional<OwnerId> user{};  ///< nothing: nobody was logged in
  std::string user_name;          ///< as it was then, or as a failed login gave it
  std::string by;                 ///< "cookie", "token 7", "setup", or empty
  std::string address;
  std::string action;     ///< the route's id, or "login.failed", "token.first_seen"
  std::string subject;    ///< what it was done to
  std::int32_t status{};  ///< the answer's
  std::string request;    ///< its id, as in the log
};

/// Reached by Ledger::audit(); a view of the ledger, valid as long as that is.
class AuditStore {
 public:
  explicit AuditStore(Ledger::Impl& impl) : impl_(&impl) {}

  LedgerResult<void> add(const AuditEntry& entry);

  /// Newest first, below the number `before` (0: from the newest), at most `limit`.
  [[nodiscard]] LedgerResult<std::vector<AuditEntry>> entries(std::int64_t before, std::int64_t limit,
                                                              std::optional<OwnerId> user = {});

 private:
  Ledger::Impl* impl_;
};

}  // namespace ledgram::ledger
