#include "ledgram/mtproto/obfuscation.hpp"

#include "ledgram/mtproto/client_transport.hpp"
#include "ledgram/mtproto/server_transport.hpp"
#include "ledgram/mtproto/testing_random.hpp"

#include <gtest/gtest.h>

namespace ledgram::mtproto {
namespace {

Bytes counting(std::size_t size, std::uint8_t from) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::uint8_t>(from + i);
  return bytes;
}

/// The "random" header of the vectors below: byte i is 7 i + 1.
Bytes vector_header() {
  Bytes header(64);
  for (std::size_t i = 0; i < header.size(); ++i)
    header[i] = static_cast<std::uint8_t>(7 * i + 1);
  return header;
}

struct Vector {
  std::string_view name;
  TransportOptions options;
  std::string_view to_server;  // bytes 48 to 64 of the header and the first frame: 0x10, 0x11 ... (20 bytes)
  std::string_view to_client;  // the first frame back: 0x80, 0x81 ... (28 bytes)
};

// Made with the AES-CTR of the Python package cryptography 48 and hashlib, from the description at
// core.telegram.org/mtproto/mtproto-transports#transport-obfuscation alone.
const Vector kVectors[] = {
    {"abridged, DC 2, straight to Telegram",
     {TransportKind::Abridged, Obfuscation::Plain, {}, 2},
     "51585f666d747b825f32568ed2adf691e6d0c34731d4b1be17384b057a8e22792419922d0a",
     "a6d24c0d0a4e3ccc8d4f934fc01c375911939933c0834cb7ad7c91aa7e"},
    {"intermediate, media DC 3 of the test environment, with a secret",
     {TransportKind::Intermediate,
      Obfuscation::MtproxySecret,
      {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff},
      -10003},
     "51585f666d747b8208dfbf4917f45d272efcc001d9f41fa74eea208ba405dc65caa30a8857dccdab",
     "43aa67fbc3db4654ba856918ec78d56ed11ad67fad67a0f09755179dd4af8e54"},
    {"full, DC 4, with a secret",
     {TransportKind::Full,
      Obfuscation::MtproxySecret,
      {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff},
      4},
     "51585f666d747b826fa1c639fe2c5d271afcc001c9e50db44aee248fa809d069cea70e8c6be0f197439dd54b81ab514d",
     "77aa67fb435ac4d7be816d1ce074d962d51ed27bb17bbcec93511399d8a3825857c8ad392c86acf1"},
};

TEST(Obfuscation, ClientVectors) {
  for (const Vector& vector : kVectors) {
    SCOPED_TRACE(vector.name);
    ScriptedRandom random({vector_header()});
    ClientTransport client(vector.options, random);
    ASSERT_TRUE(random.finished());
    Bytes sent;
    client.encode(counting(20, 0x10), sent);
    EXPECT_EQ(to_hex(ByteView(sent).first(48)), to_hex(ByteView(vector_header()).first(48)));
    EXPECT_EQ(to_hex(ByteView(sent).subspan(48)), vector.to_server);

    client.feed(from_hex(vector.to_client).value());
    const auto frame = client.next();
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ(to_hex((*frame)->payload), to_hex(counting(28, 0x80)));
  }
}

TEST(Obfuscation, ServerVectors) {
  for (const Vector& vector : kVectors) {
    SCOPED_TRACE(vector.name);
    SeededRandom random(1);
    ServerTransportOptions options;
    if (vector.options.obfuscation == Obfuscation::MtproxySecret)
      options.secret = vector.options.secret;
    ServerTransport server(options, random);
    server.feed(ByteView(vector_header()).first(48));
    server.feed(from_hex(vector.to_server).value());
    const auto frame = server.next();
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ(to_hex((*frame)->payload), to_hex(counting(20, 0x10)));
    EXPECT_EQ(server.kind(), vector.options.kind);
    EXPECT_EQ(server.requested_dc(), vector.options.wire_dc);
    Bytes answer;
    server.encode(counting(28, 0x80), answer);
    EXPECT_EQ(to_hex(answer), vector.to_client);
  }
}

TEST(Obfuscation, ReservedBeginningsAreDrawnAgain) {
  const std::string_view reserved[] = {
      "ef01020304050607", "4845414401020304", "504f535401020304", "4745542001020304", "4f50544901020304",
      "eeeeeeee01020304", "dddddddd01020304", "1603010201020304", "0102030400000000",
  };
  for (const std::string_view beginning : reserved) {
    SCOPED_TRACE(beginning);
    Bytes bad = vector_header();
    const Bytes start = from_hex(beginning).value();
    EXPECT_TRUE(is_reserved_beginning(start));
    std::copy(start.begin(), start.end(), bad.begin());
    ScriptedRandom random({bad, vector_header()});
    const ClientObfuscation begun = begin_obfuscation(TransportKind::Abridged, 1, std::nullopt, random);
    EXPECT_TRUE(random.finished());
    EXPECT_EQ(to_hex(ByteView(begun.header).first(56)), to_hex(ByteView(vector_header()).first(56)));
  }
  EXPECT_FALSE(is_reserved_beginning(from_hex("ee01020304050607").value()));
}

TEST(Obfuscation, FullTransportNeverCarriesATagByChance) {
  Bytes unlucky = vector_header();
  std::fill_n(unlucky.begin() + 56, 4, std::uint8_t{0xdd});
  ScriptedRandom random({unlucky, vector_header()});
  static_cast<void>(begin_obfuscation(TransportKind::Full, 1, std::nullopt, random));
  EXPECT_TRUE(random.finished());
}

TEST(Obfuscation, WireDc) {
  EXPECT_EQ(wire_dc(DcId(2), DcEnvironment::Production, DcRole::Main), 2);
  EXPECT_EQ(wire_dc(DcId(2), DcEnvironment::Production, DcRole::Media), -2);
  EXPECT_EQ(wire_dc(DcId(3), DcEnvironment::Test, DcRole::Main), 10003);
  EXPECT_EQ(wire_dc(DcId(3), DcEnvironment::Test, DcRole::Media), -10003);
  for (const auto environment : {DcEnvironment::Production, DcEnvironment::Test}) {
    for (const auto role : {DcRole::Main, DcRole::Media}) {
      const DecodedDc decoded = decode_wire_dc(wire_dc(DcId(5), environment, role));
      EXPECT_EQ(decoded.dc, DcId(5));
      EXPECT_EQ(decoded.environment, environment);
      EXPECT_EQ(decoded.role, role);
    }
  }
  EXPECT_EQ(decode_wire_dc(INT32_MIN).role, DcRole::Media);  // whatever a client sends
}

}  // namespace
}  // namespace ledgram::mtproto
