#pragma once

/// The greetings of connections that look like TLS 1.3 (MTProxy secrets that begin with ee). The client's has the size
/// and shape of a browser's (RFC 8446 section 4.1.2, RFC 8701, RFC 7685). What proves the secret is its "random": an
/// HMAC-SHA256, keyed by the secret, over the whole record with zeros in its place, and the unix time xored into its
/// last four bytes. The server's random is an HMAC over the client's random and its own three records.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/crypto/hash.hpp"
#include "ledgram/mtproto/error.hpp"
#include "ledgram/mtproto/obfuscation.hpp"

#include <string>
#include <string_view>

namespace ledgram::mtproto {

/// Browsers pad their greeting to this size, record header included, and some proxies accept no other.
inline constexpr std::size_t kTlsHelloSize = 517;

/// Where the random stands in a hello record of either side: behind record header, handshake header and version.
inline constexpr std::size_t kTlsRandomAt = 11;

using TlsRandom = crypto::Sha256Digest;

/// The record with the client's greeting. `host` has at most 182 bytes (parse_proxy_secret() sees to that).
[[nodiscard]] Bytes make_client_hello(const ProxySecret& secret, std::string_view host, nanoseconds unix_time,
                                      RandomSource& random);

struct ClientHello {
  TlsRandom random{};
  Bytes session_id;         ///< at most 32 bytes, to be repeated in the answer
  nanoseconds unix_time{};  ///< as the client knows it
};

/// Server: reads a whole record and proves that it was made with the secret. Fails with BadTlsHello or WrongTlsDigest.
/// Extensions are not looked at: clients of others send other ones.
[[nodiscard]] Result<ClientHello, MtprotoError> read_client_hello(const ProxySecret& secret, ByteView record);

/// Server: the three records of the answer, ServerHello, ChangeCipherSpec and one that looks like encrypted
/// certificates.
[[nodiscard]] Bytes make_server_hello(const ProxySecret& secret, const ClientHello& hello, RandomSource& random);

/// Client: `records` are the three of the answer. True if they were made with the secret and for this `client_random`.
[[nodiscard]] bool is_answer_genuine(const ProxySecret& secret, const TlsRandom& client_random, ByteView records);

}  // namespace ledgram::mtproto
