#include "ledgram/ledger/audit.hpp"

#include "ledgram/ledger/ledger_impl.hpp"

#include <limits>

namespace ledgram::ledger {

AuditStore Ledger::audit() {
  return AuditStore(*impl_);
}

LedgerResult<void> AuditStore::add(const AuditEntry& entry) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    auto insert = impl_->db.query(
        "INSERT INTO audit (at, user, user_name, by, address, action, subject, status, request) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    insert->bind(1, entry.at);
    if (entry.user) {
      insert->bind(2, entry.user->value());
    } else {
      insert->bind_null(2);
    }
    insert->bind(3, entry.user_name);
    insert->bind(4, entry.by);
    insert->bind(5, entry.address);
    insert->bind(6, entry.action);
    insert->bind(7, entry.subject);
    insert->bind(8, entry.status);
    insert->bind(9, entry.request);
    insert->run();
    transaction.commit();
  });
}

LedgerResult<std::vector<AuditEntry>> AuditStore::entries(std::int64_t before, std::int64_t limit,
                                                          std::optional<OwnerId> user) {
  return sqlite::guarded([&] {
    std::vector<AuditEntry> entries;
    auto query = impl_->db.query(
        "SELECT number, at, user, user_name, by, address, action, subject, status, request FROM audit "
        "WHERE number < ?1 AND (?3 IS NULL OR user = ?3) ORDER BY number DESC LIMIT ?2");
    query->bind(1, before > 0 ? before : std::numeric_limits<std::int64_t>::max());
    query->bind(2, limit);
    if (user) {
      query->bind(3, user->value());
    } else {
      query->bind_null(3);
    }
    while (query->step()) {
      AuditEntry entry;
      entry.number = query->integer(0);
      entry.at = query->integer(1);
      if (const auto id = query->optional64(2))
        entry.user = OwnerId(*id);
      entry.user_name = query->text(3);
      entry.by = query->text(4);
      entry.address = query->text(5);
      entry.action = query->text(6);
      entry.subject = query->text(7);
      entry.status = query->integer32(8);
      entry.request = query->text(9);
      entries.push_back(std::move(entry));
    }
    return entries;
  });
}

}  // namespace ledgram::ledger
