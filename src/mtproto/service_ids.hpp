#pragma once

/// Constructor ids of the messages that sessions read and write by hand: they are looked at for every packet, some of
/// them (containers, rpc_result, gzip_packed) are not written in plain TL, and none needs an object of its own.
/// core.telegram.org/mtproto/service_messages and core.telegram.org/mtproto/service_messages_about_messages

#include "ledgram/base/bytes.hpp"

#include <cstdint>

namespace ledgram::mtproto::id {

inline constexpr std::uint32_t kMsgContainer = 0x73f1f8dc;
inline constexpr std::uint32_t kMsgCopy = 0xe06046b2;
inline constexpr std::uint32_t kGzipPacked = 0x3072cfa1;

inline constexpr std::uint32_t kRpcResult = 0xf35c6d01;
inline constexpr std::uint32_t kRpcError = 0x2144ca19;

inline constexpr std::uint32_t kMsgsAck = 0x62d6b459;
inline constexpr std::uint32_t kBadMsgNotification = 0xa7eff811;
inline constexpr std::uint32_t kBadServerSalt = 0xedab447b;
inline constexpr std::uint32_t kNewSessionCreated = 0x9ec20908;

inline constexpr std::uint32_t kMsgsStateReq = 0xda69fb52;
inline constexpr std::uint32_t kMsgsStateInfo = 0x04deb57d;
inline constexpr std::uint32_t kMsgsAllInfo = 0x8cc0d131;
inline constexpr std::uint32_t kMsgDetailedInfo = 0x276d3ec6;
inline constexpr std::uint32_t kMsgNewDetailedInfo = 0x809db6df;
inline constexpr std::uint32_t kMsgResendReq = 0x7d861a08;

inline constexpr std::uint32_t kPing = 0x7abe77ec;
inline constexpr std::uint32_t kPingDelayDisconnect = 0xf3427b8c;
inline constexpr std::uint32_t kPong = 0x347773c5;

inline constexpr std::uint32_t kGetFutureSalts = 0xb921bd04;
inline constexpr std::uint32_t kFutureSalts = 0xae500895;

inline constexpr std::uint32_t kRpcDropAnswer = 0x58e4a740;
inline constexpr std::uint32_t kRpcAnswerUnknown = 0x5e2ad36e;
inline constexpr std::uint32_t kRpcAnswerDroppedRunning = 0xcd78e586;
inline constexpr std::uint32_t kRpcAnswerDropped = 0xa43ad8b7;

inline constexpr std::uint32_t kDestroySession = 0xe7512126;
inline constexpr std::uint32_t kDestroySessionOk = 0xe22045fc;
inline constexpr std::uint32_t kDestroySessionNone = 0x62d350c9;
inline constexpr std::uint32_t kDestroyAuthKey = 0xd1435160;
inline constexpr std::uint32_t kDestroyAuthKeyOk = 0xf660e1d4;
inline constexpr std::uint32_t kDestroyAuthKeyNone = 0x0a9f2259;
inline constexpr std::uint32_t kDestroyAuthKeyFail = 0xea109b13;

inline constexpr std::uint32_t kHttpWait = 0x9299359f;

inline constexpr std::uint32_t kInvokeAfterMsg = 0xcb9f372d;
inline constexpr std::uint32_t kInvokeAfterMsgs = 0x3dc4b4f0;

}  // namespace ledgram::mtproto::id

namespace ledgram::mtproto {

/// error_code of bad_msg_notification, core.telegram.org/mtproto/service_messages_about_messages
/// #notice-of-ignored-error-message.
enum class BadMsg : std::int32_t {
  MsgIdTooLow = 16,
  MsgIdTooHigh = 17,
  MsgIdLowBits = 18,
  ContainerIdRepeated = 19,
  TooOld = 20,
  SeqnoTooLow = 32,
  SeqnoTooHigh = 33,
  EvenSeqnoExpected = 34,
  OddSeqnoExpected = 35,
  WrongSalt = 48,
  InvalidContainer = 64,
};

/// Status of a message in msgs_state_info: the low three bits,
/// core.telegram.org/mtproto/service_messages_about_messages #informational-message-regarding-status-of-messages. The
/// other bits are flags and may come with any of them.
inline constexpr std::uint8_t kStatusMask = 7;
inline constexpr std::uint8_t kStatusForgotten = 1;
inline constexpr std::uint8_t kStatusNotReceived = 2;
inline constexpr std::uint8_t kStatusNotReceivedYet = 3;
inline constexpr std::uint8_t kStatusReceived = 4;
inline constexpr std::uint8_t kStatusNoAckNeeded = 16;
inline constexpr std::uint8_t kStatusRunning = 32;
inline constexpr std::uint8_t kStatusAnswered = 64;

/// Most ids in one msgs_ack, msgs_state_req or msg_resend_req; a server closes the connection on more.
inline constexpr std::size_t kMaxIdsInService = 8192;

/// The constructor id that a boxed object begins with, 0 for less than four bytes.
inline std::uint32_t constructor_of(ByteView object) {
  return object.size() < 4 ? 0 : load_le32(object.first<4>());
}

/// Messages that no side acknowledges, whatever their sequence numbers say: what they bring is an answer or an
/// acknowledgement itself, and acknowledging those would never end
/// (core.telegram.org/mtproto/service_messages_about_messages#acknowledgment-of-receipt).
inline constexpr bool is_never_acknowledged(std::uint32_t constructor) {
  switch (constructor) {
    case id::kMsgContainer:
    case id::kMsgsAck:
    case id::kPong:
    case id::kBadMsgNotification:
    case id::kBadServerSalt:
      return true;
    default:
      return false;
  }
}

}  // namespace ledgram::mtproto
