#include "ledgram/mtproto/container.hpp"

#include "ledgram/mtproto/gzip.hpp"
#include "ledgram/mtproto/service_ids.hpp"
#include "ledgram/tl/writer.hpp"

namespace ledgram::mtproto {

Result<std::vector<InnerMessage>, MtprotoError> parse_container(ByteView container) {
  tl::Reader reader(container);
  const std::uint32_t constructor = reader.u32();
  const std::size_t count = reader.bare_vector_count(kInnerHeaderBytes);
  if (!reader.ok() || constructor != id::kMsgContainer) {
    return fail(MtprotoErrc::BadContainer, "a container that is shorter than it says");
  }
  if (count > kMaxContainerMessages) {
    return fail(MtprotoErrc::BadContainer, "a container of " + std::to_string(count) + " messages, 1024 are allowed");
  }
  std::vector<InnerMessage> messages;
  messages.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    InnerMessage message;
    message.msg_id = MsgId(reader.i64());
    message.seqno = reader.i32();
    const std::uint32_t length = reader.u32();
    if (!reader.ok() || length % 4 != 0 || length > reader.remaining()) {
      return fail(MtprotoErrc::BadContainer, "a message in a container with an impossible length");
    }
    message.body = reader.raw(length);
    if (constructor_of(message.body) == id::kMsgContainer) {
      return fail(MtprotoErrc::BadContainer, "a container in a container");
    }
    messages.push_back(message);
  }
  if (reader.remaining() != 0)
    return fail(MtprotoErrc::BadContainer, "bytes left over behind a container");
  return messages;
}

Bytes make_container(std::span<const InnerMessage> messages) {
  std::size_t size = kContainerHeaderBytes;
  for (const InnerMessage& message : messages)
    size += kInnerHeaderBytes + message.body.size();
  tl::Writer writer;
  writer.reserve(size);
  writer.u32(id::kMsgContainer);
  writer.u32(static_cast<std::uint32_t>(messages.size()));
  for (const InnerMessage& message : messages) {
    writer.i64(message.msg_id.value());
    writer.i32(message.seqno);
    writer.u32(static_cast<std::uint32_t>(message.body.size()));
    writer.raw(message.body);
  }
  return writer.take();
}

std::optional<std::vector<MsgId>> read_ids(tl::Reader& reader) {
  const std::size_t count = reader.vector_count(sizeof(std::int64_t));
  if (!reader.ok() || count > kMaxIdsInService)
    return std::nullopt;
  std::vector<MsgId> ids;
  ids.reserve(count);
  for (std::size_t i = 0; i < count; ++i)
    ids.emplace_back(reader.i64());
  return ids;
}

Bytes make_ids_message(std::uint32_t constructor, std::span<const MsgId> ids) {
  tl::Writer writer;
  writer.reserve(12 + 8 * ids.size());
  writer.u32(constructor);
  writer.vector_head(ids.size());
  for (const MsgId id : ids)
    writer.i64(id.value());
  return writer.take();
}

Bytes make_rpc_result(MsgId request, ByteView object) {
  tl::Writer writer;
  writer.reserve(12 + object.size());
  writer.u32(id::kRpcResult);
  writer.i64(request.value());
  writer.raw(object);
  return writer.take();
}

Bytes make_rpc_error(std::int32_t code, std::string_view text) {
  tl::Writer writer;
  writer.u32(id::kRpcError);
  writer.i32(code);
  writer.string(text);
  return writer.take();
}

std::optional<Bytes> pack_if_smaller(ByteView object) {
  const Bytes packed = gzip(object);
  // A TL string has at most three bytes of padding and four of length; with those it must still be a gain.
  if (packed.size() > tl::kMaxStringLength || packed.size() + 12 >= object.size())
    return std::nullopt;
  tl::Writer writer;
  writer.reserve(packed.size() + 12);
  writer.u32(id::kGzipPacked);
  writer.bytes(packed);
  return writer.take();
}

}  // namespace ledgram::mtproto
