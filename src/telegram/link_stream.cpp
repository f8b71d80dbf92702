#include "ledgram/telegram/link_stream.hpp"

#include "ledgram/net/with_deadline.hpp"

#include <utility>

namespace ledgram::telegram {

namespace {

using mtproto::FakeTlsClient;

net::NetFailure bad_greeting(const net::Address& proxy, const mtproto::MtprotoError& error) {
  return net::NetFailure({net::NetErrc::BadProxyAnswer, "the MTProxy " + net::to_string(proxy) + ": " + error.message});
}

asio::awaitable<void> greet(net::Stream& stream, FakeTlsClient& disguise, Bytes hello) {
  co_await stream.write(hello);
  while (!disguise.established()) {
    const ByteView bytes = co_await stream.receive();
    const auto fed = disguise.feed(bytes);
    if (!fed)
      throw bad_greeting(stream.peer(), fed.error());
  }
}

}  // namespace

LinkStream::LinkStream(net::Stream stream, FakeTlsClient disguise)
    : stream_(std::move(stream)), disguise_(std::move(disguise)) {}

asio::awaitable<ByteView> LinkStream::receive() {
  if (!disguise_)
    co_return co_await stream_.receive();
  while (true) {
    // What came with the greeting is there before anything is read.
    data_ = disguise_->take();
    if (!data_.empty())
      co_return ByteView(data_);
    const ByteView bytes = co_await stream_.receive();
    const auto fed = disguise_->feed(bytes);
    if (!fed) {
      throw net::NetFailure({net::NetErrc::ConnectionBroken,
                             "reading failed from " + net::to_string(peer()) + ": " + fed.error().message});
    }
  }
}

asio::awaitable<void> LinkStream::write(ByteView bytes) {
  if (!disguise_) {
    co_await stream_.write(bytes);
    co_return;
  }
  Bytes records;
  disguise_->encode(bytes, records);
  co_await stream_.write(records);
}

asio::awaitable<LinkStream> open_stream(const LinkPlan& plan, net::Deadline deadline, nanoseconds unix_time,
                                        RandomSource& random) {
  std::optional<net::Stream> stream;
  if (plan.tunnel) {
    stream.emplace(co_await net::dial_through(*plan.tunnel, plan.address, deadline));
  } else {
    stream.emplace(co_await net::dial(plan.address, deadline));
  }
  if (plan.tls_host.empty())
    co_return LinkStream(std::move(*stream));
  FakeTlsClient disguise(plan.transport.secret, plan.tls_host);
  Bytes hello = disguise.start(unix_time, random);
  asio::awaitable<void> greeting = greet(*stream, disguise, std::move(hello));
  std::string what = "the TLS greeting of the MTProxy " + net::to_string(plan.address);
  co_await net::with_deadline(std::move(greeting), deadline, std::move(what));
  co_return LinkStream(std::move(*stream), std::move(disguise));
}

}  // namespace ledgram::telegram
