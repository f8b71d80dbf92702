#pragma once

/// What can go wrong on the floor mtproto: framing, key exchange, encrypted messages, sessions.

#include "ledgram/base/error.hpp"

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace ledgram::mtproto {

enum class MtprotoErrc : std::uint8_t {
  // Transports (core.telegram.org/mtproto/mtproto-transports)
  FrameTooLarge,     ///< a frame was announced that is larger than kMaxFrameSize
  BadFrame,          ///< a frame whose length cannot be
  BadChecksum,       ///< full transport: CRC32 does not match
  BadFrameOrder,     ///< full transport: the counter is not the expected one
  UnknownTransport,  ///< the first bytes of a connection are those of no transport
  WrongProxySecret,  ///< the port asks for a proxy secret and the first bytes were not made with it
  BadProxySecret,    ///< the text is not an MTProxy secret

  // Connections that look like TLS
  BadTlsRecord,    ///< bytes that are no TLS record, or one that may not come here
  BadTlsHello,     ///< a greeting that cannot be, so the other side speaks something else
  WrongTlsDigest,  ///< the greeting was not made with the proxy's secret
  OldTlsHello,     ///< server role: the time in the greeting is too far from ours

  // Messages without encryption
  BadPlainMessage,  ///< too short, a key id that is not 0, or a length that does not fit

  // Key exchange (core.telegram.org/mtproto/auth_key)
  UnexpectedAnswer,    ///< an answer that does not belong to this step, or that cannot be read
  NonceMismatch,       ///< the other side repeated another nonce
  UnknownFingerprint,  ///< none of the offered RSA keys is known
  BadPq,               ///< pq, p or q is not what it must be
  BadAnswerHash,       ///< the SHA-1 inside an encrypted part does not match, so it was not made with our new_nonce
  BadAnswerPadding,    ///< more than 15 bytes after the object in an encrypted part
  BadDhGroup,          ///< the prime or the generator fails the checks
  BadDhValue,          ///< g_a or g_b is outside of the safe range
  BadNewNonceHash,     ///< new_nonce_hash 1, 2 or 3 does not match
  DhGenFailed,         ///< the other side refused; start over with a new nonce
  HandshakeTimedOut,   ///< the exchange took longer than allowed; start over
  TooManyRetries,      ///< dh_gen_retry again and again
  BadRsaBlock,         ///< server role: the encrypted block cannot be opened
  BadInnerData,        ///< server role: what stands in the encrypted block contradicts the request

  // Encrypted messages (core.telegram.org/mtproto/security_guidelines)
  UnknownAuthKey,     ///< the packet is for another authorization key
  BadPacketLength,    ///< too short, or the encrypted part is not whole blocks
  BadMessageKey,      ///< msg_key does not match the decrypted bytes
  BadMessageLength,   ///< the inner length is negative, not a multiple of 4, or more than there is
  BadMessagePadding,  ///< padding outside of 12 to 1024 bytes
  WrongSession,       ///< for another session
  BadMessageId,       ///< wrong parity, too old or too far in the future
  RepeatedMessage,    ///< this message id was seen before
  BadContainer,       ///< a container that contradicts the rules
  BadMessageBody,     ///< the content cannot be read
  BadGzip,            ///< gzip_packed cannot be unpacked
  GzipTooLarge,       ///< gzip_packed unpacks to more than the cap

  // Sessions
  SessionClosed,    ///< the session has ended
  TooManyRequests,  ///< a bound on what is kept for a session is reached
};

/// A later attempt with new nonces, a new connection or a new message may succeed.
constexpr bool is_retryable(MtprotoErrc code) {
  switch (code) {
    case MtprotoErrc::DhGenFailed:
    case MtprotoErrc::HandshakeTimedOut:
    case MtprotoErrc::TooManyRetries:
    case MtprotoErrc::BadChecksum:
    case MtprotoErrc::BadFrameOrder:
    case MtprotoErrc::TooManyRequests:
      return true;
    default:
      return false;
  }
}

constexpr std::string_view name_of(MtprotoErrc code) {
  switch (code) {
    case MtprotoErrc::FrameTooLarge:
      return "FrameTooLarge";
    case MtprotoErrc::BadFrame:
      return "BadFrame";
    case MtprotoErrc::BadChecksum:
      return "BadChecksum";
    case MtprotoErrc::BadFrameOrder:
      return "BadFrameOrder";
    case MtprotoErrc::UnknownTransport:
      return "UnknownTransport";
    case MtprotoErrc::WrongProxySecret:
      return "WrongProxySecret";
    case MtprotoErrc::BadProxySecret:
      return "BadProxySecret";
    case MtprotoErrc::BadTlsRecord:
      return "BadTlsRecord";
    case MtprotoErrc::BadTlsHello:
      return "BadTlsHello";
    case MtprotoErrc::WrongTlsDigest:
      return "WrongTlsDigest";
    case MtprotoErrc::OldTlsHello:
      return "OldTlsHello";
    case MtprotoErrc::BadPlainMessage:
      return "BadPlainMessage";
    case MtprotoErrc::UnexpectedAnswer:
      return "UnexpectedAnswer";
    case MtprotoErrc::NonceMismatch:
      return "NonceMismatch";
    case MtprotoErrc::UnknownFingerprint:
      return "UnknownFingerprint";
    case MtprotoErrc::BadPq:
      return "BadPq";
    case MtprotoErrc::BadAnswerHash:
      return "BadAnswerHash";
    case MtprotoErrc::BadAnswerPadding:
      return "BadAnswerPadding";
    case MtprotoErrc::BadDhGroup:
      return "BadDhGroup";
    case MtprotoErrc::BadDhValue:
      return "BadDhValue";
    case MtprotoErrc::BadNewNonceHash:
      return "BadNewNonceHash";
    case MtprotoErrc::DhGenFailed:
      return "DhGenFailed";
    case MtprotoErrc::HandshakeTimedOut:
      return "HandshakeTimedOut";
    case MtprotoErrc::TooManyRetries:
      return "TooManyRetries";
    case MtprotoErrc::BadRsaBlock:
      return "BadRsaBlock";
    case MtprotoErrc::BadInnerData:
      return "BadInnerData";
    case MtprotoErrc::UnknownAuthKey:
      return "UnknownAuthKey";
    case MtprotoErrc::BadPacketLength:
      return "BadPacketLength";
    case MtprotoErrc::BadMessageKey:
      return "BadMessageKey";
    case MtprotoErrc::BadMessageLength:
      return "BadMessageLength";
    case MtprotoErrc::BadMessagePadding:
      return "BadMessagePadding";
    case MtprotoErrc::WrongSession:
      return "WrongSession";
    case MtprotoErrc::BadMessageId:
      return "BadMessageId";
    case MtprotoErrc::RepeatedMessage:
      return "RepeatedMessage";
    case MtprotoErrc::BadContainer:
      return "BadContainer";
    case MtprotoErrc::BadMessageBody:
      return "BadMessageBody";
    case MtprotoErrc::BadGzip:
      return "BadGzip";
    case MtprotoErrc::GzipTooLarge:
      return "GzipTooLarge";
    case MtprotoErrc::SessionClosed:
      return "SessionClosed";
    case MtprotoErrc::TooManyRequests:
      return "TooManyRequests";
  }
  return "MtprotoErrc";
}

using MtprotoError = BasicError<MtprotoErrc>;

/// Shorthand for `return fail(MtprotoErrc::BadFrame, "...")` in a function that returns a Result.
inline std::unexpected<MtprotoError> fail(MtprotoErrc code, std::string message) {
  return std::unexpected(MtprotoError{code, std::move(message)});
}

}  // namespace ledgram::mtproto
