#include "ledgram/ledger/ledger_impl.hpp"

#include <optional>
#include <vector>

/// What has to be read again of private chats and basic groups.

namespace ledgram::ledger {

LedgerResult<std::optional<OpenPrivateGap>> Ledger::private_gap(AccountId account) {
  return sqlite::guarded([&]() -> std::optional<OpenPrivateGap> {
    auto query = impl_->db.query("SELECT as_of, newest, since FROM private_gaps WHERE account = ?1");
    query->bind(1, account.value());
    if (!query->step())
      return std::nullopt;
    return OpenPrivateGap{.as_of = query->integer32(0), .newest = query->integer32(1), .since = query->integer(2)};
  });
}

LedgerResult<std::vector<PrivateReading>> Ledger::private_readings(AccountId account) {
  return sqlite::guarded([&] {
    std::vector<PrivateReading> result;
    auto query = impl_->db.query(
        "SELECT r.peer_type, r.peer_id, g.as_of, r.down_to FROM private_readings r JOIN private_gaps g "
        "ON g.account = r.account WHERE r.account = ?1 ORDER BY r.peer_type, r.peer_id");
    query->bind(1, account.value());
    while (query->step()) {
      result.push_back({.account = account,
                        .peer = {static_cast<PeerType>(query->integer(0)), query->integer(1)},
                        .as_of = query->integer32(2),
                        .down_to = query->integer32(3)});
    }
    return result;
  });
}

LedgerResult<std::vector<PeerKey>> Ledger::private_groups(AccountId account) {
  return sqlite::guarded([&] {
    std::vector<PeerKey> result;
    auto query = impl_->db.query(
        "SELECT DISTINCT peer_id FROM private_messages WHERE account = ?1 AND peer_type = ?2 ORDER BY peer_id");
    query->bind(1, account.value());
    query->bind(2, static_cast<std::int64_t>(PeerType::Chat));
    while (query->step())
      result.push_back({PeerType::Chat, query->integer(0)});
    return result;
  });
}

LedgerResult<std::vector<UncheckedMessage>> Ledger::unchecked_private_messages(AccountId account, std::int32_t as_of,
                                                                               MessageNumber after,
                                                                               std::int64_t limit) {
  return sqlite::guarded([&] {
    std::vector<UncheckedMessage> result;
    auto query = impl_->db.query(
        "SELECT m.number, m.peer_type, m.peer_id FROM private_messages m WHERE m.account = ?1 AND m.number > ?2 AND "
        "m.as_of < ?3 AND NOT EXISTS (SELECT 1 FROM private_deletions d WHERE d.account = m.account AND "
        "d.number = m.number) ORDER BY m.number LIMIT ?4");
    query->bind(1, account.value());
    query->bind(2, std::int64_t{after.value()});
    query->bind(3, std::int64_t{as_of});
    query->bind(4, limit);
    while (query->step()) {
      result.push_back({.number = MessageNumber(query->integer32(0)),
                        .peer = {static_cast<PeerType>(query->integer(1)), query->integer(2)}});
    }
    return result;
  });
}

}  // namespace ledgram::ledger
