#include "ledgram/mtproto/encrypted_message.hpp"
#include "ledgram/mtproto/server_session_impl.hpp"

#include <algorithm>
#include <utility>

namespace ledgram::mtproto {
namespace {

using std::chrono::seconds;

// Outside of the window of 300 s and 30 s in which a client may accept a message.
constexpr seconds kTooOld{400};
constexpr seconds kTooFarAhead{60};

constexpr std::size_t kBlock = 16;
constexpr std::size_t kFairPadding = 12;
constexpr std::size_t kShortPadding = 8;
constexpr std::size_t kLongPadding = 1028;

/// The packet of a message whose length or padding is not what it must be.
Bytes encrypt_misshapen(const crypto::AuthKey& key, const PlainMessage& message, PacketFault fault,
                        RandomSource& random) {
  const std::size_t padding = fault == PacketFault::LongPadding ? kLongPadding : kFairPadding;
  const std::size_t least = kPlainHeaderBytes + message.body.size() + padding;
  Bytes plain = random.bytes((least + kBlock - 1) / kBlock * kBlock);
  const std::size_t room = plain.size() - kPlainHeaderBytes;
  std::size_t length = message.body.size();
  switch (fault) {
    case PacketFault::NoPadding:
      length = room;
      break;
    case PacketFault::ShortPadding:
      length = room - kShortPadding;
      break;
    case PacketFault::NegativeLength:
      length = static_cast<std::uint32_t>(-4);
      break;
    case PacketFault::OddLength:
      length = 3;
      break;
    case PacketFault::LongLength:
      length = room + 4;
      break;
    default:
      break;
  }
  const MutableByteView all(plain);
  store_le64(all.first<8>(), static_cast<std::uint64_t>(message.salt.value()));
  store_le64(all.subspan<8, 8>(), static_cast<std::uint64_t>(message.session_id.value()));
  store_le64(all.subspan<16, 8>(), static_cast<std::uint64_t>(message.msg_id.value()));
  store_le32(all.subspan<24, 4>(), static_cast<std::uint32_t>(message.seqno));
  store_le32(all.subspan<28, 4>(), static_cast<std::uint32_t>(length));
  std::ranges::copy(message.body, all.subspan(kPlainHeaderBytes).begin());
  return encrypt_plaintext(key, crypto::Direction::ToClient, plain);
}

}  // namespace

Bytes ServerSession::Impl::encrypt(PlainMessage outer, Instant now) {
  const PacketFault wrong = std::exchange(fault, PacketFault::None);
  switch (wrong) {
    case PacketFault::ForeignSession:
      outer.session_id = SessionId(id.value() ^ 1);
      break;
    case PacketFault::EvenMsgId:
      outer.msg_id = MsgId(outer.msg_id.value() & ~std::int64_t{3});
      break;
    case PacketFault::TooOld:
      outer.msg_id = MsgId(msg_id_at(now.unix_time - kTooOld).value() | 3);
      break;
    case PacketFault::InTheFuture:
      outer.msg_id = MsgId(msg_id_at(now.unix_time + kTooFarAhead).value() | 3);
      break;
    case PacketFault::NoPadding:
    case PacketFault::ShortPadding:
    case PacketFault::LongPadding:
    case PacketFault::NegativeLength:
    case PacketFault::OddLength:
    case PacketFault::LongLength:
      return encrypt_misshapen(*key, outer, wrong, *random);
    case PacketFault::None:
    case PacketFault::WrongMsgKey:
    case PacketFault::Twice:
      break;
  }
  Bytes packet = encrypt_message(*key, crypto::Direction::ToClient, outer, *random);
  if (wrong == PacketFault::WrongMsgKey)
    packet[8] ^= 1;
  if (wrong == PacketFault::Twice)
    repeat_packet = packet;
  return packet;
}

void ServerSession::Impl::add_faulty_answer(Draft& draft, MsgId answer, Instant now) {
  const AnswerFault wrong = std::exchange(answer_fault, AnswerFault::None);
  const Unacked& message = unacked.at(answer);
  if (wrong == AnswerFault::Announced) {
    announce.insert(answer);
    return;
  }
  if (wrong == AnswerFault::Repeated)
    add(draft, answer, message.seqno, message.body);
  // As long as it is not acknowledged it comes again, like any other; only nobody can have asked for it.
  const MsgId extra = msg_ids.next_reply(now.unix_time);
  const std::int32_t seqno = next_seqno(Content::Yes);
  Bytes body = wrong == AnswerFault::Repeated
                   ? message.body
                   : make_rpc_result(MsgId(message.request.value() - 4), make_rpc_error(500, "NOBODY_ASKED"));
  const auto kept =
      unacked.emplace(extra, Unacked{.body = std::move(body), .seqno = seqno, .request = {}, .sent_at = now.monotonic});
  add(draft, extra, seqno, kept.first->second.body);
  if (wrong == AnswerFault::ForUnknown)
    add(draft, answer, message.seqno, message.body);
}

}  // namespace ledgram::mtproto
