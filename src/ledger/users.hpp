#pragma once

/// Who uses Ledgram over HTTP: people, their browser sessions and API tokens, and the link that makes the first of
/// them. Passwords and tokens come in hashed; what seals the second factor is the ledger's seal key.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/ledger/error.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/owner_id.hpp"
#include "ledgram/ledger/rows.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::ledger {

/// Stored numbers; stable for ever. A later one may do all that an earlier one may.
enum class Role : std::uint8_t { Viewer = 0, Member = 1, Admin = 2 };

std::string_view name_of(Role role);
std::optional<Role> role_named(std::string_view name);

/// What a token may be used for. Stored as bits; stable for ever.
enum class Scope : std::uint8_t {
  Read = 1,      ///< what is in the ledger
  Write = 2,     ///< accounts, channels, webhooks
  Telegram = 4,  ///< calls to Telegram through an account
  Admin = 8,     ///< users, raw calls; only for admins
};

std::string_view name_of(Scope scope);
std::optional<Scope> scope_named(std::string_view name);

/// A set of Scope.
class Scopes {
 public:
  constexpr Scopes() = default;
  constexpr explicit Scopes(std::uint8_t bits) : bits_(bits) {}
  static constexpr Scopes all() { return Scopes(15); }

  constexpr void add(Scope scope) { bits_ = static_cast<std::uint8_t>(bits_ | static_cast<std::uint8_t>(scope)); }
  [[nodiscard]] constexpr bool has(Scope scope) const { return (bits_ & static_cast<std::uint8_t>(scope)) != 0; }
  [[nodiscard]] constexpr std::uint8_t bits() const { return bits_; }
  [[nodiscard]] std::vector<std::string_view> names() const;

  friend constexpr bool operator==(Scopes, Scopes) = default;

 private:
  std::uint8_t bits_ = 0;
};

struct User {
  OwnerId id;
  std::string name;  ///< unique without regard to case
  Role role{};
  bool totp = false;      ///< a second factor is asked for
  bool disabled = false;  ///< cannot log in, and its sessions and tokens do not count
  UnixSeconds created{};
  UnixSeconds last_login{};  ///< 0: never
};

/// What a login is checked against.
struct UserSecrets {
  User user;
  SecretText password_hash;
  SecretBytes totp;             ///< empty: none
  std::int64_t totp_counter{};  ///< the last time step whose code was used; no code counts twice
};

struct WebSession {
  std::int64_t id{};
  OwnerId user;
  UnixSeconds created{};
  UnixSeconds last_seen{};
  UnixSeconds expires{};
  std::string address;
  std::string agent;  ///< User-Agent, cut
};

struct ApiToken {
  std::int64_t id{};
  OwnerId user;
  std::string name;
  Scopes scopes;
  std::string hint;  ///< the first characters, to tell tokens apart
  UnixSeconds created{};
  UnixSeconds expires{};    ///< 0: never
  UnixSeconds last_used{};  ///< 0: never; exact to some minutes
};

/// A SHA-256 of a token.
using TokenHash = ByteArray<32>;

/// Reached by Ledger::users(); a view of the ledger, valid as long as that is. The errors are the ledger's.
class UserStore {
 public:
  explicit UserStore(Ledger::Impl& impl) : impl_(&impl) {}

  // --- people -------------------------------------------------------------------------------------------------

  /// Errors: AlreadyExists if the name is taken.
  LedgerResult<OwnerId> add(std::string_view name, Role role, const SecretText& password_hash, UnixSeconds now);
  [[nodiscard]] LedgerResult<std::vector<User>> all();
  [[nodiscard]] LedgerResult<std::optional<User>> find(OwnerId user);
  [[nodiscard]] LedgerResult<std::int64_t> count();
  /// The one with the lowest number who is not disabled; to whom belongs what nobody owns.
  [[nodiscard]] LedgerResult<std::optional<OwnerId>> first_admin();

  /// use_seal_key() comes first (asserted). Errors: WrongSealKey.
  [[nodiscard]] LedgerResult<std::optional<UserSecrets>> secrets_of(std::string_view name);
  [[nodiscard]] LedgerResult<std::optional<UserSecrets>> secrets_of(OwnerId user);

  /// Errors: NotFound; Conflict if no enabled admin would be left.
  LedgerResult<void> set_role(OwnerId user, Role role);
  LedgerResult<void> set_disabled(OwnerId user, bool disabled);
  /// Accounts, subscriptions and whatever else belongs to the user go to `heir`; sessions and tokens end. Errors as
  /// above.
  LedgerResult<void> remove(OwnerId user, OwnerId heir);

  /// Ends the user's sessions but `kept` (0: all).
  LedgerResult<void> set_password(OwnerId user, const SecretText& password_hash, std::int64_t kept);
  /// Empty takes it off. use_seal_key() comes first (asserted).
  LedgerResult<void> set_totp(OwnerId user, const SecretBytes& secret);
  /// False if a code of this step or a later one was used before.
  LedgerResult<bool> use_totp_counter(OwnerId user, std::int64_t counter);
  LedgerResult<void> note_login(OwnerId user, UnixSeconds now);

  // --- the first user -----------------------------------------------------------------------------------------

  /// In the place of an earlier link.
  LedgerResult<void> set_setup_link(const TokenHash& hash, UnixSeconds expires);
  /// True if use_setup_link() would take it.
  [[nodiscard]] LedgerResult<bool> is_setup_link(const TokenHash& hash, UnixSeconds now);
  /// Makes the first user, an admin, and forgets the link. Errors: NotFound for a wrong or expired link or if there is
  /// a user already.
  LedgerResult<OwnerId> use_setup_link(const TokenHash& hash, UnixSeconds now, std::string_view name,
                                       const SecretText& password_hash);

  // --- sessions and tokens ------------------------------------------------------------------------------------

  LedgerResult<std::int64_t> add_session(const WebSession& session, const TokenHash& hash);
  [[nodiscard]] LedgerResult<std::optional<WebSession>> find_session(const TokenHash& hash);
  [[nodiscard]] LedgerResult<std::vector<WebSession>> sessions(OwnerId user);
  /// Errors: NotFound, also if it is another user's.
  LedgerResult<void> remove_session(OwnerId user, std::int64_t session);
  /// Expired sessions and set-up links.
  LedgerResult<void> forget_expired(UnixSeconds now);

  LedgerResult<std::int64_t> add_token(const ApiToken& token, const TokenHash& hash);
  [[nodiscard]] LedgerResult<std::optional<ApiToken>> find_token(const TokenHash& hash);
  [[nodiscard]] LedgerResult<std::vector<ApiToken>> tokens(OwnerId user);
  /// Errors: NotFound, also if it is another user's.
  LedgerResult<void> remove_token(OwnerId user, std::int64_t token);
  /// When sessions and tokens were last used, by their numbers; unknown ones are ignored.
  LedgerResult<void> touch(const std::map<std::int64_t, UnixSeconds>& sessions,
                           const std::map<std::int64_t, UnixSeconds>& tokens);
  /// True if the token was never used from there before.
  LedgerResult<bool> see_token_at(std::int64_t token, std::string_view address, UnixSeconds now);

 private:
  Ledger::Impl* impl_;
};

}  // namespace ledgram::ledger
