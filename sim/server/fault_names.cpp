#include "ledgram/sim_server/fault_names.hpp"

#include <algorithm>
#include <array>

namespace ledgram::sim {

namespace {

using mtproto::HandshakeFault;

struct NamedHandshakeFault {
  std::string_view name;
  HandshakeFault fault;
};
constexpr std::array kHandshakeFaults{
    NamedHandshakeFault{"wrong_nonce_in_res_pq", HandshakeFault::WrongNonceInResPq},
    NamedHandshakeFault{"unknown_fingerprint", HandshakeFault::UnknownFingerprint},
    NamedHandshakeFault{"pq_is_prime", HandshakeFault::PqIsPrime},
    NamedHandshakeFault{"pq_too_large", HandshakeFault::PqTooLarge},
    NamedHandshakeFault{"pq_too_long", HandshakeFault::PqTooLong},
    NamedHandshakeFault{"wrong_nonce_in_dh_params", HandshakeFault::WrongNonceInDhParams},
    NamedHandshakeFault{"wrong_server_nonce_in_dh_params", HandshakeFault::WrongServerNonceInDhParams},
    NamedHandshakeFault{"wrong_nonce_inside", HandshakeFault::WrongNonceInside},
    NamedHandshakeFault{"wrong_server_nonce_inside", HandshakeFault::WrongServerNonceInside},
    NamedHandshakeFault{"wrong_hash_inside", HandshakeFault::WrongHashInside},
    NamedHandshakeFault{"padding_of_16", HandshakeFault::PaddingOf16},
    NamedHandshakeFault{"not_whole_blocks", HandshakeFault::NotWholeBlocks},
    NamedHandshakeFault{"dh_params_fail", HandshakeFault::DhParamsFail},
    NamedHandshakeFault{"unsafe_prime", HandshakeFault::UnsafePrime},
    NamedHandshakeFault{"composite_group", HandshakeFault::CompositeGroup},
    NamedHandshakeFault{"wrong_residue", HandshakeFault::WrongResidue},
    NamedHandshakeFault{"generator_too_large", HandshakeFault::GeneratorTooLarge},
    NamedHandshakeFault{"g_a_is_one", HandshakeFault::GaIsOne},
    NamedHandshakeFault{"g_a_is_prime_minus_one", HandshakeFault::GaIsPrimeMinusOne},
    NamedHandshakeFault{"g_a_too_small", HandshakeFault::GaTooSmall},
    NamedHandshakeFault{"g_a_too_large", HandshakeFault::GaTooLarge},
    NamedHandshakeFault{"dh_gen_retry", HandshakeFault::DhGenRetry},
    NamedHandshakeFault{"dh_gen_fail", HandshakeFault::DhGenFail},
    NamedHandshakeFault{"wrong_nonce_in_dh_gen", HandshakeFault::WrongNonceInDhGen},
    NamedHandshakeFault{"wrong_server_nonce_in_dh_gen", HandshakeFault::WrongServerNonceInDhGen},
    NamedHandshakeFault{"wrong_new_nonce_hash", HandshakeFault::WrongNewNonceHash},
    NamedHandshakeFault{"retry_with_wrong_hash", HandshakeFault::RetryWithWrongHash},
    NamedHandshakeFault{"fail_with_wrong_hash", HandshakeFault::FailWithWrongHash},
    NamedHandshakeFault{"wrong_constructor", HandshakeFault::WrongConstructor},
};

}  // namespace

std::string_view name_of(HandshakeFault fault) {
  const auto found = std::ranges::find(kHandshakeFaults, fault, &NamedHandshakeFault::fault);
  return found == kHandshakeFaults.end() ? "unknown" : found->name;
}

std::optional<HandshakeFault> handshake_fault_named(std::string_view name) {
  const auto found = std::ranges::find(kHandshakeFaults, name, &NamedHandshakeFault::name);
  return found == kHandshakeFaults.end() ? std::nullopt : std::optional(found->fault);
}

std::vector<std::string_view> handshake_fault_names() {
  std::vector<std::string_view> names;
  for (const NamedHandshakeFault& known : kHandshakeFaults)
    names.push_back(known.name);
  return names;
}

std::string_view name_of(FaultKind kind) {
  switch (kind) {
    case FaultKind::RpcError:
      return "rpc_error";
    case FaultKind::Delay:
      return "delay";
    case FaultKind::CutAnswer:
      return "cut_answer";
    case FaultKind::DropEvery:
    case FaultKind::DropAfterBytes:
      return "drop";
    case FaultKind::Refuse:
      return "refuse";
    case FaultKind::BlackHole:
      return "black_hole";
    case FaultKind::TransportError:
      return "transport_error";
    case FaultKind::Handshake:
      return "handshake";
    case FaultKind::DropUpdate:
      return "drop_update";
    case FaultKind::RepeatUpdate:
      return "repeat_update";
    case FaultKind::ReorderUpdates:
      return "reorder_updates";
    case FaultKind::DelayUpdates:
      return "delay_updates";
    case FaultKind::UpdatesTooLong:
      return "updates_too_long";
    case FaultKind::Silence:
      return "silence";
    case FaultKind::MinPeers:
      return "min_peers";
    case FaultKind::DifferenceTooLong:
      return "difference_too_long";
    case FaultKind::DifferenceSlices:
      return "difference_slices";
    case FaultKind::ChannelTooLong:
      return "channel_too_long";
    case FaultKind::ClockOffset:
      return "clock_offset";
    case FaultKind::Session:
      break;  // each has a name of its own
  }
  return "unknown";
}

}  // namespace ledgram::sim
