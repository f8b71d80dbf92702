#pragma once

/// msg_container and the vectors of message ids in service messages, read and written by hand
/// (core.telegram.org/mtproto/service_messages#containers). Reading never copies a body and never believes a count that
/// the bytes cannot hold.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/error.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/mtproto/error.hpp"
#include "ledgram/tl/reader.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace ledgram::mtproto {

/// A message as it stands in a container. `body` points into the container's bytes.
struct InnerMessage {
  MsgId msg_id;
  std::int32_t seqno = 0;
  ByteView body;
};

/// A container may hold so many (core.telegram.org/mtproto/service_messages#simple-container; older text says 1020).
inline constexpr std::size_t kMaxContainerMessages = 1024;

/// What a container and each of its messages cost beside the bodies.
inline constexpr std::size_t kContainerHeaderBytes = 8;
inline constexpr std::size_t kInnerHeaderBytes = 16;

/// Takes a container (constructor id included) apart. All or nothing: BadContainer if a count or length does not fit,
/// if a message is itself a container, or if bytes are left over.
Result<std::vector<InnerMessage>, MtprotoError> parse_container(ByteView container);

/// The container of these messages, constructor id included. Bodies are whole multiples of four bytes.
Bytes make_container(std::span<const InnerMessage> messages);

/// A boxed vector of message ids, at most kMaxIdsInService of them; nothing if it is not one.
std::optional<std::vector<MsgId>> read_ids(tl::Reader& reader);

/// `constructor` followed by a boxed vector of ids: msgs_ack, msgs_state_req, msg_resend_req.
Bytes make_ids_message(std::uint32_t constructor, std::span<const MsgId> ids);

/// rpc_result of `request` with this boxed object.
Bytes make_rpc_result(MsgId request, ByteView object);

/// The object rpc_error.
Bytes make_rpc_error(std::int32_t code, std::string_view text);

/// gzip_packed around the object, if that is smaller than the object itself; otherwise nothing.
std::optional<Bytes> pack_if_smaller(ByteView object);

}  // namespace ledgram::mtproto
