#include "ledgram/mtproto/fake_tls_hello.hpp"

#include "ledgram/crypto/x25519.hpp"
#include "ledgram/mtproto/tls_records.hpp"

#include <algorithm>
#include <cassert>
#include <initializer_list>
#include <utility>
#include <vector>

namespace ledgram::mtproto {

namespace {

// Handshake types, RFC 8446 section 4.
constexpr std::uint8_t kClientHello = 1;
constexpr std::uint8_t kServerHello = 2;

constexpr std::size_t kSessionIdSize = 32;
constexpr std::size_t kTimeSize = 4;

/// Extension numbers of the IANA registry "TLS ExtensionType Values".
enum class Extension : std::uint16_t {
  ServerName = 0,
  StatusRequest = 5,
  SupportedGroups = 10,
  EcPointFormats = 11,
  SignatureAlgorithms = 13,
  Alpn = 16,
  SignedCertificateTimestamp = 18,
  Padding = 21,
  ExtendedMasterSecret = 23,
  CompressCertificate = 27,
  SessionTicket = 35,
  SupportedVersions = 43,
  PskKeyExchangeModes = 45,
  KeyShare = 51,
  RenegotiationInfo = 0xff01,
};

constexpr std::uint16_t kX25519 = 0x001d;
constexpr std::uint16_t kTls13 = 0x0304;
constexpr std::uint16_t kTls12 = 0x0303;

void append16(Bytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8U & 0xffU));
  out.push_back(static_cast<std::uint8_t>(value & 0xffU));
}

void append_words(Bytes& out, std::initializer_list<std::uint16_t> values) {
  for (const std::uint16_t value : values)
    append16(out, value);
}

/// A list whose length in bytes stands before it in two bytes.
Bytes list16(std::initializer_list<std::uint16_t> values) {
  Bytes list;
  append16(list, 2 * values.size());
  append_words(list, values);
  return list;
}

Bytes extension(std::uint16_t type, ByteView content) {
  Bytes made;
  append_words(made, {type});
  append16(made, content.size());
  append(made, content);
  return made;
}

Bytes extension(Extension type, ByteView content) {
  return extension(static_cast<std::uint16_t>(type), content);
}

/// Values without meaning that keep servers tolerant (RFC 8701): 0x0a0a, 0x1a1a, ... 0xfafa.
std::uint16_t grease(RandomSource& random) {
  const auto high = static_cast<std::uint16_t>(random.below(16) << 4U | 0xaU);
  return static_cast<std::uint16_t>(high << 8U | high);
}

/// Another one than `taken`: no extension may come twice.
std::uint16_t grease_except(std::uint16_t taken, RandomSource& random) {
  while (true) {
    const std::uint16_t value = grease(random);
    if (value != taken)
      return value;
  }
}

Bytes server_name(std::string_view host) {
  Bytes content;
  append16(content, host.size() + 3);
  content.push_back(0);  // a host name (RFC 6066 section 3)
  append16(content, host.size());
  append(content, as_bytes(host));
  return content;
}

Bytes alpn() {
  Bytes content{0, 12, 2, 'h', '2', 8};
  append(content, as_bytes("http/1.1"));
  return content;
}

Bytes key_share(std::uint16_t grease_group, RandomSource& random) {
  Bytes content;
  append_words(content, {2 + 2 + 1 + 2 + 2 + 32, grease_group, 1});
  content.push_back(0);
  append_words(content, {kX25519, 32});
  append(content, crypto::random_x25519_public_key(random));
  return content;
}

Bytes supported_versions(RandomSource& random) {
  Bytes content{6};
  append_words(content, {grease(random), kTls13, kTls12});
  return content;
}

/// In the order of no particular browser version: since 2023 browsers shuffle them, all but the GREASE ones at both
/// ends and the padding.
std::vector<Bytes> shuffled_extensions(std::string_view host, RandomSource& random) {
  const std::uint16_t group = grease(random);
  std::vector<Bytes> all;
  all.push_back(extension(Extension::ServerName, server_name(host)));
  all.push_back(extension(Extension::ExtendedMasterSecret, {}));
  all.push_back(extension(Extension::RenegotiationInfo, Bytes{0}));
  all.push_back(extension(Extension::SupportedGroups, list16({group, kX25519, 0x0017, 0x0018})));
  all.push_back(extension(Extension::EcPointFormats, Bytes{1, 0}));
  all.push_back(extension(Extension::SessionTicket, {}));
  all.push_back(extension(Extension::Alpn, alpn()));
  all.push_back(extension(Extension::StatusRequest, Bytes{1, 0, 0, 0, 0}));
  all.push_back(extension(Extension::SignatureAlgorithms,
                          list16({0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601})));
  all.push_back(extension(Extension::SignedCertificateTimestamp, {}));
  all.push_back(extension(Extension::KeyShare, key_share(group, random)));
  all.push_back(extension(Extension::PskKeyExchangeModes, Bytes{1, 1}));
  all.push_back(extension(Extension::SupportedVersions, supported_versions(random)));
  all.push_back(extension(Extension::CompressCertificate, Bytes{2, 0, 2}));
  for (std::size_t i = all.size() - 1; i > 0; --i)
    std::swap(all[i], all[static_cast<std::size_t>(random.below(i + 1))]);
  return all;
}

/// Writes a handshake message's length and its record's length into what was left out before.
void set_lengths(Bytes& record, std::size_t begin) {
  const std::size_t size = record.size() - begin - kTlsRecordHeader;
  record[begin + 3] = static_cast<std::uint8_t>(size >> 8U);
  record[begin + 4] = static_cast<std::uint8_t>(size & 0xffU);
  const std::size_t inner = size - 4;
  record[begin + 6] = static_cast<std::uint8_t>(inner >> 16U);
  record[begin + 7] = static_cast<std::uint8_t>(inner >> 8U & 0xffU);
  record[begin + 8] = static_cast<std::uint8_t>(inner & 0xffU);
}

MutableByteView random_of(Bytes& record) {
  return MutableByteView(record).subspan(kTlsRandomAt, std::tuple_size_v<TlsRandom>);
}

TlsRandom client_digest(const ProxySecret& secret, ByteView record) {
  Bytes blank(record.begin(), record.end());
  std::ranges::fill(random_of(blank), std::uint8_t{0});
  return crypto::hmac_sha256(secret, blank);
}

TlsRandom server_digest(const ProxySecret& secret, const TlsRandom& client_random, ByteView records) {
  Bytes blank(client_random.begin(), client_random.end());
  append(blank, records);
  const std::size_t at = client_random.size() + kTlsRandomAt;
  std::fill_n(blank.begin() + static_cast<std::ptrdiff_t>(at), client_random.size(), std::uint8_t{0});
  return crypto::hmac_sha256(secret, blank);
}

}  // namespace

Bytes make_client_hello(const ProxySecret& secret, std::string_view host, nanoseconds unix_time, RandomSource& random) {
  Bytes record;
  append_tls_header(TlsRecordType::Handshake, 1, 0, record);
  append(record, Bytes{kClientHello, 0, 0, 0});
  append_words(record, {kTls12});
  record.resize(record.size() + std::tuple_size_v<TlsRandom>);
  record.push_back(kSessionIdSize);
  append(record, random.bytes(kSessionIdSize));
  append(record, list16({grease(random), 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013,
                         0xc014, 0x009c, 0x009d, 0x002f, 0x0035}));
  append(record, Bytes{1, 0});  // no compression

  const std::uint16_t first = grease(random);
  Bytes extensions = extension(first, {});
  for (const Bytes& one : shuffled_extensions(host, random))
    append(extensions, one);
  append(extensions, extension(grease_except(first, random), Bytes{0}));
  constexpr std::size_t kExtensionHeader = 4;
  const std::size_t size = record.size() + 2 + extensions.size() + kExtensionHeader;
  if (size <= kTlsHelloSize)
    append(extensions, extension(Extension::Padding, Bytes(kTlsHelloSize - size)));
  append16(record, extensions.size());
  append(record, extensions);
  set_lengths(record, 0);

  TlsRandom digest = client_digest(secret, record);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(unix_time).count();
  const MutableByteView last = MutableByteView(digest).last(kTimeSize);
  store_le32(last, load_le32(last) ^ static_cast<std::uint32_t>(seconds));
  std::ranges::copy(digest, random_of(record).begin());
  return record;
}

Result<ClientHello, MtprotoError> read_client_hello(const ProxySecret& secret, ByteView record) {
  constexpr std::size_t kSessionIdAt = kTlsRandomAt + std::tuple_size_v<TlsRandom>;
  if (record.size() <= kSessionIdAt || record[0] != static_cast<std::uint8_t>(TlsRecordType::Handshake) ||
      record[kTlsRecordHeader] != kClientHello) {
    return fail(MtprotoErrc::BadTlsHello, "the first TLS record is no ClientHello");
  }
  const std::size_t session_id_size = record[kSessionIdAt];
  if (session_id_size > kSessionIdSize || record.size() < kSessionIdAt + 1 + session_id_size)
    return fail(MtprotoErrc::BadTlsHello, "the session id of a ClientHello is longer than it can be");

  ClientHello hello;
  std::ranges::copy(record.subspan(kTlsRandomAt, hello.random.size()), hello.random.begin());
  const ByteView session_id = record.subspan(kSessionIdAt + 1, session_id_size);
  hello.session_id.assign(session_id.begin(), session_id.end());

  TlsRandom difference = client_digest(secret, record);
  for (std::size_t i = 0; i < difference.size(); ++i)
    difference[i] ^= hello.random[i];
  const ByteView proof = ByteView(difference).first(difference.size() - kTimeSize);
  if (!equal_in_constant_time(proof, Bytes(proof.size()))) {
    return fail(MtprotoErrc::WrongTlsDigest, "a ClientHello was not made with the secret of this proxy port");
  }
  hello.unix_time = std::chrono::seconds(load_le32(ByteView(difference).last(kTimeSize)));
  return hello;
}

Bytes make_server_hello(const ProxySecret& secret, const ClientHello& hello, RandomSource& random) {
  Bytes records;
  append_tls_header(TlsRecordType::Handshake, 3, 0, records);
  append(records, Bytes{kServerHello, 0, 0, 0});
  append_words(records, {kTls12});
  records.resize(records.size() + std::tuple_size_v<TlsRandom>);
  records.push_back(static_cast<std::uint8_t>(hello.session_id.size()));
  append(records, hello.session_id);
  append_words(records, {0x1301});  // TLS_AES_128_GCM_SHA256, which every client offers
  records.push_back(0);             // no compression
  Bytes share;
  append_words(share, {kX25519, 32});
  append(share, crypto::random_x25519_public_key(random));
  Bytes extensions = extension(Extension::KeyShare, share);
  Bytes version;
  append_words(version, {kTls13});
  append(extensions, extension(Extension::SupportedVersions, version));
  append16(records, extensions.size());
  append(records, extensions);
  set_lengths(records, 0);
  append(records, kTlsChangeCipherSpec);
  // What a server sends next are its certificates, encrypted; real chains have 2 to 4 KB.
  constexpr std::size_t kLeast = 2000;
  constexpr std::size_t kSpread = 2000;
  const auto size = kLeast + static_cast<std::size_t>(random.below(kSpread));
  append_tls_data(random.bytes(size), size, records);

  const TlsRandom digest = server_digest(secret, hello.random, records);
  std::ranges::copy(digest, random_of(records).begin());
  return records;
}

bool is_answer_genuine(const ProxySecret& secret, const TlsRandom& client_random, ByteView records) {
  assert(records.size() >= kTlsRandomAt + client_random.size());
  const TlsRandom expected = server_digest(secret, client_random, records);
  return equal_in_constant_time(expected, records.subspan(kTlsRandomAt, expected.size()));
}

}  // namespace ledgram::mtproto
