#pragma once

/// Telegram's API as the simulator answers it, without sockets: the body of a request goes in, the body of its answer
/// comes out. Time and randomness are given by the caller.
///
/// The server that owns the sessions makes one ApiService for all DCs, calls call() for each request that a session
/// received, tells it of sessions that ended, and carries out what it hands to the PushSink. Not for use from several
/// threads.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/sim_api/files.hpp"
#include "ledgram/sim_content/account_store.hpp"
#include "ledgram/sim_content/chat_store.hpp"
#include "ledgram/sim_content/mail_store.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ledgram::sim {

/// An error as Telegram words it: 400 "USERNAME_INVALID" (core.telegram.org/api/errors).
struct RpcFault {
  std::int32_t code = 0;
  std::string message;
};

/// Where a DC can be reached; becomes help.getConfig's dc_options.
struct DcAddress {
  DcId id;
  std::string host;
  std::uint16_t port = 0;
};

/// The data centre of the CDN and its own RSA key (core.telegram.org/cdn#getting-files-from-a-cdn).
struct CdnDc {
  DcAddress address;
  std::string public_key;  ///< PEM
};

/// Receives updates for sessions. `body` is a serialized Updates object in the session's layer. The sink decides what
/// becomes of it: sent, delayed, dropped.
class PushSink {
 public:
  virtual ~PushSink() = default;

  /// False: what would be pushed to this session now is lost, so it need not be made.
  virtual bool takes(AuthKeyId /*key*/, SessionId /*session*/) { return true; }

  virtual void push(AuthKeyId key, SessionId session, Bytes body) = 0;
};

/// Asked before a method runs; what it returns is the answer then. `phone` has digits only: of the account, or before
/// login the one that the method names. It is empty for bots and for methods that name none. Called for the innermost
/// method, not for wrappers such as invokeWithLayer.
using FaultHook = std::function<std::optional<RpcFault>(std::string_view method, std::string_view phone)>;

/// How a difference is to be answered otherwise than it should be.
struct DifferenceFault {
  bool too_long = false;
  std::optional<std::int32_t> most_events;  ///< in one answer
};

/// Which peers in a push are to be `min` (core.telegram.org/api/min).
enum class MinPeers : std::uint8_t { None, Users, Chats, All };

/// Asked at each difference and each push; `phone` as for FaultHook, `method` is updates.getDifference or
/// updates.getChannelDifference.
struct UpdateHooks {
  std::function<DifferenceFault(std::string_view method, std::string_view phone)> difference;
  std::function<MinPeers(std::string_view phone)> min_peers;
};

struct ServiceOptions {
  std::vector<DcAddress> dcs;
  std::vector<std::filesystem::path> schemas;  ///< TL texts of further layers, each with its "// LAYER n" line
};

/// Who asks, and when.
struct CallContext {
  AuthKeyId key;  ///< the permanent key, which has the login; the temporary one as long as that is not bound
  SessionId session;
  DcId dc;  ///< the DC that the connection belongs to
  Instant now;
  std::optional<AuthKeyId> temporary =
      std::nullopt;  ///< the key that the message was encrypted with, if a temporary one

  /// The key that initConnection is remembered for: a newly bound one has to be initialised again.
  [[nodiscard]] AuthKeyId wire_key() const { return temporary.value_or(key); }
  /// A temporary key that is not bound may call next to nothing.
  [[nodiscard]] bool unbound() const { return temporary == key; }
};

struct Outcome {
  std::variant<Bytes, RpcFault> result;  ///< body of the rpc_result, or an rpc_error
  std::string method;                    ///< the innermost method, such as "messages.getHistory"; empty if not readable
  std::string phone;                     ///< digits, as for FaultHook
  std::string answer;                    ///< the constructor of the result, if it was made as an object
};

/// How Telegram sends login codes to one number.
struct LoginPlan {
  /// Last parts of the names of auth.SentCodeType's constructors ("App", "SmsWord"): the first for a new code, then one
  /// for each resend. Not empty; find_code_way() knows them all.
  std::vector<std::string> types{"App", "Sms", "Call"};
  std::int32_t resend_after = 60;          ///< seconds before the next way may be asked for
  bool unknown_next = false;               ///< next_type is a constructor that no layer has
  std::string email = "olha@example.org";  ///< that codes by e-mail go to
  std::int32_t email_reset_seconds = 0;    ///< until auth.resetLoginEmail takes effect; 0: at once
};

/// Of one account and day; 0 means without limit.
struct LimitOptions {
  std::int32_t codes = 0;            ///< auth.sendCode; then PHONE_NUMBER_FLOOD
  std::int32_t wrong_passwords = 0;  ///< auth.checkPassword; then PASSWORD_FLOOD
  std::int32_t names = 200;          ///< contacts.resolveUsername; then FLOOD_WAIT_X, as on Telegram after some dozens
  std::int32_t names_wait = 0;       ///< X of that; 0: until the day is over

  // Not of a day: events behind, from which a difference is refused as too long; 0 for never.
  std::int32_t too_long_after = 1000;               ///< updates.getChannelDifference
  std::int32_t difference_too_long_after = 50'000;  ///< updates.getDifference
};

/// A QR code that a client shows now.
struct QrView {
  std::string token;  ///< URL-safe base64 without padding, as in tg://login?token=
  std::int32_t dc = 0;
  std::int32_t expires = 0;  ///< unix seconds
  bool accepted = false;
};

/// Many accounts in many chats at once.
struct Population {
  std::int32_t accounts = 0;
  std::string first;               ///< phone number; the others follow it
  std::vector<std::string> chats;  ///< to choose from; all if empty
  std::int32_t joined_each = 0;    ///< chats of an account, drawn by chance; all if 0
  std::uint64_t seed = 1;
};

/// Who is banned reads a public chat no more either; who is unbanned may join again.
enum class MembershipChange : std::uint8_t { Join, Leave, Ban, Unban };

/// A basic group.
struct GroupView {
  std::int64_t id = 0;
  std::string title;
  std::size_t members = 0;
  std::int64_t migrated_to = 0;  ///< 0 if it is a basic group still
};

struct AccountView {
  std::int64_t id = 0;
  std::int32_t dc = 0;
  std::string phone;
  std::string username;
  bool bot = false;
  bool password = false;
  std::vector<std::int64_t> channels;
};

class ApiService {
 public:
  /// All references must outlive the service; `random` must be cryptographically strong outside tests, since password
  /// exchanges draw from it. Fails if a schema file cannot be read.
  static Result<std::unique_ptr<ApiService>, ContentError> create(ServiceOptions options, ChatStore& chats,
                                                                  AccountStore& accounts, StateStore& state,
                                                                  RandomSource& random, PushSink& sink);
  ~ApiService();

  ApiService(const ApiService&) = delete;
  ApiService& operator=(const ApiService&) = delete;

  /// Known once the server listens; replaces what the options said.
  void set_dcs(std::vector<DcAddress> dcs);

  void set_fault_hook(FaultHook hook);
  void set_update_hooks(UpdateHooks hooks);

  /// From now on there is a CDN. What is given to it the file settings say.
  void set_cdn(CdnDc cdn);

  [[nodiscard]] const FileSettings& file_settings() const;
  void set_file_settings(const FileSettings& settings);

  /// Every file reference given so far is refused from now on.
  void expire_file_references();

  /// The file of a message as it really is; for a photo its largest form.
  [[nodiscard]] Result<StoredFile, ContentError> file(std::string_view chat, std::int32_t id) const;

  /// Answers one request. `body` is the serialized method; it may be gzip_packed within its wrappers.
  /// Never throws because of the body.
  Outcome call(const CallContext& context, ByteView body);

  /// The session is gone: nothing is pushed to it until it calls again.
  void session_closed(AuthKeyId key, SessionId session);

  /// The server does not know this key any more: its login is forgotten with it.
  void forget_key(AuthKeyId key);

  // What the control API does. Chats are named by username or number. Members' sessions are told of each change.

  /// Publishes an export-like message object; the result is its id.
  Result<std::int32_t, ContentError> publish(std::string_view chat, const boost::json::object& message, Instant now);
  Result<void, ContentError> edit(std::string_view chat, std::int32_t id, const boost::json::object& message,
                                  Instant now);
  Result<void, ContentError> erase(std::string_view chat, const std::vector<std::int32_t>& ids, Instant now);

  // The traffic generator's: quicker, of chats that were named before. The channel must be one of this service.

  [[nodiscard]] Result<Channel*, ContentError> chat(std::string_view chat) const;
  std::int32_t generate(Channel& channel, std::int64_t seed, std::int32_t bytes, Instant now);
  void regenerate(Channel& channel, std::int32_t id, std::int64_t seed, Instant now);
  void erase_generated(Channel& channel, const std::vector<std::int32_t>& ids, Instant now);

  /// What is done in `work` is written to the state at once; told to sessions is each thing when it is done.
  void in_batch(const std::function<void()>& work);

  // Private chats and basic groups. Accounts are named by phone number, groups by title or number, everybody else by
  // name or number; see MailStore. The account's sessions are told.

  /// To or from the account; the result is the message's id in its mailbox.
  Result<std::int32_t, ContentError> send(std::string_view phone, std::string_view other, Direction direction,
                                          const boost::json::object& message, Instant now);
  Result<std::int64_t, ContentError> create_group(std::string_view title, const std::vector<std::string>& phones,
                                                  const std::vector<std::string>& people, Instant now);
  /// The id in the mailbox of each member, by phone number.
  Result<std::map<std::string, std::int32_t>, ContentError> send_to_group(std::string_view group, std::string_view from,
                                                                          const boost::json::object& message,
                                                                          Instant now);
  Result<void, ContentError> edit_mail(std::string_view phone, std::int32_t id, const boost::json::object& message,
                                       Instant now);
  Result<void, ContentError> erase_mail(std::string_view phone, const std::vector<std::int32_t>& ids, Instant now);
  [[nodiscard]] Result<std::string, ContentError> mail_truth(std::string_view phone) const;
  [[nodiscard]] std::vector<GroupView> groups() const;

  /// Turns a basic group into a supergroup of this name, which all its accounts have joined then.
  Result<ChannelId, ContentError> migrate_group(std::string_view group, std::string_view name, Instant now);

  /// A chat without messages.
  Result<ChannelId, ContentError> create_chat(const NewChat& chat, Instant now);

  /// Pushes this Updates object, as the JSON codec writes it, to all sessions of the account as it is. How many there
  /// were. BadMessage if it does not fit a session's layer.
  Result<std::size_t, ContentError> push_raw(std::string_view phone, const boost::json::object& updates);

  /// See ChatStore::truth.
  [[nodiscard]] Result<std::string, ContentError> truth(std::string_view chat, std::int32_t since_id = 0) const;

  /// Makes the account if it is new. An empty password removes the two-step password.
  Result<void, ContentError> set_password(std::string_view phone, const SecretText& password, std::string_view hint);

  /// Makes the bot if it is new.
  Result<void, ContentError> add_bot(const SecretText& token, DcId dc);

  /// Nothing happens if it is so already.
  Result<void, ContentError> change_membership(std::string_view phone, std::string_view chat, MembershipChange change,
                                               Instant now);
  Result<void, ContentError> join(std::string_view phone, std::string_view chat, Instant now) {
    return change_membership(phone, chat, MembershipChange::Join, now);
  }

  /// Makes the accounts that are new and joins chats for all, in one batch and without telling anybody. The result is
  /// the number of memberships that are new. BadOption if there are not so many numbers or chats.
  Result<std::size_t, ContentError> populate(const Population& population, Instant now);

  /// Makes a chat private or public. Who is not a member then gets CHANNEL_PRIVATE.
  Result<void, ContentError> set_access(std::string_view chat, ChannelAccess access, Instant now);

  /// Moves an account: its next call on a key of another DC is answered with USER_MIGRATE_X.
  Result<void, ContentError> migrate(std::string_view phone, DcId dc);

  /// Ends all logins of the account: their next call is answered with 401 SESSION_REVOKED.
  Result<void, ContentError> revoke_logins(std::string_view phone);

  [[nodiscard]] std::vector<AccountView> accounts() const;

  /// Makes the account if it is new. BadOption for a way of sending that does not exist or cannot come second.
  Result<void, ContentError> set_login_plan(std::string_view phone, LoginPlan plan);

  /// As if a device of this account had scanned the code: `token` as in QrView, or as a whole link. Makes the account
  /// if it is new. BadOption with Telegram's word for what is wrong with the token.
  Result<void, ContentError> accept_qr(std::string_view token, std::string_view phone, Instant now);
  void set_qr_lifetime(std::int32_t seconds);
  [[nodiscard]] std::vector<QrView> qr_tokens(Instant now) const;

  void set_limits(LimitOptions limits);
  [[nodiscard]] LimitOptions limits() const;

 private:
  struct Impl;
  explicit ApiService(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace ledgram::sim
