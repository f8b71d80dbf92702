#pragma once

/// A connection to an MTProxy that looks like TLS 1.3 to whoever watches it (protocol rules T10 to T12): greetings that
/// prove the secret, then everything inside records of application data. TLS itself encrypts nothing here; what is
/// inside is an obfuscated transport as on any other MTProxy.
///
/// Both roles are sans-IO: bytes in, bytes out. One object a connection, owned by whoever owns the socket. After an
/// error the connection must be closed.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/mtproto/error.hpp"
#include "ledgram/mtproto/fake_tls_hello.hpp"
#include "ledgram/mtproto/obfuscation.hpp"
#include "ledgram/mtproto/tls_records.hpp"

#include <string>

namespace ledgram::mtproto {

class FakeTlsClient {
 public:
  /// `host` is the one in the secret.
  FakeTlsClient(const ProxySecret& secret, std::string host) : secret_(secret), host_(std::move(host)) {}

  /// The greeting, to be sent first. `unix_time` should be the server's as far as that is known: proxies refuse old
  /// greetings, so that they cannot be replayed.
  [[nodiscard]] Bytes start(nanoseconds unix_time, RandomSource& random);

  /// Takes what the socket gave, in pieces of any size. Fails with BadTlsHello (no proxy of this kind answers),
  /// WrongTlsDigest (another secret, or a real web server) or BadTlsRecord.
  [[nodiscard]] Result<void, MtprotoError> feed(ByteView received);

  /// True once the server has proved that it knows the secret. Nothing may be sent before.
  [[nodiscard]] bool established() const { return established_; }

  /// What was inside of the records since the last call.
  [[nodiscard]] Bytes take();

  /// Appends records with `data` to `out`; the first time a ChangeCipherSpec before them. Needs established().
  void encode(ByteView data, Bytes& out);

 private:
  [[nodiscard]] Result<void, MtprotoError> take_greeting(const TlsRecord& record);

  ProxySecret secret_;
  std::string host_;
  TlsRandom random_{};
  TlsRecordReader reader_;
  Bytes greeting_;  ///< the server's records as far as they are there
  std::size_t greeting_records_ = 0;
  Bytes data_;
  bool established_ = false;
  bool cipher_changed_ = false;
};

class FakeTlsServer {
 public:
  /// `random` must live as long as the object.
  FakeTlsServer(const ProxySecret& secret, RandomSource& random) : secret_(secret), random_(&random) {}

  /// True if a connection that begins with these (up to three) bytes may be meant for this disguise. No other
  /// transport begins so.
  [[nodiscard]] static bool may_begin_with(ByteView first_bytes);

  /// Takes what the socket gave, in pieces of any size. Fails with BadTlsRecord (data before ChangeCipherSpec, too),
  /// BadTlsHello, WrongTlsDigest, OldTlsHello.
  [[nodiscard]] Result<void, MtprotoError> feed(ByteView received, nanoseconds unix_time);

  /// What was inside of the records since the last call.
  [[nodiscard]] Bytes take();

  /// The greeting that is still to be sent; empty if there is none.
  [[nodiscard]] Bytes take_answer();

  /// Appends records with `data` to `out`. Needs established().
  void encode(ByteView data, Bytes& out) const;

  /// True once the client has proved that it knows the secret.
  [[nodiscard]] bool established() const { return state_ != State::Hello; }

 private:
  enum class State : std::uint8_t { Hello, ChangeCipherSpec, Data };

  [[nodiscard]] Result<void, MtprotoError> take_hello(const TlsRecord& record, nanoseconds unix_time);

  ProxySecret secret_;
  RandomSource* random_;
  TlsRecordReader reader_;
  State state_ = State::Hello;
  Bytes answer_;
  Bytes data_;
};

}  // namespace ledgram::mtproto
