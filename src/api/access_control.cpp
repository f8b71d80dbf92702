#include "ledgram/api/access_control.hpp"

#include "ledgram/api/answers.hpp"
#include "ledgram/base/log.hpp"
#include "ledgram/crypto/hash.hpp"
#include "ledgram/http/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ledgram::api {
namespace {

constexpr std::string_view kModule = "access";
constexpr std::size_t kSecretBytes = 32;

/// What is remembered at once; then all of it is looked up again.
constexpr std::size_t kMostKnown = 20'000;

/// Of one token; a token that is used from everywhere tells nothing new by one more address.
constexpr std::size_t kMostSights = 100'000;

std::optional<std::string> take_token_from_query(http::Request& request) {
  std::optional<std::string> token;
  std::erase_if(request.query, [&token](http::QueryItem& item) {
    if (item.name != "token")
      return false;
    token = std::move(item.value);
    return true;
  });
  return token;
}

std::optional<std::string> bearer_of(const http::Request& request) {
  const auto header = request.headers.get("Authorization");
  constexpr std::string_view kScheme = "Bearer ";
  if (!header || header->size() < kScheme.size() ||
      !http::equal_ignoring_case(header->substr(0, kScheme.size()), kScheme))
    return std::nullopt;
  return std::string(http::trim(header->substr(kScheme.size())));
}

ApiFailure unauthenticated(std::string detail) {
  return {ProblemCode::Unauthenticated, std::move(detail)};
}

}  // namespace

NewToken make_token(std::string_view prefix, RandomSource& random) {
  const Bytes secret = random.bytes(kSecretBytes);
  NewToken token;
  token.text = SecretText(std::string(prefix) + make_cursor(as_text(secret)));
  token.hash = hash_of(token.text.reveal());
  return token;
}

ledger::TokenHash hash_of(std::string_view token) {
  return crypto::sha256(as_bytes(token));
}

std::string csrf_token(std::string_view session_token) {
  const crypto::Sha256Digest digest = crypto::hmac_sha256(as_bytes(session_token), as_bytes("ledgram csrf token"));
  return make_cursor(as_text(digest));
}

AccessControl::AccessControl(ReaderPool& readers, collect::LedgerWorker& ledger, const Clock& clock)
    : readers_(readers), ledger_(ledger), clock_(clock) {}

std::int64_t AccessControl::now() const {
  return std::chrono::duration_cast<std::chrono::seconds>(clock_.now().unix_time).count();
}

asio::awaitable<Caller> AccessControl::identify(http::Request& request) {
  const std::optional<std::string> in_query = take_token_from_query(request);
  Caller::How how = Caller::How::Token;
  std::optional<std::string> secret = bearer_of(request);
  if (!secret)
    secret = in_query;
  if (!secret) {
    how = Caller::How::Cookie;
    if (const auto cookie = request.cookie(kSessionCookie))
      secret = std::string(*cookie);
  }
  if (!secret || secret->empty())
    co_return Caller{};
  const ledger::TokenHash hash = hash_of(*secret);
  const auto found = known_.find(hash);
  Known known;
  if (found != known_.end() && found->second.caller.how == how) {
    known = found->second;
  } else {
    const std::uint64_t before = changes_;
    known = co_await look_up(how, hash, request.deadline);
    if (known_.size() >= kMostKnown)
      known_.clear();
    if (changes_ == before)
      known_[hash] = known;
  }
  if (known.expires != 0 && known.expires <= now()) {
    known_.erase(hash);
    throw unauthenticated(how == Caller::How::Token ? "the token has expired; make another" : "log in again");
  }
  if (how == Caller::How::Token) {
    token_uses_[known.caller.credential] = now();
    co_await note_sight(known.caller, request);
  } else {
    session_uses_[known.caller.credential] = now();
  }
  co_return known.caller;
}

asio::awaitable<AccessControl::Known> AccessControl::look_up(Caller::How how, ledger::TokenHash hash,
                                                             net::Deadline deadline) {
  auto work = [how, hash](ledger::Ledger& ledger) -> ledger::LedgerResult<std::optional<Known>> {
    ledger::UserStore users = ledger.users();
    Known known;
    known.caller.how = how;
    if (how == Caller::How::Token) {
      auto token = users.find_token(hash);
      if (!token)
        return std::unexpected(token.error());
      if (!*token)
        return std::nullopt;
      known.caller.user = (*token)->user;
      known.caller.scopes = (*token)->scopes;
      known.caller.credential = (*token)->id;
      known.expires = (*token)->expires;
    } else {
      auto session = users.find_session(hash);
      if (!session)
        return std::unexpected(session.error());
      if (!*session)
        return std::nullopt;
      known.caller.user = (*session)->user;
      known.caller.scopes = ledger::Scopes::all();
      known.caller.credential = (*session)->id;
      known.expires = (*session)->expires;
    }
    auto user = users.find(known.caller.user);
    if (!user)
      return std::unexpected(user.error());
    if (!*user || (*user)->disabled)
      return std::nullopt;
    known.caller.name = (*user)->name;
    known.caller.role = (*user)->role;
    return known;
  };
  std::optional<Known> known = co_await readers_.run(std::move(work), deadline);
  if (!known)
    throw unauthenticated(how == Caller::How::Token ? "the token is unknown or was taken back" : "log in again");
  co_return std::move(*known);
}

asio::awaitable<void> AccessControl::note_sight(const Caller& caller, const http::Request& request) {
  const std::string address = request.client.to_string();
  if (seen_at_.size() >= kMostSights)
    seen_at_.clear();
  if (!seen_at_.try_emplace({caller.credential, address}, true).second)
    co_return;
  ledger::AuditEntry entry;
  entry.at = now();
  entry.user = caller.user;
  entry.user_name = caller.name;
  entry.by = fmt::format("token {}", caller.credential);
  entry.address = address;
  entry.action = "token.first_seen";
  entry.request = request.id;
  auto work = [entry, token = caller.credential](ledger::Ledger& ledger) -> ledger::LedgerResult<void> {
    auto is_new = ledger.users().see_token_at(token, entry.address, entry.at);
    if (!is_new)
      return std::unexpected(is_new.error());
    return *is_new ? ledger.audit().add(entry) : ledger::LedgerResult<void>();
  };
  try {
    co_await ledger_.run(std::move(work));
  } catch (const collect::LedgerFailure& failure) {
    // Reading goes on while nothing can be written; the next use is the first again.
    log::warning(kModule, "the first use of a token was not written: {}", failure.what());
    seen_at_.erase({caller.credential, address});
  }
}

asio::awaitable<void> AccessControl::write_uses() {
  auto sessions = std::exchange(session_uses_, {});
  auto tokens = std::exchange(token_uses_, {});
  auto work = [sessions = std::move(sessions), tokens = std::move(tokens),
               at = now()](ledger::Ledger& ledger) -> ledger::LedgerResult<void> {
    ledger::UserStore users = ledger.users();
    auto touched = users.touch(sessions, tokens);
    return touched ? users.forget_expired(at) : touched;
  };
  co_await ledger_.run(std::move(work));
}

asio::awaitable<void> AccessControl::audit(ledger::AuditEntry entry) {
  const std::string what = entry.action + " of request " + entry.request;
  auto work = [entry = std::move(entry)](ledger::Ledger& ledger) { return ledger.audit().add(entry); };
  try {
    co_await ledger_.run(std::move(work));
  } catch (const collect::LedgerFailure& failure) {
    // It has happened, and the answer must say so.
    log::error(kModule, "not in the audit table: {}: {}", what, failure.what());
  }
}

}  // namespace ledgram::api
