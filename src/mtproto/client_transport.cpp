#include "ledgram/mtproto/client_transport.hpp"

#include <cassert>
#include <utility>

namespace ledgram::mtproto {
namespace {

/// What announces a transport that is not obfuscated (T1, T2, T3); the full one announces nothing.
Bytes plain_header(TransportKind kind) {
  switch (kind) {
    case TransportKind::Abridged:
      return Bytes(1, 0xef);
    case TransportKind::Intermediate:
      return Bytes(4, 0xee);
    case TransportKind::PaddedIntermediate:
      return Bytes(4, 0xdd);
    case TransportKind::Full:
      return {};
  }
  return {};
}

}  // namespace

ClientTransport::ClientTransport(const TransportOptions& options, RandomSource& random)
    : writer_(options.kind, random), reader_(options.kind, Role::Client) {
  if (options.obfuscation == Obfuscation::None) {
    header_ = plain_header(options.kind);
    return;
  }
  std::optional<ProxySecret> secret;
  if (options.obfuscation == Obfuscation::MtproxySecret)
    secret = options.secret;
  ClientObfuscation begun = begin_obfuscation(options.kind, options.wire_dc, secret, random);
  append(header_, begun.header);
  streams_ = std::move(begun.streams);
}

void ClientTransport::encode(ByteView packet, Bytes& out) {
  append(out, header_);
  header_.clear();
  const std::size_t from = out.size();
  writer_.write(packet, out);
  if (streams_)
    streams_->sending.apply(MutableByteView(out).subspan(from));
}

void ClientTransport::feed(ByteView received) {
  const MutableByteView stored = reader_.feed_in_place(received);
  if (streams_)
    streams_->receiving.apply(stored);
}

}  // namespace ledgram::mtproto
