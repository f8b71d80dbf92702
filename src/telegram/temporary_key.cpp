#include "ledgram/telegram/temporary_key.hpp"

#include "ledgram/mtproto/key_binding.hpp"
#include "ledgram/tl/api.hpp"
#include "ledgram/tl/codec.hpp"

namespace ledgram::telegram {

namespace api = tl::api;

namespace {

using std::chrono::hours;
using std::chrono::seconds;

/// The server's machines learn of a new key a moment after it was made; a refusal before that proves nothing.
constexpr seconds kKeySpreads{60};

/// A key that was good a day ago is not given up as easily as one of which nothing is known.
constexpr hours kRecently{24};

/// One refusal may be an accident; the second, with another temporary key on another connection, is not.
constexpr int kRefusalsThatProve = 2;
/// With a reason to believe in the key.
constexpr int kRefusalsOfAGoodKey = 5;

}  // namespace

seconds random_key_lifetime(RandomSource& random) {
  constexpr std::uint64_t kSpread = 3600;
  return hours(23) + seconds(static_cast<std::int64_t>(random.below(kSpread)));
}

Bytes bind_call(const crypto::AuthKey& permanent, const TemporaryKey& temporary, std::int64_t nonce, MsgId msg_id,
                SessionId session, RandomSource& random) {
  mtproto::KeyBinding binding;
  binding.nonce = nonce;
  binding.temporary_key = temporary.key.id();
  binding.permanent_key = permanent.id();
  binding.session = session;
  binding.expires_at = temporary.expires_at;
  api::auth_bindTempAuthKey call;
  call.perm_auth_key_id = static_cast<std::int64_t>(permanent.id().value());
  call.nonce = nonce;
  call.expires_at = static_cast<std::int32_t>(temporary.expires_at.count());
  call.encrypted_message = mtproto::seal_key_binding(permanent, binding, msg_id, random);
  return tl::serialize(call);
}

void BindingRecord::on_bound(nanoseconds monotonic) {
  bound_at_ = monotonic;
  refusals_ = 0;
}

bool BindingRecord::on_refused(const RpcError& error, nanoseconds monotonic) {
  if (!error.is("ENCRYPTED_MESSAGE_INVALID"))
    return false;
  const bool fresh = made_at_ && monotonic - *made_at_ < kKeySpreads;
  const bool was_good = bound_at_ && monotonic - *bound_at_ < kRecently;
  return ++refusals_ >= (fresh || was_good ? kRefusalsOfAGoodKey : kRefusalsThatProve);
}

}  // namespace ledgram::telegram
