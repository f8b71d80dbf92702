#pragma once

/// The store: what is committed here happened, what is not did not.
///
/// One Ledger owns one SQLite connection. It is synchronous and not thread-safe: it lives on a worker thread, and one
/// call is in progress at a time. Other processes may read the same file meanwhile (WAL). Committed means: survives
/// kill -9 of the process at any moment (docs/decisions/0004-sqlite-settings.md).

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/crypto/sealed.hpp"
#include "ledgram/ledger/batch.hpp"
#include "ledgram/ledger/error.hpp"
#include "ledgram/ledger/media_rows.hpp"
#include "ledgram/ledger/queries.hpp"
#include "ledgram/ledger/rows.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace ledgram::ledger {

class FeedStore;
class PostStore;

enum class OpenMode : std::uint8_t {
  ReadWrite,  ///< makes the file (mode 0600) if it is missing and brings its schema up to date
  ReadOnly,   ///< never changes anything; a missing file or an older schema is an error
};

struct OpenOptions {
  OpenMode mode{OpenMode::ReadWrite};
  std::chrono::milliseconds busy_timeout{5000};  ///< a reader's check-point takes far less; more means a hung process
};

/// Full also compares every index with its table, which reads the whole file.
enum class IntegrityCheck : std::uint8_t { Quick, Full };

class UserStore;
class OwnershipStore;
class AuditStore;
class AccountNotes;
class WebhookStore;

/// Tells posts() whether to go on.
enum class Visit : std::uint8_t { Continue, Stop };

class Ledger {
 public:
  /// Errors: ReadOnly, Io, ForeignFile, Corrupt, NewerSchema, NotFound (ReadOnly mode and no file), Busy.
  static LedgerResult<Ledger> open(const std::filesystem::path& file, const OpenOptions& options = {});

  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

  // --- accounts -----------------------------------------------------------------------------------------------

  /// `account.id` is ignored. Errors: AlreadyExists if the name is taken.
  LedgerResult<AccountId> add_account(const Account& account);

  /// Replaces everything but id, name, created and what AccountNews writes. Errors: NotFound.
  LedgerResult<void> update_account(const Account& account);

  [[nodiscard]] LedgerResult<std::vector<Account>> accounts();
  [[nodiscard]] LedgerResult<std::optional<Account>> find_account(std::string_view name);

  /// Forgets the account, its session and its access hashes. Channels and messages stay; channels that it collected
  /// have no account any more. Errors: NotFound.
  LedgerResult<void> remove_account(AccountId account);

  // --- sessions -----------------------------------------------------------------------------------------------

  /// Gives the key that seals sessions from now on. The first key ever used is remembered by a sealed check value.
  /// `random` must outlive the ledger. Errors: WrongSealKey.
  LedgerResult<void> use_seal_key(crypto::SealKey key, RandomSource& random);

  /// Seals and stores. use_seal_key() comes first (asserted). Errors: NotFound.
  LedgerResult<void> save_session(AccountId account, ByteView session);

  /// Nothing if the account has no session. use_seal_key() comes first (asserted). Errors: WrongSealKey.
  [[nodiscard]] LedgerResult<std::optional<SecretBytes>> load_session(AccountId account);

  LedgerResult<void> erase_session(AccountId account);

  /// Seals and stores how the account reaches Telegram, in the words of the caller; nothing takes it back. Proxy
  /// addresses hold passwords. use_seal_key() comes first (asserted). Errors: NotFound.
  LedgerResult<void> set_account_proxy(AccountId account, const std::optional<SecretText>& proxy);

  /// Nothing if none was set. use_seal_key() comes first (asserted). Errors: WrongSealKey.
  [[nodiscard]] LedgerResult<std::optional<SecretText>> account_proxy(AccountId account);

  /// A finished login, in one transaction: the account of this name, made or brought up to date, its session sealed,
  /// and the access hashes of its earlier login forgotten. `account.id` is ignored. use_seal_key() comes first
  /// (asserted).
  LedgerResult<AccountId> save_login(const Account& account, ByteView session);

  /// Tokens of log-outs, by which a later login of the same account needs no code; the newest twenty, oldest first.
  /// use_seal_key() comes first (asserted). Errors: WrongSealKey.
  LedgerResult<void> add_logout_token(ByteView token);
  [[nodiscard]] LedgerResult<std::vector<SecretBytes>> logout_tokens();

  // --- usernames ----------------------------------------------------------------------------------------------

  /// Remembers what a look-up said. Another account's answer is no answer: access hashes are not shared.
  LedgerResult<void> remember_username(AccountId account, const UsernameAnswer& answer);

  /// The last answer, however old. Case does not matter; `name` is without "@".
  [[nodiscard]] LedgerResult<std::optional<UsernameAnswer>> find_username(AccountId account, std::string_view name);

  // --- peers --------------------------------------------------------------------------------------------------

  [[nodiscard]] LedgerResult<std::optional<Peer>> find_peer(AccountId account, PeerKey key);

  /// Case does not matter; `username` is without "@".
  [[nodiscard]] LedgerResult<std::optional<Peer>> find_peer(AccountId account, std::string_view username);

  /// After a new login all access hashes of the account are void, and with them what look-ups of names said.
  LedgerResult<void> forget_peers(AccountId account);

  // --- channels -----------------------------------------------------------------------------------------------

  /// Adds the channel or follows it again; `channel.account` must be set. Keeps ranges, pts and newest_id of a known
  /// one.
  LedgerResult<void> follow_channel(const Channel& channel);

  /// Stops following; messages and ranges stay. Errors: NotFound.
  LedgerResult<void> unfollow_channel(ChannelId channel);

  /// All that were ever followed, by username.
  [[nodiscard]] LedgerResult<std::vector<Channel>> channels();
  [[nodiscard]] LedgerResult<std::optional<Channel>> find_channel(ChannelId channel);

  /// Case does not matter; `username` is without "@".
  [[nodiscard]] LedgerResult<std::optional<Channel>> find_channel(std::string_view username);

  /// The accounts that see the channel, in the order in which they came to it.
  [[nodiscard]] LedgerResult<std::vector<ChannelAccount>> channel_accounts(ChannelId channel);

  /// The channels that the account sees.
  [[nodiscard]] LedgerResult<std::vector<ChannelAccount>> account_channels(AccountId account);

  /// Where the account's updates stand; nothing before the first commit of it.
  [[nodiscard]] LedgerResult<std::optional<UpdateState>> update_state(AccountId account);

  // --- messages -----------------------------------------------------------------------------------------------

  /// Stores the batch in one transaction, with the events that it causes. The channels of messages, news and ranges
  /// must have been followed once. The content of a message is ordered by as_of (docs/decisions/0041-as-of.md), so that
  /// a batch may be committed again and batches of several accounts in any order.
  /// Errors: NotFound (unknown channel or account), DiskFull, Io, Busy, Corrupt. After an error nothing is stored.
  LedgerResult<CommitStats> commit(const Batch& batch);

  /// Deletions that one channel may have a minute before the further ones are held (DeletionState::Held); 0, as at
  /// the start: no limit. Counts for later commits.
  void set_wave_limit(std::int64_t deletions_per_minute);

  /// What is complete: completed ranges without those that wait for a recheck. Errors: NotFound.
  [[nodiscard]] LedgerResult<IdRangeSet> ranges(ChannelId channel);

  /// What was complete and has to be read again. Errors: NotFound.
  [[nodiscard]] LedgerResult<IdRangeSet> rechecks(ChannelId channel);

  /// Calls `visit` for each match, newest first, until it says Stop. `visit` must not use the ledger.
  LedgerResult<void> posts(const PostFilter& filter, const std::function<Visit(const Post&)>& visit);

  [[nodiscard]] LedgerResult<std::vector<Post>> posts(const PostFilter& filter);

  /// What the message was before its edits, oldest first; not its present content.
  [[nodiscard]] LedgerResult<std::vector<MessageVersion>> message_versions(ChannelId channel, MessageNumber number);

  /// All marks of the channel by number, also those of messages that are not stored.
  [[nodiscard]] LedgerResult<std::vector<DeletionMark>> deletions(ChannelId channel);

  /// Held marks of stored messages, by number.
  [[nodiscard]] LedgerResult<std::vector<DeletionMark>> held_deletions(ChannelId channel);

  /// Applies all held deletions of the channel, each with its event. How many they were. Errors: NotFound.
  LedgerResult<std::int64_t> release_deletions(ChannelId channel);

  /// Keeps the messages whose deletion is held; the same deletion does not come up again. Errors: NotFound.
  LedgerResult<std::int64_t> reject_deletions(ChannelId channel);

  /// Of one account, newest first, deleted ones included; `peer` absent: of all chats.
  [[nodiscard]] LedgerResult<std::vector<PrivatePost>> private_messages(AccountId account, std::optional<PeerKey> peer,
                                                                        std::int64_t limit);
  [[nodiscard]] LedgerResult<std::vector<MessageVersion>> private_versions(AccountId account, MessageNumber number);

  /// Pages of posts over several channels, and what an index has to read (post_store.hpp).
  [[nodiscard]] PostStore post_store();
  /// Feeds and what their readers may see (feeds.hpp).
  [[nodiscard]] FeedStore feeds();

  // --- gaps of private chats ------------------------------------------------------------------------------------

  /// Nothing if the account has none, or if it was filled.
  [[nodiscard]] LedgerResult<std::optional<OpenPrivateGap>> private_gap(AccountId account);

  /// What was read again for the account's gap so far.
  [[nodiscard]] LedgerResult<std::vector<PrivateReading>> private_readings(AccountId account);

  /// The basic groups of which the account has stored messages.
  [[nodiscard]] LedgerResult<std::vector<PeerKey>> private_groups(AccountId account);

  /// Messages with a number above `after` and an as_of below `as_of` that are not marked as deleted, at most `limit`,
  /// by number.
  [[nodiscard]] LedgerResult<std::vector<UncheckedMessage>> unchecked_private_messages(AccountId account,
                                                                                       std::int32_t as_of,
                                                                                       MessageNumber after,
                                                                                       std::int64_t limit);

  // --- events -------------------------------------------------------------------------------------------------

  /// Numbers rise in the order of commits and are committed with them: a reader that goes on after the last number it
  /// saw misses nothing. May be read while another process writes.
  [[nodiscard]] LedgerResult<std::vector<Event>> events(const EventFilter& filter = {});

  /// The highest number so far; 0 if there was no event.
  [[nodiscard]] LedgerResult<std::int64_t> last_event();

  /// A number that differs from the one before if another connection committed in between. Costs no disk access.
  [[nodiscard]] LedgerResult<std::int64_t> data_version();

  /// Rows that were ever written through this object, those that were taken back included: a number that differs from
  /// the one before if something was written in between.
  [[nodiscard]] std::int64_t changes() const;
  /// Where events are sent by HTTP (webhooks.hpp). The store refers to this ledger.
  [[nodiscard]] WebhookStore webhooks();

  // --- counts -------------------------------------------------------------------------------------------------

  [[nodiscard]] LedgerResult<std::int64_t> message_count(ChannelId channel);
  [[nodiscard]] LedgerResult<std::int64_t> message_count();

  // --- media --------------------------------------------------------------------------------------------------
  // Which messages hold which files, and what became of them (media_rows.hpp). The files themselves are not here.

  /// Messages with photos or documents that were not looked at yet, or were edited since; at most `limit`, by number.
  [[nodiscard]] LedgerResult<std::vector<MediaCandidate>> media_candidates(ChannelId channel, std::int64_t limit);

  /// Remembers what the candidates hold. A file that is known keeps its state.
  LedgerResult<void> add_media(const std::vector<MediaUse>& uses);

  /// Files of the channel that are not stored, by id and above `after`.
  [[nodiscard]] LedgerResult<std::vector<MediaFile>> missing_media(ChannelId channel, std::int64_t after,
                                                                   std::int64_t limit);

  /// Writes state, hash, attempts, next_try, reason and data centre of the file. Errors: NotFound.
  LedgerResult<void> update_media(const MediaFile& file);

  [[nodiscard]] LedgerResult<MediaSummary> media_summary(ChannelId channel);

  /// Every file of the channel with the newest message that holds it, newest first.
  LedgerResult<void> media_files(ChannelId channel, const std::function<Visit(const MediaFile&)>& visit);

  /// The TL bytes of a message; nothing if it is not stored.
  [[nodiscard]] LedgerResult<std::optional<Bytes>> raw_message(ChannelId channel, MessageNumber number);

  // --- completeness -------------------------------------------------------------------------------------------

  /// Errors: NotFound.
  [[nodiscard]] LedgerResult<ChannelReport> report(ChannelId channel);

  /// SQLite's own check, and ranges that neither overlap nor touch. Errors: Corrupt, with the first finding.
  LedgerResult<void> check_integrity(IntegrityCheck depth = IntegrityCheck::Quick);

  // --- users of the HTTP interface ----------------------------------------------------------------------------
  // Views of this ledger; include ledger/users.hpp, ownership.hpp, audit.hpp.

  [[nodiscard]] UserStore users();
  [[nodiscard]] OwnershipStore ownership();
  [[nodiscard]] AuditStore audit();
  [[nodiscard]] AccountNotes account_notes();

  // --- queries with an end ------------------------------------------------------------------------------------

  /// Statements that still run then end with Interrupted, until another deadline is given. time_point::max(), as at the
  /// start: never.
  void set_query_deadline(std::chrono::steady_clock::time_point deadline);

  /// Statements with a deadline end with Interrupted from now on, for ever. Thread-safe.
  void abandon_queries();

  /// The number of the last migration that the file has seen.
  [[nodiscard]] LedgerResult<std::int32_t> schema_version();

  class Impl;

 private:
  explicit Ledger(std::unique_ptr<Impl> impl);

  friend class LedgerMoment;

  std::unique_ptr<Impl> impl_;
};

namespace sqlite {
class ReadMoment;
}

/// Questions while this lives see the ledger at one moment, that of the first, and cost less than each alone. Nothing
/// may be written meanwhile, and it is not to be kept for long: the journal grows.
class LedgerMoment {
 public:
  /// Must not outlive `ledger`.
  explicit LedgerMoment(Ledger& ledger);
  LedgerMoment(const LedgerMoment&) = delete;
  LedgerMoment& operator=(const LedgerMoment&) = delete;
  ~LedgerMoment();

 private:
  std::unique_ptr<sqlite::ReadMoment> moment_;
};

}  // namespace ledgram::ledger
