#pragma once

/// The wrong answers that a ServerHandshake gives on demand. For handshake_server.cpp only: apart from here, nothing in
/// the exchange knows that it can misbehave beyond asking a FaultPlan.

#include "ledgram/base/random.hpp"
#include "ledgram/crypto/message_key.hpp"
#include "ledgram/mtproto/handshake_crypto.hpp"
#include "ledgram/mtproto/handshake_server.hpp"
#include "ledgram/tl/mt.hpp"

#include <vector>

namespace ledgram::mtproto {

struct DhParameters {
  std::int32_t g = 0;
  Bytes prime;
  Bytes g_a;
};

/// dh_gen_ok, dh_gen_retry or dh_gen_fail, before it is written.
struct DhGenAnswer {
  tl::Int128 nonce{};
  tl::Int128 server_nonce{};
  DhVerdict verdict = DhVerdict::Ok;
  tl::Int128 hash{};
};

[[nodiscard]] Bytes serialize(const DhGenAnswer& answer);

/// Which faults are still to come. Every function changes what it is given only if a fault says so.
class FaultPlan {
 public:
  explicit FaultPlan(std::vector<HandshakeFault> faults) : faults_(std::move(faults)) {}

  /// True once for each time the fault was asked for.
  bool take(HandshakeFault fault);

  void spoil(tl::mt::resPQ& answer, RandomSource& random);
  void spoil_group(DhParameters& dh);
  void spoil_public(DhParameters& dh);
  void spoil(tl::mt::server_DH_params_ok& answer);
  void spoil(DhGenAnswer& answer);
  [[nodiscard]] DhVerdict choose_verdict();

  /// seal_handshake_object, with whatever is to be wrong inside.
  [[nodiscard]] Bytes seal(const crypto::AesKeyIv& aes, tl::mt::server_DH_inner_data inside, RandomSource& random);

 private:
  std::vector<HandshakeFault> faults_;
};

}  // namespace ledgram::mtproto
