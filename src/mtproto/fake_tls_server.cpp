#include "ledgram/mtproto/fake_tls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace ledgram::mtproto {

namespace {

/// RFC 8446 section 5.1.
constexpr std::size_t kMostInRecord = 16384;

/// Room for clocks that nobody sets, and no more: a greeting that somebody recorded is of use to him for as long.
constexpr std::chrono::minutes kMostClockDifference{10};

constexpr ByteArray<3> kBeginning{22, 3, 1};

}  // namespace

bool FakeTlsServer::may_begin_with(ByteView first_bytes) {
  const std::size_t known = std::min(first_bytes.size(), kBeginning.size());
  return std::ranges::equal(first_bytes.first(known), ByteView(kBeginning).first(known));
}

Result<void, MtprotoError> FakeTlsServer::feed(ByteView received, nanoseconds unix_time) {
  reader_.feed(received);
  while (true) {
    const auto record = reader_.next();
    if (!record)
      return std::unexpected(record.error());
    if (!*record)
      return {};
    switch (state_) {
      case State::Hello:
        if (auto taken = take_hello(**record, unix_time); !taken)
          return taken;
        break;
      case State::ChangeCipherSpec:
        if ((*record)->type != TlsRecordType::ChangeCipherSpec || !std::ranges::equal((*record)->content, Bytes{1})) {
          return fail(MtprotoErrc::BadTlsRecord, fmt::format("a TLS record of type {} before ChangeCipherSpec",
                                                             static_cast<int>((*record)->type)));
        }
        state_ = State::Data;
        break;
      case State::Data:
        if ((*record)->type != TlsRecordType::ApplicationData) {
          return fail(MtprotoErrc::BadTlsRecord,
                      fmt::format("a TLS record of type {} between the data", static_cast<int>((*record)->type)));
        }
        append(data_, (*record)->content);
        break;
    }
  }
}

Result<void, MtprotoError> FakeTlsServer::take_hello(const TlsRecord& record, nanoseconds unix_time) {
  Bytes whole(record.header.begin(), record.header.end());
  append(whole, record.content);
  const auto hello = read_client_hello(secret_, whole);
  if (!hello)
    return std::unexpected(hello.error());
  const nanoseconds difference = hello->unix_time - unix_time;
  if (difference > kMostClockDifference || difference < -kMostClockDifference) {
    return fail(MtprotoErrc::OldTlsHello,
                fmt::format("the time in a ClientHello is {} s off",
                            std::chrono::duration_cast<std::chrono::seconds>(difference).count()));
  }
  answer_ = make_server_hello(secret_, *hello, *random_);
  state_ = State::ChangeCipherSpec;
  return {};
}

Bytes FakeTlsServer::take() {
  return std::exchange(data_, {});
}

Bytes FakeTlsServer::take_answer() {
  return std::exchange(answer_, {});
}

void FakeTlsServer::encode(ByteView data, Bytes& out) const {
  assert(established());
  append_tls_data(data, kMostInRecord, out);
}

}  // namespace ledgram::mtproto
