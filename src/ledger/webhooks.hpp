#pragma once

/// Webhooks: who wants which events sent where, how far each has come, and what went wrong last. What sends them is
/// floor webhooks; this is what survives a crash.
///
/// A delivery is written down before it is sent (begin) and after it (finish, fail), so that after a crash the same
/// events are sent again under the same number.

#include "ledgram/base/random.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/ledger/events.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/owner_id.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::ledger {

using WebhookId = StrongId<struct WebhookIdTag, std::int64_t>;

/// Which events a webhook is for.
struct WebhookFilter {
  std::vector<EventType> types;  ///< empty: all
  /// An event of one of these channels or of one of these accounts. Both empty: all.
  std::vector<ChannelId> channels;
  std::vector<AccountId> accounts;

  [[nodiscard]] bool admits(const Event& event) const;

  friend bool operator==(const WebhookFilter&, const WebhookFilter&) = default;
};

/// Stored numbers; stable for ever.
enum class WebhookState : std::uint8_t {
  Active = 0,
  Paused = 1,  ///< by its owner
  Failed = 2,  ///< given up after it had failed for too long, or because its receiver said that it is gone
};

/// "active", "paused", "failed".
std::string_view name_of(WebhookState state);

/// Why an attempt failed.
struct WebhookError {
  UnixMillis at{};
  std::int32_t status{};  ///< of HTTP; 0 if there was no answer
  std::string text;       ///< for people

  friend bool operator==(const WebhookError&, const WebhookError&) = default;
};

struct Webhook {
  WebhookId id;
  OwnerId owner;
  std::string name;
  std::string url;
  WebhookFilter filter;
  WebhookState state{};
  std::int64_t position{};  ///< events up to this number have been dealt with
  std::int64_t revision{};  ///< rises with each change by people
  std::int64_t delivery{};  ///< number of the newest delivery; 0 before the first
  /// The last event of the delivery that has begun and not ended: it begins after `position`. Nothing: none has begun.
  std::optional<std::int64_t> under_way;
  std::int32_t attempts{};                 ///< that failed since the last success
  UnixMillis failing_since{};              ///< 0 if the last attempt did not fail
  UnixMillis next_try{};                   ///< 0: at once
  std::optional<WebhookError> last_error;  ///< kept after a success
  UnixMillis last_success{};               ///< 0 if there was none
  std::int64_t delivered{};                ///< events that receivers have accepted
  UnixMillis created{};
};

/// What people may set.
struct WebhookSettings {
  std::string name;
  std::string url;
  WebhookFilter filter;
};

/// How an attempt failed and what follows.
struct WebhookFailure {
  WebhookError error;
  UnixMillis next_try{};
  WebhookState state{};  ///< Active, or Failed if it is given up
};

/// A short-lived view of a Ledger, for its thread; reached by Ledger::webhooks(). use_seal_key() comes first for all
/// that touches secrets (asserted).
class WebhookStore {
 public:
  explicit WebhookStore(Ledger::Impl& impl) : impl_(impl) {}

  // --- for their owners -----------------------------------------------------------------------------------------
  // Each change makes a new revision. Errors of all that name a webhook: NotFound.

  /// Its first event is the next one after `position`.
  LedgerResult<WebhookId> add(OwnerId owner, const WebhookSettings& settings, const SecretText& secret,
                              std::int64_t position, UnixMillis now);

  [[nodiscard]] LedgerResult<std::optional<Webhook>> find(WebhookId webhook);

  /// By id; of all users if there is no owner.
  [[nodiscard]] LedgerResult<std::vector<Webhook>> list(std::optional<OwnerId> owner = {});

  /// A new URL is tried at once. What was under way is forgotten.
  LedgerResult<void> change(WebhookId webhook, const WebhookSettings& settings);

  LedgerResult<void> set_secret(WebhookId webhook, const SecretText& secret);

  LedgerResult<void> pause(WebhookId webhook);

  /// Active again, whatever it was, and tried at once.
  LedgerResult<void> resume(WebhookId webhook);

  /// The next event is `from` or the first one after it that the filter admits. What was under way is forgotten; a
  /// Failed one is resumed, a Paused one stays so.
  LedgerResult<void> replay(WebhookId webhook, std::int64_t from);

  LedgerResult<void> remove(WebhookId webhook);

  // --- for the sender -------------------------------------------------------------------------------------------

  [[nodiscard]] LedgerResult<SecretText> secret(WebhookId webhook);

  /// A delivery of what comes after `webhook.position` up to the event `last` begins; its number. Nothing if the
  /// webhook is not Active or not of this revision any more.
  LedgerResult<std::optional<std::int64_t>> begin(const Webhook& webhook, std::int64_t last);

  /// The delivery under way was accepted, with so many events. False if it was forgotten meanwhile.
  LedgerResult<bool> finish(const Webhook& webhook, std::int64_t events, UnixMillis now);

  /// It was not accepted. False if it was forgotten meanwhile.
  LedgerResult<bool> fail(const Webhook& webhook, const WebhookFailure& failure);

  /// Nothing up to `position` is for this webhook. False as begin().
  LedgerResult<bool> skip(const Webhook& webhook, std::int64_t position);

 private:
  LedgerResult<void> change_row(WebhookId webhook, std::string_view sql, std::optional<std::int64_t> value = {});

  Ledger::Impl& impl_;
};

}  // namespace ledgram::ledger
