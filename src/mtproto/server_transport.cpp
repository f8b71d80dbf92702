#include "ledgram/mtproto/server_transport.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ledgram::mtproto {
namespace {

constexpr std::uint32_t kIntermediateTag = 0xeeeeeeeeU;
constexpr std::uint32_t kPaddedTag = 0xddddddddU;

}  // namespace

ServerTransport::ServerTransport(const ServerTransportOptions& options, RandomSource& random)
    : options_(options), random_(&random) {}

void ServerTransport::feed(ByteView received) {
  if (!reader_) {
    append(first_bytes_, received);
    return;
  }
  const MutableByteView stored = reader_->feed_in_place(received);
  if (streams_)
    streams_->receiving.apply(stored);
}

Result<std::optional<Frame>, MtprotoError> ServerTransport::next() {
  if (failed_)
    return std::unexpected(*failed_);
  if (!reader_) {
    if (auto detected = detect(); !detected) {
      failed_ = detected.error();
      return std::unexpected(std::move(detected.error()));
    }
    if (!reader_)
      return std::optional<Frame>();
  }
  auto frame = reader_->next();
  if (!frame && streams_ && kind_ == TransportKind::Full && !confirmed_) {
    // The header had no tag and what follows is no frame either, so it was not the full transport but a wrong header.
    frame = refuse();
  }
  if (!frame) {
    failed_ = frame.error();
    if (!confirmed_)
      reader_.reset();
    return frame;
  }
  if (*frame)
    confirmed_ = true;
  return frame;
}

Result<void, MtprotoError> ServerTransport::detect() {
  const ByteView got(first_bytes_);
  if (got.empty())
    return {};
  const bool proxy = options_.secret.has_value();
  if (got[0] == 0xef) {
    if (proxy)
      return refuse();
    begin(TransportKind::Abridged, 1);
    return {};
  }
  if (got.size() < 4)
    return {};
  const std::uint32_t word = load_le32(got);
  if (!proxy && (word == kIntermediateTag || word == kPaddedTag)) {
    begin(word == kIntermediateTag ? TransportKind::Intermediate : TransportKind::PaddedIntermediate, 4);
    return {};
  }
  if (got.size() < 8)
    return {};
  if (!proxy && load_le32(got.subspan(4)) == 0) {
    begin(TransportKind::Full, 0);
    return {};
  }
  if (is_reserved_beginning(got.first(8)))
    return refuse();
  return detect_obfuscated();
}

Result<void, MtprotoError> ServerTransport::detect_obfuscated() {
  if (first_bytes_.size() < kObfuscationHeaderSize)
    return {};
  ByteArray<kObfuscationHeaderSize> header{};
  std::copy_n(first_bytes_.begin(), header.size(), header.begin());
  ServerObfuscation accepted = accept_obfuscation(header, options_.secret);
  requested_dc_ = accepted.wire_dc;
  streams_ = std::move(accepted.streams);
  begin(accepted.kind, header.size());
  return {};
}

void ServerTransport::begin(TransportKind kind, std::size_t header_size) {
  kind_ = kind;
  reader_.emplace(kind, Role::Server);
  writer_.emplace(kind, *random_, Role::Server);
  const Bytes first = std::exchange(first_bytes_, {});
  feed(ByteView(first).subspan(header_size));
}

std::unexpected<MtprotoError> ServerTransport::refuse() const {
  if (options_.secret) {
    return fail(MtprotoErrc::WrongProxySecret,
                "the first bytes of a connection were not made with the secret of this proxy port");
  }
  return fail(MtprotoErrc::UnknownTransport, "the first bytes of a connection are those of no MTProto transport");
}

void ServerTransport::encode(ByteView packet, Bytes& out) {
  assert(detected());
  const std::size_t from = out.size();
  writer_->write(packet, out);
  if (streams_)
    streams_->sending.apply(MutableByteView(out).subspan(from));
}

void ServerTransport::encode_error(std::int32_t code, Bytes& out) {
  assert(detected());
  const std::size_t from = out.size();
  writer_->write_error(code, out);
  if (streams_)
    streams_->sending.apply(MutableByteView(out).subspan(from));
}

void ServerTransport::encode_quick_ack(std::uint32_t token, Bytes& out) {
  assert(detected());
  const std::size_t from = out.size();
  writer_->write_quick_ack(token, out);
  if (streams_)
    streams_->sending.apply(MutableByteView(out).subspan(from));
}

void ServerTransport::encode_malformed(Bytes& out) {
  assert(detected());
  // Abridged reads 32 MiB out of it, the others 2 GiB; none takes it for a quick acknowledgement.
  static constexpr ByteArray<4> kLength{0x7f, 0xff, 0xff, 0x7f};
  const std::size_t from = out.size();
  append(out, kLength);
  if (streams_)
    streams_->sending.apply(MutableByteView(out).subspan(from));
}

bool ServerTransport::in_the_middle() const {
  return !first_bytes_.empty() || (reader_ && reader_->in_the_middle());
}

}  // namespace ledgram::mtproto
