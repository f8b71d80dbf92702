#include "ledgram/ledger/account_notes.hpp"

#include "ledgram/ledger/ledger_impl.hpp"

#include <fmt/format.h>

namespace ledgram::ledger {

namespace {

constexpr std::string_view kRetention = "retention_days";
constexpr std::string_view kCounted = "counted_up_to";

/// Followed channels that the account ?1 sees; 2 is Membership::Lost.
#define LEDGRAM_CHANNELS_OF_ACCOUNT                                                                \
  "SELECT c.id FROM channels c WHERE c.followed = 1 AND (c.account = ?1 OR EXISTS (SELECT 1 FROM " \
  "channel_accounts s WHERE s.channel = c.id AND s.account = ?1 AND s.membership <> 2))"
static_assert(static_cast<int>(Membership::Lost) == 2);

std::string key_of(AccountId account, std::string_view what) {
  return fmt::format("account {} {}", account.value(), what);
}

}  // namespace

AccountNotes Ledger::account_notes() {
  return AccountNotes(*impl_);
}

std::optional<std::int64_t> AccountNotes::read(AccountId account, std::string_view what) {
  const std::string key = key_of(account, what);
  auto query = impl_->db.query("SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?1");
  query->bind(1, key);
  if (!query->step())
    return std::nullopt;
  return query->integer(0);
}

void AccountNotes::write(AccountId account, std::string_view what, std::optional<std::int64_t> value) {
  const std::string key = key_of(account, what);
  sqlite::Transaction transaction(impl_->db);
  if (value) {
    // Nobody's notes are left behind: the account is there in the same transaction.
    auto store = impl_->db.query(
        "INSERT OR REPLACE INTO meta (key, value) SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM accounts WHERE id = ?3)");
    store->bind(1, key);
    store->bind(2, *value);
    store->bind(3, account.value());
    store->run();
    impl_->expect_change("account");
  } else {
    auto remove = impl_->db.query("DELETE FROM meta WHERE key = ?1");
    remove->bind(1, key);
    remove->run();
  }
  transaction.commit();
}

LedgerResult<std::optional<std::int64_t>> AccountNotes::retention_days(AccountId account) {
  return sqlite::guarded([&] { return read(account, kRetention); });
}

LedgerResult<void> AccountNotes::set_retention_days(AccountId account, std::optional<std::int64_t> days) {
  return sqlite::guarded([&] { write(account, kRetention, days); });
}

LedgerResult<AccountNotes::Fresh> AccountNotes::fresh_posts(AccountId account) {
  return sqlite::guarded([&] {
    Fresh fresh;
    // Rows of messages are never removed, so a row number is given once, in the order of storing.
    fresh.mark = impl_->db.number("SELECT coalesce(max(rowid), 0) FROM messages");
    auto count = impl_->db.query(
        "SELECT count(*) FROM messages WHERE rowid > ?2 AND rowid <= ?3 AND (flags & ?4) = 0 AND channel IN "
        "(" LEDGRAM_CHANNELS_OF_ACCOUNT ")");
    count->bind(1, account.value());
    count->bind(2, read(account, kCounted).value_or(0));
    count->bind(3, fresh.mark);
    count->bind(4, static_cast<std::int64_t>(MessageFlag::Service));
    if (count->step())
      fresh.posts = count->integer(0);
    return fresh;
  });
}

LedgerResult<void> AccountNotes::take_note(AccountId account, std::int64_t mark) {
  return sqlite::guarded([&] { write(account, kCounted, mark); });
}

LedgerResult<std::vector<ChannelId>> AccountNotes::followed_channels(AccountId account) {
  return sqlite::guarded([&] {
    std::vector<ChannelId> channels;
    auto query = impl_->db.query(LEDGRAM_CHANNELS_OF_ACCOUNT " ORDER BY c.id");
    query->bind(1, account.value());
    while (query->step())
      channels.emplace_back(query->integer(0));
    return channels;
  });
}

}  // namespace ledgram::ledger
