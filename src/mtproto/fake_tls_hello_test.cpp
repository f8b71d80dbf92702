/// The ClientHello, taken apart by a parser of its own that follows RFC 8446 and not our code.

#include "ledgram/mtproto/fake_tls_hello.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace ledgram::mtproto {
namespace {

constexpr ProxySecret kSecret{0xaa, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
constexpr std::chrono::seconds kNow{1'790'000'000};

/// Reads big-endian numbers and counted fields; every read is checked.
class Cursor {
 public:
  explicit Cursor(ByteView bytes) : rest_(bytes) {}

  ByteView take(std::size_t count) {
    if (rest_.size() < count) {
      ADD_FAILURE() << "the message ends " << count - rest_.size() << " bytes early";
      return {};
    }
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  std::size_t number(std::size_t width) {
    std::size_t value = 0;
    for (const std::uint8_t byte : take(width))
      value = value << 8U | byte;
    return value;
  }
  Cursor field(std::size_t width) { return Cursor(take(number(width))); }
  [[nodiscard]] bool done() const { return rest_.empty(); }
  [[nodiscard]] ByteView rest() const { return rest_; }

 private:
  ByteView rest_;
};

struct Parsed {
  ByteView random, session_id;
  std::vector<std::size_t> ciphers;
  std::vector<std::size_t> order;
  std::map<std::size_t, ByteView> extensions;
};

Parsed parse(ByteView record) {
  Parsed parsed;
  Cursor outer(record);
  EXPECT_EQ(outer.number(1), 22U);
  EXPECT_EQ(outer.number(2), 0x0301U);
  Cursor message = outer.field(2);
  EXPECT_TRUE(outer.done());
  EXPECT_EQ(message.number(1), 1U);
  Cursor hello = message.field(3);
  EXPECT_TRUE(message.done());
  EXPECT_EQ(hello.number(2), 0x0303U);
  parsed.random = hello.take(32);
  parsed.session_id = hello.take(hello.number(1));
  for (Cursor ciphers = hello.field(2); !ciphers.done();)
    parsed.ciphers.push_back(ciphers.number(2));
  EXPECT_EQ(to_hex(hello.field(1).rest()), "00");
  Cursor extensions = hello.field(2);
  EXPECT_TRUE(hello.done());
  while (!extensions.done()) {
    const std::size_t type = extensions.number(2);
    parsed.order.push_back(type);
    EXPECT_TRUE(parsed.extensions.emplace(type, extensions.field(2).rest()).second) << "extension " << type << " twice";
  }
  return parsed;
}

bool is_grease(std::size_t value) {
  return (value & 0x0f0fU) == 0x0a0aU && value >> 8U == (value & 0xffU);
}

Bytes hello_for(std::string_view host, std::uint64_t seed) {
  SeededRandom random(seed);
  return make_client_hello(kSecret, host, kNow, random);
}

TEST(FakeTlsHello, HasTheSizeAndShapeOfABrowsers) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::string host = "www." + std::string(seed % 50 + 1, 'x') + ".example";
    const Bytes record = hello_for(host, seed);
    ASSERT_EQ(record.size(), kTlsHelloSize);
    // What proxies look for before they look at anything else.
    EXPECT_EQ(to_hex(ByteView(record).first(11)), "1603010200010001fc0303");
    const Parsed hello = parse(record);
    EXPECT_EQ(hello.session_id.size(), 32U);
    EXPECT_TRUE(is_grease(hello.ciphers.front()));
    for (const std::size_t cipher : {0x1301U, 0x1302U, 0x1303U, 0xc02bU, 0xc02fU})
      EXPECT_NE(std::ranges::find(hello.ciphers, cipher), hello.ciphers.end());
    EXPECT_EQ(hello.extensions.size(), 17U);
    EXPECT_TRUE(is_grease(hello.order.front()));
    EXPECT_EQ(hello.order.back(), 21U) << "the padding is last";
    EXPECT_TRUE(is_grease(hello.order[hello.order.size() - 2]));
    Cursor names = Cursor(hello.extensions.at(0)).field(2);
    EXPECT_EQ(names.number(1), 0U);
    EXPECT_EQ(as_text(names.field(2).rest()), host);
    EXPECT_EQ(to_hex(hello.extensions.at(43)).substr(6), "03040303");
    EXPECT_EQ(to_hex(hello.extensions.at(16)), "000c02683208687474702f312e31");
    for (const std::uint8_t byte : hello.extensions.at(21))
      EXPECT_EQ(byte, 0U);
  }
}

TEST(FakeTlsHello, OffersAKeyThatIsOnTheCurve) {
  const Bytes record = hello_for("example.org", 7);
  const Parsed hello = parse(record);
  Cursor shares = Cursor(hello.extensions.at(51)).field(2);
  EXPECT_TRUE(is_grease(shares.number(2)));
  EXPECT_EQ(shares.field(2).rest().size(), 1U);
  EXPECT_EQ(shares.number(2), 0x1dU);
  const Bytes key = [&] {
    const ByteView view = shares.field(2).rest();
    return Bytes(view.begin(), view.end());
  }();
  ASSERT_EQ(key.size(), 32U);
  EXPECT_EQ(key.back() & 0x80U, 0U) << "numbers below 2^255 - 19 only";
  EXPECT_TRUE(shares.done());
}

TEST(FakeTlsHello, NoTwoAreAlike) {
  std::set<std::string> orders;
  std::set<std::string> randoms;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Bytes record = hello_for("example.org", seed);
    const Parsed hello = parse(record);
    std::string order;
    for (const std::size_t type : hello.order)
      order += is_grease(type) ? "g " : std::to_string(type) + " ";
    orders.insert(order);
    randoms.insert(to_hex(hello.random));
  }
  EXPECT_GT(orders.size(), 45U);
  EXPECT_EQ(randoms.size(), 50U);
}

TEST(FakeTlsHello, TheLongestHostStillFits) {
  EXPECT_EQ(hello_for(std::string(182, 'a'), 1).size(), kTlsHelloSize);
  parse(hello_for(std::string(182, 'a'), 1));
  parse(hello_for(std::string(300, 'a'), 1));  // no proxy secret has it, but nothing breaks
}

TEST(FakeTlsHello, TheRandomIsTheDigestWithTheTimeInIt) {
  Bytes record = hello_for("example.org", 11);
  const Bytes random(record.begin() + 11, record.begin() + 43);
  std::fill(record.begin() + 11, record.begin() + 43, std::uint8_t{0});
  Bytes expected;
  append(expected, crypto::hmac_sha256(kSecret, record));
  const std::uint32_t seconds = kNow.count();
  for (unsigned i = 0; i < 4; ++i)
    expected[28 + i] ^= static_cast<std::uint8_t>(seconds >> (8 * i));
  EXPECT_EQ(to_hex(random), to_hex(expected));
}

TEST(FakeTlsHello, ReadsBackWhoAndWhen) {
  const Bytes record = hello_for("example.org", 12);
  const auto hello = read_client_hello(kSecret, record);
  ASSERT_TRUE(hello) << hello.error().message;
  EXPECT_EQ(hello->unix_time, kNow);
  EXPECT_EQ(to_hex(hello->session_id), to_hex(parse(record).session_id));
  EXPECT_EQ(to_hex(hello->random), to_hex(parse(record).random));
}

TEST(FakeTlsHello, EveryChangedBitIsNoticed) {
  const Bytes record = hello_for("example.org", 13);
  for (std::size_t at = 0; at < record.size(); ++at) {
    if (at >= 39 && at < 43)
      continue;  // the time: another moment, told by the caller
    Bytes changed = record;
    changed[at] ^= 1U;
    EXPECT_FALSE(read_client_hello(kSecret, changed)) << "byte " << at;
  }
  ProxySecret other = kSecret;
  other[5] ^= 1U;
  const auto refused = read_client_hello(other, record);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, MtprotoErrc::WrongTlsDigest);
  for (std::size_t size = 0; size < 100; ++size)
    EXPECT_FALSE(read_client_hello(kSecret, ByteView(record).first(size)));
}

TEST(FakeTlsHello, TheAnswerIsAServerHelloAndMore) {
  SeededRandom random(14);
  const auto hello = read_client_hello(kSecret, hello_for("example.org", 15));
  const Bytes records = make_server_hello(kSecret, *hello, random);
  Cursor stream(records);
  EXPECT_EQ(stream.number(1), 22U);
  EXPECT_EQ(stream.number(2), 0x0303U);
  Cursor message = stream.field(2);
  EXPECT_EQ(message.number(1), 2U);
  Cursor server = message.field(3);
  EXPECT_TRUE(message.done());
  EXPECT_EQ(server.number(2), 0x0303U);
  server.take(32);
  EXPECT_EQ(to_hex(server.field(1).rest()), to_hex(hello->session_id));
  EXPECT_EQ(server.number(2), 0x1301U);
  EXPECT_EQ(server.number(1), 0U);
  EXPECT_EQ(server.field(2).rest().size(), 40U + 6U);
  EXPECT_TRUE(server.done());
  EXPECT_EQ(to_hex(stream.take(6)), "140303000101");
  EXPECT_EQ(stream.number(1), 23U);
  EXPECT_EQ(stream.number(2), 0x0303U);
  EXPECT_GE(stream.field(2).rest().size(), 2000U);
  EXPECT_TRUE(stream.done());

  Bytes blank(hello->random.begin(), hello->random.end());
  append(blank, records);
  std::fill_n(blank.begin() + 32 + 11, 32, std::uint8_t{0});
  EXPECT_EQ(to_hex(ByteView(records).subspan(11, 32)), to_hex(crypto::hmac_sha256(kSecret, blank)));
}

}  // namespace
}  // namespace ledgram::mtproto
