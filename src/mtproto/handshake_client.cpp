#include "ledgram/mtproto/handshake_client.hpp"

#include "ledgram/crypto/pq.hpp"
#include "ledgram/mtproto/handshake_crypto.hpp"
#include "ledgram/mtproto/msg_id.hpp"
#include "ledgram/mtproto/plain_message.hpp"
#include "ledgram/tl/mt.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

namespace ledgram::mtproto {
namespace {

namespace mt = tl::mt;
using std::chrono::seconds;

/// A server that asks for another b more often than this does not mean it.
constexpr int kMaxRetries = 5;

/// pq is at most 2^63 - 1 (K3).
constexpr std::uint64_t kMaxPq = INT64_MAX;

/// What all steps of one exchange work with.
struct Tools {
  const HandshakeOptions& options;
  RandomSource& random;
  crypto::DhGroupCache& primes;
  nanoseconds unix_time;
};

template <class T>
Result<T, MtprotoError> read_answer(ByteView body) {
  auto answer = tl::parse<T>(body);
  if (answer)
    return std::move(*answer);
  return fail(MtprotoErrc::UnexpectedAnswer,
              fmt::format("cannot read the server's answer in the key exchange: {}", answer.error().message));
}

/// Every answer repeats what belongs to this exchange; who cannot do that has not seen it.
Result<void, MtprotoError> check_nonces(std::string_view where, const tl::Int128& nonce, const tl::Int128& got_nonce,
                                        const tl::Int128& server_nonce, const tl::Int128& got_server_nonce) {
  if (!equal_in_constant_time(nonce, got_nonce)) {
    return fail(MtprotoErrc::NonceMismatch, fmt::format("got another nonce in {} than was sent", where));
  }
  if (!equal_in_constant_time(server_nonce, got_server_nonce)) {
    return fail(MtprotoErrc::NonceMismatch, fmt::format("got another server_nonce in {} than in resPQ", where));
  }
  return {};
}

// The steps. Each waits for one answer; take() uses the step up and makes the next one with what is to be sent.

template <class NextStep>
struct Sending {
  Bytes body;
  NextStep next;
};

struct WaitingForDhGen {
  tl::Int128 nonce;
  tl::Int128 server_nonce;
  tl::Int256 new_nonce;
  mt::server_DH_inner_data params;
  crypto::AuthKey key;  // what it will be if the server agrees
  seconds server_time_offset;
  int retries = 0;

  using Taken = std::variant<Sending<WaitingForDhGen>, HandshakeDone>;
  Result<Taken, MtprotoError> take(ByteView body, const Tools& tools) &&;
};

struct WaitingForDhParams {
  tl::Int128 nonce;
  tl::Int128 server_nonce;
  tl::Int256 new_nonce;

  Result<Sending<WaitingForDhGen>, MtprotoError> take(ByteView body, const Tools& tools) &&;
};

struct WaitingForPq {
  tl::Int128 nonce;

  Result<Sending<WaitingForDhParams>, MtprotoError> take(ByteView body, const Tools& tools) &&;
};

/// The key and the message that lets the server make the same one.
struct Proposal {
  crypto::AuthKey key;
  Bytes body;
};

/// Draws b, computes g_b and g^(ab) and writes set_client_DH_params.
Result<Proposal, MtprotoError> propose_key(const tl::Int128& nonce, const tl::Int128& server_nonce,
                                           const tl::Int256& new_nonce, const mt::server_DH_inner_data& params,
                                           std::int64_t retry_id, const Tools& tools) {
  Bytes b = tools.random.bytes(crypto::kDhSize);
  Bytes g_b = crypto::mod_exp(params.g, b, params.dh_prime);
  // A random b fails this about once in 2^64 times.
  if (auto good = crypto::check_dh_public(g_b, params.dh_prime); !good) {
    return fail(MtprotoErrc::BadDhValue, "drew a b whose g_b is outside of the safe range: " + good.error().message);
  }
  Bytes shared = crypto::mod_exp(params.g_a, b, params.dh_prime);
  auto key = crypto::AuthKey::from_bytes(shared);
  wipe(shared);
  wipe(b);
  if (!key)
    return fail(MtprotoErrc::BadDhValue, key.error().message);

  const mt::client_DH_inner_data inner{
      .nonce = nonce, .server_nonce = server_nonce, .retry_id = retry_id, .g_b = std::move(g_b)};
  const crypto::AesKeyIv aes = derive_handshake_aes(new_nonce, server_nonce);
  const mt::set_client_DH_params request{
      .nonce = nonce,
      .server_nonce = server_nonce,
      .encrypted_data = seal_handshake_object(aes, tl::serialize(inner), tools.random)};
  return Proposal{*key, tl::serialize(request)};
}

const crypto::RsaPublicKey* choose_key(const std::vector<crypto::RsaPublicKey>& known,
                                       const std::vector<std::int64_t>& offered) {
  for (const std::int64_t fingerprint : offered) {
    const auto found = std::ranges::find(known, fingerprint, &crypto::RsaPublicKey::fingerprint);
    if (found != known.end())
      return &*found;
  }
  return nullptr;
}

std::string list_of(const std::vector<std::int64_t>& fingerprints) {
  // An honest server has a handful; the message stays readable for any other.
  constexpr std::size_t kMostShown = 8;
  std::vector<std::string> texts;
  for (const std::int64_t fingerprint : fingerprints) {
    if (texts.size() == kMostShown) {
      texts.emplace_back("...");
      break;
    }
    texts.push_back(fmt::format("{:016x}", static_cast<std::uint64_t>(fingerprint)));
  }
  return texts.empty() ? "none" : fmt::format("{}", fmt::join(texts, ", "));
}

Bytes inner_data(const mt::resPQ& answer, const mt::req_DH_params& request, const tl::Int256& new_nonce,
                 std::uint64_t pq, const HandshakeOptions& options) {
  if (options.temporary_for) {
    return tl::serialize(
        mt::p_q_inner_data_temp_dc{.pq = crypto::to_minimal_big_endian(pq),
                                   .p = request.p,
                                   .q = request.q,
                                   .nonce = answer.nonce,
                                   .server_nonce = answer.server_nonce,
                                   .new_nonce = new_nonce,
                                   .dc = options.wire_dc,
                                   .expires_in = static_cast<std::int32_t>(options.temporary_for->count())});
  }
  return tl::serialize(mt::p_q_inner_data_dc{.pq = crypto::to_minimal_big_endian(pq),
                                             .p = request.p,
                                             .q = request.q,
                                             .nonce = answer.nonce,
                                             .server_nonce = answer.server_nonce,
                                             .new_nonce = new_nonce,
                                             .dc = options.wire_dc});
}

Result<Sending<WaitingForDhParams>, MtprotoError> WaitingForPq::take(ByteView body, const Tools& tools) && {
  auto answer = read_answer<mt::resPQ>(body);
  if (!answer)
    return std::unexpected(std::move(answer.error()));
  if (!equal_in_constant_time(nonce, answer->nonce)) {
    return fail(MtprotoErrc::NonceMismatch, "got another nonce in resPQ than was sent");
  }
  const crypto::RsaPublicKey* key = choose_key(tools.options.keys, answer->server_public_key_fingerprints);
  if (key == nullptr) {
    return fail(MtprotoErrc::UnknownFingerprint,
                fmt::format("the server offers RSA keys with the fingerprints {}, none of which is among the {} known; "
                            "check the server's address and the configured public keys",
                            list_of(answer->server_public_key_fingerprints), tools.options.keys.size()));
  }
  const auto pq = crypto::from_big_endian(answer->pq);
  if (!pq || *pq > kMaxPq) {
    return fail(MtprotoErrc::BadPq, fmt::format("got a pq of {} bytes that is above 2^63 - 1", answer->pq.size()));
  }
  const auto factors = crypto::factor_pq(*pq);
  if (!factors || factors->p >= factors->q) {
    return fail(MtprotoErrc::BadPq, fmt::format("got pq = {}, which is not the product of two different primes", *pq));
  }

  tl::Int256 new_nonce{};
  tools.random.fill(new_nonce);
  mt::req_DH_params request{.nonce = nonce,
                            .server_nonce = answer->server_nonce,
                            .p = crypto::to_minimal_big_endian(factors->p),
                            .q = crypto::to_minimal_big_endian(factors->q),
                            .public_key_fingerprint = key->fingerprint()};
  Bytes inner = inner_data(*answer, request, new_nonce, *pq, tools.options);
  auto encrypted = crypto::rsa_pad_encrypt(*key, inner, tools.random);
  wipe(inner);
  if (!encrypted)
    return fail(MtprotoErrc::BadRsaBlock, encrypted.error().message);
  request.encrypted_data = std::move(*encrypted);
  return Sending<WaitingForDhParams>{tl::serialize(request), {nonce, answer->server_nonce, new_nonce}};
}

Result<mt::server_DH_params_ok, MtprotoError> read_dh_params(ByteView body, const WaitingForDhParams& step) {
  auto answer = read_answer<mt::Server_DH_Params>(body);
  if (!answer)
    return std::unexpected(std::move(answer.error()));
  if (const auto* failed = answer->as<mt::server_DH_params_fail>()) {
    auto same =
        check_nonces("server_DH_params_fail", step.nonce, failed->nonce, step.server_nonce, failed->server_nonce);
    if (!same)
      return std::unexpected(std::move(same.error()));
    if (!equal_in_constant_time(new_nonce_hash(step.new_nonce), failed->new_nonce_hash)) {
      return fail(MtprotoErrc::BadNewNonceHash, "the new_nonce_hash of server_DH_params_fail does not match");
    }
    return fail(MtprotoErrc::DhGenFailed, "the server refused to begin the Diffie-Hellman exchange; start over");
  }
  auto* params = answer->as<mt::server_DH_params_ok>();
  if (params == nullptr) {
    return fail(MtprotoErrc::UnexpectedAnswer, "got an answer without a value, expected server_DH_params_ok");
  }
  auto same = check_nonces("server_DH_params_ok", step.nonce, params->nonce, step.server_nonce, params->server_nonce);
  if (!same)
    return std::unexpected(std::move(same.error()));
  return std::move(*params);
}

Result<Sending<WaitingForDhGen>, MtprotoError> WaitingForDhParams::take(ByteView body, const Tools& tools) && {
  auto params = read_dh_params(body, *this);
  if (!params)
    return std::unexpected(std::move(params.error()));
  const crypto::AesKeyIv aes = derive_handshake_aes(new_nonce, server_nonce);
  auto inner = open_handshake_object<mt::server_DH_inner_data>(aes, params->encrypted_answer);
  if (!inner)
    return std::unexpected(std::move(inner.error()));
  auto same = check_nonces("server_DH_inner_data", nonce, inner->nonce, server_nonce, inner->server_nonce);
  if (!same)
    return std::unexpected(std::move(same.error()));
  if (auto good = tools.primes.check(inner->g, inner->dh_prime); !good) {
    return fail(MtprotoErrc::BadDhGroup, "the server's Diffie-Hellman group is not safe: " + good.error().message);
  }
  if (auto good = crypto::check_dh_public(inner->g_a, inner->dh_prime); !good) {
    return fail(MtprotoErrc::BadDhValue, "the server's g_a is not safe: " + good.error().message);
  }

  auto proposal = propose_key(nonce, server_nonce, new_nonce, *inner, 0, tools);
  if (!proposal)
    return std::unexpected(std::move(proposal.error()));
  const seconds local = std::chrono::floor<seconds>(tools.unix_time);
  const seconds offset = seconds(inner->server_time) - local;
  return Sending<WaitingForDhGen>{std::move(proposal->body),
                                  {nonce, server_nonce, new_nonce, std::move(*inner), proposal->key, offset, 0}};
}

Result<WaitingForDhGen::Taken, MtprotoError> WaitingForDhGen::take(ByteView body, const Tools& tools) && {
  auto answer = read_answer<mt::Set_client_DH_params_answer>(body);
  if (!answer)
    return std::unexpected(std::move(answer.error()));

  const auto check = [this](std::string_view where, const auto& got, const tl::Int128& got_hash,
                            DhVerdict verdict) -> Result<void, MtprotoError> {
    auto same = check_nonces(where, nonce, got.nonce, server_nonce, got.server_nonce);
    if (!same)
      return same;
    if (!equal_in_constant_time(new_nonce_hash(new_nonce, verdict, key), got_hash)) {
      return fail(MtprotoErrc::BadNewNonceHash, fmt::format("the new_nonce_hash of {} does not match", where));
    }
    return {};
  };

  if (const auto* ok = answer->as<mt::dh_gen_ok>()) {
    auto checked = check("dh_gen_ok", *ok, ok->new_nonce_hash1, DhVerdict::Ok);
    if (!checked)
      return std::unexpected(std::move(checked.error()));
    return HandshakeDone{key, first_server_salt(new_nonce, server_nonce), server_time_offset};
  }
  if (const auto* again = answer->as<mt::dh_gen_retry>()) {
    auto checked = check("dh_gen_retry", *again, again->new_nonce_hash2, DhVerdict::Retry);
    if (!checked)
      return std::unexpected(std::move(checked.error()));
    if (retries == kMaxRetries) {
      return fail(MtprotoErrc::TooManyRetries,
                  fmt::format("the server asked {} times for another key; start over", kMaxRetries + 1));
    }
    const auto retry_id = static_cast<std::int64_t>(key.aux_hash());
    auto proposal = propose_key(nonce, server_nonce, new_nonce, params, retry_id, tools);
    if (!proposal)
      return std::unexpected(std::move(proposal.error()));
    key = proposal->key;
    ++retries;
    Bytes next_body = std::move(proposal->body);
    return Sending<WaitingForDhGen>{std::move(next_body), std::move(*this)};
  }
  if (const auto* failed = answer->as<mt::dh_gen_fail>()) {
    auto checked = check("dh_gen_fail", *failed, failed->new_nonce_hash3, DhVerdict::Fail);
    if (!checked)
      return std::unexpected(std::move(checked.error()));
    return fail(MtprotoErrc::DhGenFailed, "the server refused the Diffie-Hellman exchange; start over");
  }
  return fail(MtprotoErrc::UnexpectedAnswer, "got an answer without a value, expected dh_gen_ok");
}

struct NotStarted {};

}  // namespace

struct ClientHandshake::Impl {
  HandshakeOptions options;
  RandomSource* random;
  crypto::DhGroupCache* primes;
  MsgIdGenerator msg_ids{crypto::Direction::ToServer};
  std::optional<nanoseconds> deadline;
  seconds clock_offset{};  // known after the second answer; later message ids are in the server's time
  std::variant<NotStarted, WaitingForPq, WaitingForDhParams, WaitingForDhGen> step;

  Bytes wrap(ByteView body, Instant now) {
    return encode_unencrypted(msg_ids.next(now.unix_time + clock_offset), body);
  }

  void end() {
    step = NotStarted{};
    deadline.reset();
  }

  template <class Next>
  Result<HandshakeStep, MtprotoError> advance(Sending<Next> sending, Instant now) {
    if constexpr (std::is_same_v<Next, WaitingForDhGen>)
      clock_offset = sending.next.server_time_offset;
    step = std::move(sending.next);
    return SendPacket{wrap(sending.body, now)};
  }

  Result<HandshakeStep, MtprotoError> receive(ByteView packet, Instant now);
};

Result<HandshakeStep, MtprotoError> ClientHandshake::Impl::receive(ByteView packet, Instant now) {
  if (deadline && now.monotonic > *deadline) {
    return fail(MtprotoErrc::HandshakeTimedOut,
                fmt::format("the key exchange took longer than {} s; start over", options.time_limit.count()));
  }
  const auto message = parse_unencrypted(packet);
  if (!message)
    return std::unexpected(message.error());

  const Tools tools{options, *random, *primes, now.unix_time};
  auto current = std::exchange(step, NotStarted{});
  if (auto* waiting = std::get_if<WaitingForPq>(&current)) {
    auto taken = std::move(*waiting).take(message->body, tools);
    if (!taken)
      return std::unexpected(std::move(taken.error()));
    return advance(std::move(*taken), now);
  }
  if (auto* waiting = std::get_if<WaitingForDhParams>(&current)) {
    auto taken = std::move(*waiting).take(message->body, tools);
    if (!taken)
      return std::unexpected(std::move(taken.error()));
    return advance(std::move(*taken), now);
  }
  if (auto* waiting = std::get_if<WaitingForDhGen>(&current)) {
    auto taken = std::move(*waiting).take(message->body, tools);
    if (!taken)
      return std::unexpected(std::move(taken.error()));
    if (auto* sending = std::get_if<Sending<WaitingForDhGen>>(&*taken))
      return advance(std::move(*sending), now);
    deadline.reset();
    return std::get<HandshakeDone>(std::move(*taken));
  }
  return fail(MtprotoErrc::UnexpectedAnswer, "got an answer while no key exchange is going on");
}

ClientHandshake::ClientHandshake(HandshakeOptions options, RandomSource& random, crypto::DhGroupCache& primes)
    : impl_(std::make_unique<Impl>(std::move(options), &random, &primes)) {}

ClientHandshake::~ClientHandshake() = default;
ClientHandshake::ClientHandshake(ClientHandshake&&) noexcept = default;
ClientHandshake& ClientHandshake::operator=(ClientHandshake&&) noexcept = default;

Bytes ClientHandshake::start(Instant now) {
  WaitingForPq waiting{};
  impl_->random->fill(waiting.nonce);
  impl_->step = waiting;
  impl_->deadline = now.monotonic + impl_->options.time_limit;
  return impl_->wrap(tl::serialize(mt::req_pq_multi{.nonce = waiting.nonce}), now);
}

Result<HandshakeStep, MtprotoError> ClientHandshake::receive(ByteView packet, Instant now) {
  auto result = impl_->receive(packet, now);
  if (!result)
    impl_->end();
  return result;
}

std::optional<nanoseconds> ClientHandshake::deadline() const {
  return impl_->deadline;
}

}  // namespace ledgram::mtproto
