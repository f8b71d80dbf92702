#include "ledgram/ledger/ledger_impl.hpp"

#include <fmt/format.h>

#include <cassert>
#include <utility>

/// What outlives a login or saves another one: tokens of log-outs, and what Telegram said about usernames.

namespace ledgram::ledger {
namespace {

/// What auth.sendCode takes (core.telegram.org/api/auth#future-auth-tokens).
constexpr std::int64_t kMostTokens = 20;

constexpr std::string_view kTokenLabel = "ledgram token of a log-out";

}  // namespace

LedgerResult<void> Ledger::add_logout_token(ByteView token) {
  return sqlite::guarded([&] {
    assert(impl_->seal_key && "use_seal_key() comes first");
    const Bytes sealed = crypto::seal(*impl_->seal_key, token, as_bytes(kTokenLabel), *impl_->random);
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    auto store = impl_->db.query("INSERT INTO logout_tokens (sealed) VALUES (?1)");
    store->bind(1, ByteView(sealed));
    store->run();
    auto trim = impl_->db.query(
        "DELETE FROM logout_tokens WHERE id NOT IN (SELECT id FROM logout_tokens ORDER BY id DESC LIMIT ?1)");
    trim->bind(1, kMostTokens);
    trim->run();
    transaction.commit();
  });
}

LedgerResult<std::vector<SecretBytes>> Ledger::logout_tokens() {
  return sqlite::guarded([&] {
    assert(impl_->seal_key && "use_seal_key() comes first");
    std::vector<SecretBytes> tokens;
    auto query = impl_->db.query("SELECT sealed FROM logout_tokens ORDER BY id");
    while (query->step()) {
      auto token = crypto::open_sealed(*impl_->seal_key, query->blob(0), as_bytes(kTokenLabel));
      if (!token) {
        sqlite::fail(LedgerErrc::WrongSealKey,
                     fmt::format("a stored token in {} cannot be opened; put back the right seal.key beside it",
                                 impl_->db.file().string()));
      }
      tokens.push_back(std::move(*token));
    }
    return tokens;
  });
}

LedgerResult<void> Ledger::remember_username(AccountId account, const UsernameAnswer& answer) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    if (answer.peer) {
      // Names move: whoever had it before has it no longer (P5).
      auto evict = impl_->db.query(
          "UPDATE peers SET username = NULL WHERE account = ?1 AND username = ?2 AND NOT (type = ?3 AND id = ?4)");
      evict->bind(1, account.value());
      evict->bind(2, answer.name);
      evict->bind(3, static_cast<std::int64_t>(answer.peer->type));
      evict->bind(4, answer.peer->id);
      evict->run();
    }
    auto store = impl_->db.query(
        "INSERT OR REPLACE INTO usernames (account, name, type, id, looked_up) VALUES (?1, ?2, ?3, ?4, ?5)");
    store->bind(1, account.value());
    store->bind(2, answer.name);
    if (answer.peer) {
      store->bind(3, static_cast<std::int64_t>(answer.peer->type));
      store->bind(4, answer.peer->id);
    } else {
      store->bind_null(3);
      store->bind_null(4);
    }
    store->bind(5, answer.looked_up);
    store->run();
    transaction.commit();
  });
}

LedgerResult<std::optional<UsernameAnswer>> Ledger::find_username(AccountId account, std::string_view name) {
  return sqlite::guarded([&]() -> std::optional<UsernameAnswer> {
    auto query = impl_->db.query("SELECT name, type, id, looked_up FROM usernames WHERE account = ?1 AND name = ?2");
    query->bind(1, account.value());
    query->bind(2, name);
    if (!query->step())
      return std::nullopt;
    UsernameAnswer answer;
    answer.name = query->text(0);
    const auto type = query->optional64(1);
    if (type)
      answer.peer = PeerKey{static_cast<PeerType>(*type), query->integer(2)};
    answer.looked_up = query->integer(3);
    return answer;
  });
}

}  // namespace ledgram::ledger
