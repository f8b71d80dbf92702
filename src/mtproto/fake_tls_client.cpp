#include "ledgram/mtproto/fake_tls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace ledgram::mtproto {

namespace {

/// How TDLib cuts its data: about two TCP segments a record.
constexpr std::size_t kMostInRecord = 2878;

/// What the server's greeting consists of; the first is its ServerHello.
constexpr std::array kGreetingTypes{TlsRecordType::Handshake, TlsRecordType::ChangeCipherSpec,
                                    TlsRecordType::ApplicationData};

std::unexpected<MtprotoError> not_this_proxy(std::string_view what) {
  return fail(
      MtprotoErrc::BadTlsHello,
      fmt::format("what answers there is no MTProxy that looks like TLS: {}; check host, port and secret", what));
}

}  // namespace

Bytes FakeTlsClient::start(nanoseconds unix_time, RandomSource& random) {
  Bytes hello = make_client_hello(secret_, host_, unix_time, random);
  std::copy_n(hello.begin() + kTlsRandomAt, random_.size(), random_.begin());
  return hello;
}

Result<void, MtprotoError> FakeTlsClient::feed(ByteView received) {
  reader_.feed(received);
  while (true) {
    const auto record = reader_.next();
    if (!record && !established_)
      return not_this_proxy(record.error().message);
    if (!record)
      return std::unexpected(record.error());
    if (!*record)
      return {};
    if (!established_) {
      if (auto taken = take_greeting(**record); !taken)
        return taken;
    } else if ((*record)->type == TlsRecordType::ApplicationData) {
      append(data_, (*record)->content);
    } else {
      return fail(MtprotoErrc::BadTlsRecord, fmt::format("the proxy sent a TLS record of type {} between the data",
                                                         static_cast<int>((*record)->type)));
    }
  }
}

Result<void, MtprotoError> FakeTlsClient::take_greeting(const TlsRecord& record) {
  if (record.type == TlsRecordType::Alert)
    return not_this_proxy("it answered with a TLS alert");
  if (record.type != kGreetingTypes.at(greeting_records_))
    return not_this_proxy(fmt::format("it sent a TLS record of type {}", static_cast<int>(record.type)));
  append(greeting_, record.header);
  append(greeting_, record.content);
  if (greeting_records_ == 0 && greeting_.size() < kTlsRandomAt + random_.size())
    return not_this_proxy("its ServerHello is too short");
  if (++greeting_records_ < kGreetingTypes.size())
    return {};
  if (!is_answer_genuine(secret_, random_, greeting_)) {
    return fail(MtprotoErrc::WrongTlsDigest,
                "the server's TLS greeting was not made with the proxy's secret; check the secret and that this is the "
                "proxy's address");
  }
  greeting_.clear();
  established_ = true;
  return {};
}

Bytes FakeTlsClient::take() {
  return std::exchange(data_, {});
}

void FakeTlsClient::encode(ByteView data, Bytes& out) {
  assert(established_);
  if (!cipher_changed_)
    append(out, kTlsChangeCipherSpec);
  cipher_changed_ = true;
  append_tls_data(data, kMostInRecord, out);
}

}  // namespace ledgram::mtproto
