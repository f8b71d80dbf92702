#include "ledgram/mtproto/gzip.hpp"
#include "ledgram/mtproto/server_session_impl.hpp"
#include "ledgram/tl/reader.hpp"

#include <algorithm>

namespace ledgram::mtproto {
namespace {

// core.telegram.org/api/invoking#sequential-requests: so long a request waits for those before it.
constexpr std::chrono::milliseconds kPatience{500};

// More waiting requests than a client may put into one container are no chain but a mistake.
constexpr std::size_t kMostChained = 1024;

}  // namespace

void ServerSession::Impl::on_invoke_after(const InnerMessage& message, ByteView body, Instant now) {
  tl::Reader reader(body);
  Chained request{.msg_id = message.msg_id, .after = {}, .body = {}, .give_up_at = now.monotonic + kPatience};
  if (reader.u32() == id::kInvokeAfterMsg) {
    request.after.emplace_back(reader.i64());
  } else if (std::optional<std::vector<MsgId>> ids = read_ids(reader)) {
    request.after = std::move(*ids);
  } else {
    return refuse_body(message.msg_id);
  }
  const bool has_head = reader.ok();
  const ByteView query = reader.rest();
  if (!has_head || query.size() < 4 || chained.size() == kMostChained)
    return refuse_body(message.msg_id);
  request.body.assign(query.begin(), query.end());
  if (constructor_of(query) == id::kGzipPacked) {
    tl::Reader packed(query.subspan(4));
    Result<Bytes, MtprotoError> unpacked = gunzip(packed.bytes_view());
    if (!packed.ok() || !unpacked || constructor_of(*unpacked) == id::kGzipPacked)
      return refuse_body(message.msg_id);
    request.body = std::move(*unpacked);
  }
  received.at(message.msg_id).kind = Received::Kind::Running;
  chained.push_back(std::move(request));
  run_chained(now);
}

ServerSession::Impl::Progress ServerSession::Impl::progress_of(const Chained& request) const {
  Progress all = Progress::Done;
  for (const MsgId before : request.after) {
    const auto known = received.find(before);
    if (known == received.end() || known->second.failed)
      return Progress::Failed;
    if (known->second.kind == Received::Kind::Running)
      all = Progress::Running;
  }
  return all;
}

/// Ends or hands up whatever no longer has to wait. One that fails lets those behind it fail, so it looks again.
void ServerSession::Impl::run_chained(Instant now) {
  for (std::size_t i = 0; i < chained.size();) {
    const MsgId msg_id = chained[i].msg_id;
    const auto known = received.find(msg_id);
    const bool dropped = known == received.end() || known->second.kind != Received::Kind::Running;
    const Progress progress = dropped ? Progress::Done : progress_of(chained[i]);
    if (progress == Progress::Running && now.monotonic < chained[i].give_up_at) {
      ++i;
      continue;
    }
    Bytes body = std::move(chained[i].body);
    chained.erase(chained.begin() + static_cast<std::ptrdiff_t>(i));
    if (dropped)
      continue;
    if (progress == Progress::Done) {
      events.emplace_back(RequestReceived{msg_id, std::move(body)});
      continue;
    }
    finish(msg_id, make_rpc_error(400, progress == Progress::Failed ? "MSG_WAIT_FAILED" : "MSG_WAIT_TIMEOUT"));
    i = 0;
  }
}

std::optional<nanoseconds> ServerSession::Impl::chain_deadline() const {
  std::optional<nanoseconds> earliest;
  for (const Chained& request : chained) {
    if (!earliest || request.give_up_at < *earliest)
      earliest = request.give_up_at;
  }
  return earliest;
}

}  // namespace ledgram::mtproto
