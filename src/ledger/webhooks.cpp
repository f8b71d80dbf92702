#include "ledgram/ledger/webhooks.hpp"

#include "ledgram/ledger/ledger_impl.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <utility>

namespace ledgram::ledger {
namespace {

#define LEDGRAM_WEBHOOK_COLUMNS                                                                      \
  "id, user, name, url, types, channels, accounts, state, position, revision, delivery, under_way, " \
  "attempts, failing_since, next_try, error_at, error_status, error_text, last_success, delivered, created"

/// Nobody has changed it since it was read.
#define LEDGRAM_WEBHOOK_UNCHANGED " WHERE id = ?1 AND revision = ?2 AND state = 0"

/// The delivery is still the one under way. It may have been paused since.
#define LEDGRAM_WEBHOOK_UNDER_WAY " WHERE id = ?1 AND delivery = ?2 AND under_way IS NOT NULL"

// Binds a secret to its webhook, so that one's cannot be put in the place of another's.
std::string secret_label(WebhookId webhook) {
  return fmt::format("ledgram secret of webhook {}", webhook.value());
}

/// Numbers of a filter as one column: "3,17"; nothing for none.
template <class Range, class Number>
std::string joined(const Range& values, Number number) {
  std::vector<std::int64_t> numbers;
  numbers.reserve(values.size());
  for (const auto& value : values)
    numbers.push_back(number(value));
  return fmt::format("{}", fmt::join(numbers, ","));
}

std::vector<std::int64_t> split(std::string_view text) {
  std::vector<std::int64_t> numbers;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(','));
    std::int64_t number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    numbers.push_back(number);
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return numbers;
}

Webhook read_webhook(const sqlite::Statement& row) {
  Webhook webhook;
  webhook.id = WebhookId(row.integer(0));
  webhook.owner = OwnerId(row.integer(1));
  webhook.name = row.text(2);
  webhook.url = row.text(3);
  for (const std::int64_t type : split(row.text(4)))
    webhook.filter.types.push_back(static_cast<EventType>(type));
  for (const std::int64_t channel : split(row.text(5)))
    webhook.filter.channels.emplace_back(channel);
  for (const std::int64_t account : split(row.text(6)))
    webhook.filter.accounts.emplace_back(account);
  webhook.state = static_cast<WebhookState>(row.integer(7));
  webhook.position = row.integer(8);
  webhook.revision = row.integer(9);
  webhook.delivery = row.integer(10);
  webhook.under_way = row.optional64(11);
  webhook.attempts = row.integer32(12);
  webhook.failing_since = row.integer(13);
  webhook.next_try = row.integer(14);
  if (!row.is_null(15))
    webhook.last_error = WebhookError{row.integer(15), row.integer32(16), std::string(row.text(17))};
  webhook.last_success = row.integer(18);
  webhook.delivered = row.integer(19);
  webhook.created = row.integer(20);
  return webhook;
}

/// Columns of a row that live as long as their statement needs them.
struct SettingsRow {
  explicit SettingsRow(const WebhookSettings& settings)
      : types(joined(settings.filter.types, [](EventType type) { return static_cast<std::int64_t>(type); })),
        channels(joined(settings.filter.channels, [](ChannelId channel) { return channel.value(); })),
        accounts(joined(settings.filter.accounts, [](AccountId account) { return account.value(); })) {}

  std::string types;
  std::string channels;
  std::string accounts;
};

void store_secret(Ledger::Impl& impl, WebhookId webhook, const SecretText& secret) {
  assert(impl.seal_key && "use_seal_key() comes first");
  const std::string label = secret_label(webhook);
  const Bytes sealed = crypto::seal(*impl.seal_key, as_bytes(secret.reveal()), as_bytes(label), *impl.random);
  auto store = impl.db.query("UPDATE webhooks SET secret = ?2, revision = revision + 1 WHERE id = ?1");
  store->bind(1, webhook.value());
  store->bind(2, ByteView(sealed));
  store->run();
}

}  // namespace

bool WebhookFilter::admits(const Event& event) const {
  if (!types.empty() && std::ranges::find(types, event.type) == types.end())
    return false;
  if (channels.empty() && accounts.empty())
    return true;
  return (event.channel && std::ranges::find(channels, *event.channel) != channels.end()) ||
         (event.account && std::ranges::find(accounts, *event.account) != accounts.end());
}

std::string_view name_of(WebhookState state) {
  switch (state) {
    case WebhookState::Active:
      return "active";
    case WebhookState::Paused:
      return "paused";
    case WebhookState::Failed:
      return "failed";
  }
  return "unknown";
}

WebhookStore Ledger::webhooks() {
  return WebhookStore(*impl_);
}

LedgerResult<WebhookId> WebhookStore::add(OwnerId owner, const WebhookSettings& settings, const SecretText& secret,
                                          std::int64_t position, UnixMillis now) {
  return sqlite::guarded([&] {
    const SettingsRow row(settings);
    sqlite::Transaction transaction(impl_.db, sqlite::Durability::PowerLoss);
    auto insert = impl_.db.query(
        "INSERT INTO webhooks (user, name, url, types, channels, accounts, secret, position, created) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, x'', ?7, ?8)");
    insert->bind(1, owner.value());
    insert->bind(2, settings.name);
    insert->bind(3, settings.url);
    insert->bind_or_null(4, row.types);
    insert->bind_or_null(5, row.channels);
    insert->bind_or_null(6, row.accounts);
    insert->bind(7, position);
    insert->bind(8, now);
    insert->run();
    const WebhookId id(impl_.db.last_rowid());
    store_secret(impl_, id, secret);
    transaction.commit();
    return id;
  });
}

LedgerResult<std::optional<Webhook>> WebhookStore::find(WebhookId webhook) {
  return sqlite::guarded([&]() -> std::optional<Webhook> {
    auto query = impl_.db.query("SELECT " LEDGRAM_WEBHOOK_COLUMNS " FROM webhooks WHERE id = ?1");
    query->bind(1, webhook.value());
    if (!query->step())
      return std::nullopt;
    return read_webhook(*query);
  });
}

LedgerResult<std::vector<Webhook>> WebhookStore::list(std::optional<OwnerId> owner) {
  return sqlite::guarded([&] {
    std::vector<Webhook> result;
    auto query =
        impl_.db.query("SELECT " LEDGRAM_WEBHOOK_COLUMNS " FROM webhooks WHERE ?1 IS NULL OR user = ?1 ORDER BY id");
    if (owner)
      query->bind(1, owner->value());
    while (query->step())
      result.push_back(read_webhook(*query));
    return result;
  });
}

LedgerResult<void> WebhookStore::change(WebhookId webhook, const WebhookSettings& settings) {
  return sqlite::guarded([&] {
    const SettingsRow row(settings);
    sqlite::Transaction transaction(impl_.db, sqlite::Durability::PowerLoss);
    auto update = impl_.db.query(
        "UPDATE webhooks SET next_try = CASE WHEN url = ?3 THEN next_try ELSE 0 END, name = ?2, url = ?3, types = ?4, "
        "channels = ?5, accounts = ?6, under_way = NULL, revision = revision + 1 WHERE id = ?1");
    update->bind(1, webhook.value());
    update->bind(2, settings.name);
    update->bind(3, settings.url);
    update->bind_or_null(4, row.types);
    update->bind_or_null(5, row.channels);
    update->bind_or_null(6, row.accounts);
    update->run();
    impl_.expect_change("webhook");
    transaction.commit();
  });
}

LedgerResult<void> WebhookStore::set_secret(WebhookId webhook, const SecretText& secret) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_.db, sqlite::Durability::PowerLoss);
    store_secret(impl_, webhook, secret);
    impl_.expect_change("webhook");
    transaction.commit();
  });
}

LedgerResult<void> WebhookStore::change_row(WebhookId webhook, std::string_view sql,
                                            std::optional<std::int64_t> value) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_.db, sqlite::Durability::PowerLoss);
    auto update = impl_.db.query(sql);
    update->bind(1, webhook.value());
    if (value)
      update->bind(2, *value);
    update->run();
    impl_.expect_change("webhook");
    transaction.commit();
  });
}

LedgerResult<void> WebhookStore::pause(WebhookId webhook) {
  return change_row(webhook, "UPDATE webhooks SET state = 1, revision = revision + 1 WHERE id = ?1");
}

LedgerResult<void> WebhookStore::resume(WebhookId webhook) {
  return change_row(webhook,
                    "UPDATE webhooks SET state = 0, attempts = 0, failing_since = 0, next_try = 0, "
                    "revision = revision + 1 WHERE id = ?1");
}

LedgerResult<void> WebhookStore::replay(WebhookId webhook, std::int64_t from) {
  return change_row(webhook,
                    "UPDATE webhooks SET position = ?2 - 1, under_way = NULL, attempts = 0, failing_since = 0, "
                    "next_try = 0, state = CASE WHEN state = 2 THEN 0 ELSE state END, revision = revision + 1 "
                    "WHERE id = ?1",
                    from);
}

LedgerResult<void> WebhookStore::remove(WebhookId webhook) {
  return change_row(webhook, "DELETE FROM webhooks WHERE id = ?1");
}

LedgerResult<SecretText> WebhookStore::secret(WebhookId webhook) {
  return sqlite::guarded([&] {
    assert(impl_.seal_key && "use_seal_key() comes first");
    auto query = impl_.db.query("SELECT secret FROM webhooks WHERE id = ?1");
    query->bind(1, webhook.value());
    if (!query->step())
      sqlite::fail(LedgerErrc::NotFound, fmt::format("the ledger {} has no such webhook", impl_.db.file().string()));
    const std::string label = secret_label(webhook);
    const auto opened = crypto::open_sealed(*impl_.seal_key, query->blob(0), as_bytes(label));
    if (!opened) {
      sqlite::fail(LedgerErrc::WrongSealKey,
                   fmt::format("the secret of webhook {} in {} cannot be opened; give the webhook a new secret",
                               webhook.value(), impl_.db.file().string()));
    }
    return SecretText(std::string(as_text(opened->reveal())));
  });
}

LedgerResult<std::optional<std::int64_t>> WebhookStore::begin(const Webhook& webhook, std::int64_t last) {
  return sqlite::guarded([&]() -> std::optional<std::int64_t> {
    sqlite::Transaction transaction(impl_.db);
    std::optional<std::int64_t> delivery;
    {
      auto update = impl_.db.query(
          "UPDATE webhooks SET delivery = delivery + 1, position = ?3, under_way = ?4" LEDGRAM_WEBHOOK_UNCHANGED
          " RETURNING delivery");
      update->bind(1, webhook.id.value());
      update->bind(2, webhook.revision);
      update->bind(3, webhook.position);
      update->bind(4, last);
      if (update->step())
        delivery = update->integer(0);
    }
    transaction.commit();
    return delivery;
  });
}

LedgerResult<bool> WebhookStore::finish(const Webhook& webhook, std::int64_t events, UnixMillis now) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_.db);
    auto update = impl_.db.query(
        "UPDATE webhooks SET position = under_way, under_way = NULL, attempts = 0, failing_since = 0, next_try = 0, "
        "last_success = ?3, delivered = delivered + ?4" LEDGRAM_WEBHOOK_UNDER_WAY);
    update->bind(1, webhook.id.value());
    update->bind(2, webhook.delivery);
    update->bind(3, now);
    update->bind(4, events);
    update->run();
    const bool known = impl_.db.changes() != 0;
    transaction.commit();
    return known;
  });
}

LedgerResult<bool> WebhookStore::fail(const Webhook& webhook, const WebhookFailure& failure) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_.db);
    auto update = impl_.db.query(
        "UPDATE webhooks SET attempts = attempts + 1, "
        "failing_since = CASE WHEN failing_since = 0 THEN ?3 ELSE failing_since END, error_at = ?3, error_status = ?4, "
        "error_text = ?5, next_try = ?6, state = CASE WHEN state = 0 THEN ?7 ELSE state END" LEDGRAM_WEBHOOK_UNDER_WAY);
    update->bind(1, webhook.id.value());
    update->bind(2, webhook.delivery);
    update->bind(3, failure.error.at);
    update->bind(4, std::int64_t{failure.error.status});
    update->bind(5, failure.error.text);
    update->bind(6, failure.next_try);
    update->bind(7, static_cast<std::int64_t>(failure.state));
    update->run();
    const bool known = impl_.db.changes() != 0;
    transaction.commit();
    return known;
  });
}

LedgerResult<bool> WebhookStore::skip(const Webhook& webhook, std::int64_t position) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_.db);
    auto update = impl_.db.query("UPDATE webhooks SET position = ?3, under_way = NULL" LEDGRAM_WEBHOOK_UNCHANGED);
    update->bind(1, webhook.id.value());
    update->bind(2, webhook.revision);
    update->bind(3, position);
    update->run();
    const bool known = impl_.db.changes() != 0;
    transaction.commit();
    return known;
  });
}

}  // namespace ledgram::ledger
