#include "ledgram/mtproto/handshake_server.hpp"

#include "ledgram/crypto/dh.hpp"
#include "ledgram/crypto/pq.hpp"
#include "ledgram/mtproto/handshake_crypto.hpp"
#include "ledgram/mtproto/handshake_faults.hpp"
#include "ledgram/mtproto/msg_id.hpp"
#include "ledgram/mtproto/plain_message.hpp"
#include "ledgram/mtproto/rsa_block.hpp"
#include "ledgram/tl/mt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ledgram::mtproto {
namespace {

namespace mt = tl::mt;
using std::chrono::seconds;

/// How long an exchange may take before the server forgets it (K13).
constexpr std::chrono::minutes kLifetime{10};

/// A client may begin again without end; the server remembers only the last few of its beginnings.
constexpr std::size_t kMaxExchanges = 8;

/// The generator that Telegram sends with the known prime.
constexpr std::int32_t kGenerator = 3;

/// The request before req_pq_multi; Telegram's schema no longer lists it, old clients send it.
constexpr std::uint32_t kReqPqId = 0x60469778;

/// What the client said in the encrypted block, in whichever of the four forms.
struct InnerData {
  Bytes pq, p, q;
  tl::Int128 nonce{};
  tl::Int128 server_nonce{};
  tl::Int256 new_nonce{};
  std::optional<std::int32_t> wire_dc;
  std::optional<seconds> expires_in;
};

template <class T>
InnerData common_part(T& data) {
  InnerData inner;
  inner.pq = std::move(data.pq);
  inner.p = std::move(data.p);
  inner.q = std::move(data.q);
  inner.nonce = data.nonce;
  inner.server_nonce = data.server_nonce;
  inner.new_nonce = data.new_nonce;
  return inner;
}

std::optional<InnerData> inner_data_of(mt::P_Q_inner_data& data) {
  InnerData inner;
  if (auto* plain = data.as<mt::p_q_inner_data>())
    return common_part(*plain);
  if (auto* with_dc = data.as<mt::p_q_inner_data_dc>()) {
    inner = common_part(*with_dc);
    inner.wire_dc = with_dc->dc;
    return inner;
  }
  if (auto* temporary = data.as<mt::p_q_inner_data_temp>()) {
    inner = common_part(*temporary);
    inner.expires_in = seconds(temporary->expires_in);
    return inner;
  }
  if (auto* temporary_with_dc = data.as<mt::p_q_inner_data_temp_dc>()) {
    inner = common_part(*temporary_with_dc);
    inner.wire_dc = temporary_with_dc->dc;
    inner.expires_in = seconds(temporary_with_dc->expires_in);
    return inner;
  }
  return std::nullopt;
}

Result<InnerData, MtprotoError> open_inner_data(const crypto::RsaPrivateKey& key, ByteView encrypted) {
  const auto block = open_rsa_block(key, encrypted);
  if (!block)
    return std::unexpected(block.error());
  tl::Reader reader(block->data_and_padding);
  auto data = tl::read<mt::P_Q_inner_data>(reader);
  if (!reader.ok()) {
    return fail(MtprotoErrc::BadRsaBlock, "cannot read the p_q_inner_data: " + reader.error().message);
  }
  if (auto checked = check_legacy_hash(*block, reader.position()); !checked) {
    return std::unexpected(std::move(checked.error()));
  }
  auto inner = inner_data_of(data);
  if (!inner)
    return fail(MtprotoErrc::BadRsaBlock, "the encrypted block holds no p_q_inner_data");
  return std::move(*inner);
}

/// A number that a client sends; leading zeros are allowed, as on Telegram.
bool is_number(ByteView bytes, std::uint64_t expected) {
  const auto number = crypto::from_big_endian(bytes);
  return number && *number == expected;
}

/// A prime of 31 bits, so that the product of two is about 2^61.
std::uint64_t random_prime(RandomSource& random) {
  constexpr std::uint64_t kFrom = std::uint64_t{1} << 30;
  std::uint64_t candidate = 0;
  do {
    candidate = (kFrom + random.below(kFrom)) | 1U;
  } while (!crypto::is_prime(candidate));
  return candidate;
}

/// One exchange; the optional parts are there once its client has come so far.
struct Exchange {
  /// From the answer to req_DH_params on.
  struct Group {
    tl::Int256 new_nonce{};
    DhParameters dh;
    Bytes a;
    std::int64_t expected_retry_id = 0;
    std::optional<std::int32_t> wire_dc;
    std::optional<seconds> expires_in;
  };

  tl::Int128 nonce{};
  tl::Int128 server_nonce{};
  std::uint64_t p = 0;
  std::uint64_t q = 0;
  nanoseconds started{};  // monotonic
  std::optional<Group> group;
  bool finished = false;

  // The last request of this exchange and what it got, for a client that missed the answer.
  Bytes last_request;
  Bytes last_answer;
};

}  // namespace

struct ServerHandshake::Impl {
  const crypto::RsaPrivateKey* key;
  RandomSource* random;
  FaultPlan faults;
  seconds time_offset;
  MsgIdGenerator msg_ids{crypto::Direction::ToClient};
  std::vector<Exchange> exchanges;  // the newest last

  struct Answer {
    Bytes body;
    std::optional<NewAuthKey> new_key;
  };
  using AnswerResult = Result<Answer, MtprotoError>;

  AnswerResult answer(ByteView body, Instant now);
  AnswerResult begin(const tl::Int128& nonce, ByteView request, Instant now);
  AnswerResult answer_dh_params(const mt::req_DH_params& request, ByteView body, Instant now);
  AnswerResult answer_client_params(const mt::set_client_DH_params& request, ByteView body);
  Result<Exchange*, MtprotoError> find(const tl::Int128& nonce, const tl::Int128& server_nonce);
  Answer verdict(Exchange& exchange, const crypto::AuthKey& new_key);
  void forget_old(Instant now);
};

void ServerHandshake::Impl::forget_old(Instant now) {
  std::erase_if(exchanges, [&](const Exchange& exchange) { return now.monotonic - exchange.started > kLifetime; });
}

Result<Exchange*, MtprotoError> ServerHandshake::Impl::find(const tl::Int128& nonce, const tl::Int128& server_nonce) {
  const auto same_nonce = [&](const Exchange& exchange) { return exchange.nonce == nonce; };
  const auto found = std::ranges::find_if(exchanges, same_nonce);
  if (found == exchanges.end()) {
    return fail(MtprotoErrc::NonceMismatch, "got a nonce that no req_pq of the last 10 minutes had");
  }
  if (found->server_nonce != server_nonce) {
    return fail(MtprotoErrc::NonceMismatch, "got another server_nonce than was sent in resPQ");
  }
  return &*found;
}

ServerHandshake::Impl::AnswerResult ServerHandshake::Impl::answer(ByteView body, Instant now) {
  forget_old(now);
  for (const Exchange& exchange : exchanges) {
    if (std::ranges::equal(exchange.last_request, body))
      return Answer{exchange.last_answer, std::nullopt};
  }
  // TDLib counts random padding into the length of its unencrypted messages, and Telegram takes that, so bytes after a
  // request are no error.
  tl::Reader reader(body);
  const std::uint32_t id = reader.u32();
  if (id == kReqPqId || id == mt::req_pq_multi::kId) {
    const tl::Int128 nonce = reader.int128();
    if (!reader.ok()) {
      return fail(MtprotoErrc::UnexpectedAnswer, fmt::format("got a req_pq of {} bytes, expected 20", body.size()));
    }
    return begin(nonce, body, now);
  }
  if (id == mt::req_DH_params::kId) {
    tl::Reader whole(body);
    const auto request = tl::read<mt::req_DH_params>(whole);
    if (whole.ok())
      return answer_dh_params(request, body, now);
    return fail(MtprotoErrc::UnexpectedAnswer, "cannot read req_DH_params: " + whole.error().message);
  }
  if (id == mt::set_client_DH_params::kId) {
    tl::Reader whole(body);
    const auto request = tl::read<mt::set_client_DH_params>(whole);
    if (whole.ok())
      return answer_client_params(request, body);
    return fail(MtprotoErrc::UnexpectedAnswer, "cannot read set_client_DH_params: " + whole.error().message);
  }
  return fail(MtprotoErrc::UnexpectedAnswer,
              fmt::format("got an unencrypted message {:08x}, expected a request of the key exchange", id));
}

ServerHandshake::Impl::AnswerResult ServerHandshake::Impl::begin(const tl::Int128& nonce, ByteView request,
                                                                 Instant now) {
  std::erase_if(exchanges, [&](const Exchange& exchange) { return exchange.nonce == nonce; });
  if (exchanges.size() == kMaxExchanges)
    exchanges.erase(exchanges.begin());

  Exchange& exchange = exchanges.emplace_back();
  exchange.nonce = nonce;
  random->fill(exchange.server_nonce);
  exchange.started = now.monotonic;
  exchange.p = random_prime(*random);
  do {
    exchange.q = random_prime(*random);
  } while (exchange.q == exchange.p);
  if (exchange.p > exchange.q)
    std::swap(exchange.p, exchange.q);

  mt::resPQ answer{.nonce = nonce,
                   .server_nonce = exchange.server_nonce,
                   .pq = crypto::to_minimal_big_endian(exchange.p * exchange.q),
                   .server_public_key_fingerprints = {key->public_key().fingerprint()}};
  faults.spoil(answer, *random);
  exchange.last_request.assign(request.begin(), request.end());
  exchange.last_answer = tl::serialize(answer);
  return Answer{exchange.last_answer, std::nullopt};
}

ServerHandshake::Impl::AnswerResult ServerHandshake::Impl::answer_dh_params(const mt::req_DH_params& request,
                                                                            ByteView body, Instant now) {
  auto found = find(request.nonce, request.server_nonce);
  if (!found)
    return std::unexpected(std::move(found.error()));
  Exchange& exchange = **found;
  if (exchange.group)
    return fail(MtprotoErrc::UnexpectedAnswer, "got a second, different req_DH_params");
  if (!is_number(request.p, exchange.p) || !is_number(request.q, exchange.q)) {
    return fail(MtprotoErrc::BadPq, "the p and q of req_DH_params are not the factors of pq");
  }
  if (request.public_key_fingerprint != key->public_key().fingerprint()) {
    return fail(MtprotoErrc::UnknownFingerprint, "req_DH_params names an RSA key that was not offered");
  }
  auto inner = open_inner_data(*key, request.encrypted_data);
  if (!inner)
    return std::unexpected(std::move(inner.error()));
  if (inner->nonce != exchange.nonce || inner->server_nonce != exchange.server_nonce) {
    return fail(MtprotoErrc::NonceMismatch, "the nonces in p_q_inner_data are not those of req_DH_params");
  }
  if (!is_number(inner->pq, exchange.p * exchange.q) || !is_number(inner->p, exchange.p) ||
      !is_number(inner->q, exchange.q)) {
    return fail(MtprotoErrc::BadInnerData, "pq, p and q in p_q_inner_data are not those of the exchange");
  }
  if (inner->expires_in && *inner->expires_in <= seconds(0)) {
    return fail(MtprotoErrc::BadInnerData, "p_q_inner_data asks for a temporary key that has expired already");
  }

  if (faults.take(HandshakeFault::WrongConstructor)) {
    return Answer{tl::serialize(mt::resPQ{.nonce = exchange.nonce, .server_nonce = exchange.server_nonce}), {}};
  }
  if (faults.take(HandshakeFault::DhParamsFail)) {
    const mt::server_DH_params_fail refusal{.nonce = exchange.nonce,
                                            .server_nonce = exchange.server_nonce,
                                            .new_nonce_hash = new_nonce_hash(inner->new_nonce)};
    return Answer{tl::serialize(refusal), {}};
  }

  Exchange::Group group;
  group.new_nonce = inner->new_nonce;
  group.wire_dc = inner->wire_dc;
  group.expires_in = inner->expires_in;
  const ByteView prime = crypto::known_dh_prime();
  group.dh = {kGenerator, Bytes(prime.begin(), prime.end()), {}};
  faults.spoil_group(group.dh);
  group.a = random->bytes(crypto::kDhSize);
  group.dh.g_a = crypto::mod_exp(group.dh.g, group.a, group.dh.prime);
  faults.spoil_public(group.dh);

  mt::server_DH_inner_data inside{
      .nonce = exchange.nonce,
      .server_nonce = exchange.server_nonce,
      .g = group.dh.g,
      .dh_prime = group.dh.prime,
      .g_a = group.dh.g_a,
      .server_time = static_cast<std::int32_t>((std::chrono::floor<seconds>(now.unix_time) + time_offset).count())};
  const crypto::AesKeyIv aes = derive_handshake_aes(group.new_nonce, exchange.server_nonce);
  mt::server_DH_params_ok answer{.nonce = exchange.nonce,
                                 .server_nonce = exchange.server_nonce,
                                 .encrypted_answer = faults.seal(aes, std::move(inside), *random)};
  faults.spoil(answer);
  exchange.group = std::move(group);
  exchange.last_request.assign(body.begin(), body.end());
  exchange.last_answer = tl::serialize(answer);
  return Answer{exchange.last_answer, std::nullopt};
}

ServerHandshake::Impl::AnswerResult ServerHandshake::Impl::answer_client_params(const mt::set_client_DH_params& request,
                                                                                ByteView body) {
  auto found = find(request.nonce, request.server_nonce);
  if (!found)
    return std::unexpected(std::move(found.error()));
  Exchange& exchange = **found;
  if (!exchange.group || exchange.finished) {
    return fail(MtprotoErrc::UnexpectedAnswer, "got set_client_DH_params before req_DH_params or after the end");
  }
  Exchange::Group& group = *exchange.group;
  const crypto::AesKeyIv aes = derive_handshake_aes(group.new_nonce, exchange.server_nonce);
  auto inner = open_handshake_object<mt::client_DH_inner_data>(aes, request.encrypted_data);
  if (!inner)
    return std::unexpected(std::move(inner.error()));
  if (inner->nonce != exchange.nonce || inner->server_nonce != exchange.server_nonce) {
    return fail(MtprotoErrc::NonceMismatch, "the nonces in client_DH_inner_data are not those of the exchange");
  }
  if (inner->retry_id != group.expected_retry_id) {
    return fail(MtprotoErrc::BadInnerData,
                fmt::format("got the retry_id {:016x}, expected {:016x}", static_cast<std::uint64_t>(inner->retry_id),
                            static_cast<std::uint64_t>(group.expected_retry_id)));
  }
  if (auto good = crypto::check_dh_public(inner->g_b, group.dh.prime); !good) {
    return fail(MtprotoErrc::BadDhValue, "the client's g_b is not safe: " + good.error().message);
  }
  Bytes shared = crypto::mod_exp(inner->g_b, group.a, group.dh.prime);
  auto new_key = crypto::AuthKey::from_bytes(shared);
  wipe(shared);
  if (!new_key)
    return fail(MtprotoErrc::BadDhValue, new_key.error().message);

  Answer answer = verdict(exchange, *new_key);
  exchange.last_request.assign(body.begin(), body.end());
  exchange.last_answer = answer.body;
  return answer;
}

ServerHandshake::Impl::Answer ServerHandshake::Impl::verdict(Exchange& exchange, const crypto::AuthKey& new_key) {
  Exchange::Group& group = *exchange.group;
  DhGenAnswer words{exchange.nonce, exchange.server_nonce, DhVerdict::Ok, {}};
  words.verdict = faults.choose_verdict();
  words.hash = new_nonce_hash(group.new_nonce, words.verdict, new_key);
  faults.spoil(words);

  Answer answer{serialize(words), std::nullopt};
  if (words.verdict == DhVerdict::Retry) {
    group.expected_retry_id = static_cast<std::int64_t>(new_key.aux_hash());
    return answer;
  }
  exchange.finished = true;
  if (words.verdict == DhVerdict::Fail)
    return answer;
  answer.new_key = NewAuthKey{new_key, first_server_salt(group.new_nonce, exchange.server_nonce),
                              group.expires_in ? KeyLifetime::Temporary : KeyLifetime::Permanent,
                              group.expires_in.value_or(seconds(0)), group.wire_dc};
  wipe(group.a);
  wipe(group.new_nonce);
  return answer;
}

ServerHandshake::ServerHandshake(const crypto::RsaPrivateKey& key, RandomSource& random, ServerHandshakeOptions options)
    : impl_(std::make_unique<Impl>(&key, &random, FaultPlan(std::move(options.faults)), options.time_offset)) {}

ServerHandshake::~ServerHandshake() = default;
ServerHandshake::ServerHandshake(ServerHandshake&&) noexcept = default;
ServerHandshake& ServerHandshake::operator=(ServerHandshake&&) noexcept = default;

Result<ServerHandshakeStep, MtprotoError> ServerHandshake::receive(ByteView packet, Instant now) {
  const auto message = parse_unencrypted(packet);
  if (!message)
    return std::unexpected(message.error());
  if (!is_client_msg_id(message->msg_id)) {
    return fail(MtprotoErrc::BadMessageId, fmt::format("got the message id {:016x}, expected one divisible by 4",
                                                       static_cast<std::uint64_t>(message->msg_id.value())));
  }
  auto answer = impl_->answer(message->body, now);
  if (!answer)
    return std::unexpected(std::move(answer.error()));
  const MsgId reply_id = impl_->msg_ids.next_reply(now.unix_time + impl_->time_offset);
  return ServerHandshakeStep{encode_unencrypted(reply_id, answer->body), std::move(answer->new_key)};
}

}  // namespace ledgram::mtproto
