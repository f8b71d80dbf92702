#include "ledgram/mtproto/client_session_impl.hpp"
#include "ledgram/tl/reader.hpp"
#include "ledgram/tl/writer.hpp"

#include <algorithm>

namespace ledgram::mtproto {
namespace {

// A message that the server refused so often, each time sent anew, will not be taken the next time either.
constexpr std::uint8_t kMostRefusals = 8;

// Without any useful answer between them, so many refusals mean that only a pause can help: the connection is given up,
// and the owner's growing delay before the next one keeps this from being a loop.
constexpr int kMostRefusalsInARow = 32;
constexpr int kMostResetsInARow = 3;

// Unique ids of server sessions that are remembered; a server repeats the notice for minutes, not for days.
constexpr std::size_t kUniqueIdsKept = 16;

// Answers to questions of the server that wait for the next packet. It has no reason to ask more often than we send.
constexpr std::size_t kMostReplies = 16;

template <class T>
bool contains(const std::vector<T>& values, const T& value) {
  return std::ranges::find(values, value) != values.end();
}

}  // namespace

Result<void, MtprotoError> ClientSession::Impl::on_refusal(const InnerMessage& message, Age age, Instant now) {
  tl::Reader reader(message.body);
  const bool about_salt = reader.u32() == id::kBadServerSalt;
  const MsgId refused(reader.i64());
  static_cast<void>(reader.i32());  // its seqno, which adds nothing to its id
  const std::int32_t code = reader.i32();
  const Salt new_salt(about_salt ? reader.i64() : 0);
  if (!reader.ok())
    return {};

  const std::vector<RequestId> named = requests.sent_within(refused);
  std::vector<SentService> services = sent_services.take_within(refused);
  const bool known = !named.empty() || !services.empty();
  // Whatever message it was about, the server has said what it wants from now on. Only from outside of the window of
  // time that could be an old notice that somebody repeats.
  if (about_salt && (known || age == Age::Good)) {
    salts.replace(new_salt);
    salts_asked_at.reset();
    events.emplace_back(SaltChanged{new_salt});
  }
  if (!known)
    return {};

  if (++refusals_in_a_row > kMostRefusalsInARow) {
    refusals_in_a_row = 0;
    for (SentService& service : services)
      restore_service(service, now);
    for (const RequestId request : named)
      resend_refused(request, code);
    return fail(MtprotoErrc::UnexpectedAnswer,
                "the server refuses everything that is sent to it, the last with code " + std::to_string(code));
  }

  bool reset = false;
  switch (static_cast<BadMsg>(code)) {
    case BadMsg::MsgIdTooLow:
      clock.set_to(message.msg_id, now);
      break;
    case BadMsg::MsgIdTooHigh:
      // Ids must not go back within a session, so the right time needs a new one.
      clock.set_to(message.msg_id, now);
      reset = true;
      break;
    case BadMsg::MsgIdLowBits:
    case BadMsg::ContainerIdRepeated:
    case BadMsg::SeqnoTooLow:
    case BadMsg::SeqnoTooHigh:
    case BadMsg::EvenSeqnoExpected:
    case BadMsg::OddSeqnoExpected:
    case BadMsg::InvalidContainer:
      reset = true;
      break;
    case BadMsg::TooOld:
    case BadMsg::WrongSalt:
      break;
  }
  for (const RequestId request : named)
    resend_refused(request, code);
  if (!reset) {
    for (SentService& service : services)
      restore_service(service, now);
    return {};
  }
  begin_new_session(code);
  if (++resets_in_a_row > kMostResetsInARow) {
    resets_in_a_row = 0;
    return fail(MtprotoErrc::UnexpectedAnswer,
                "the server refuses one new session after the other, the last with code " + std::to_string(code));
  }
  return {};
}

void ClientSession::Impl::resend_refused(RequestId number, std::int32_t code) {
  OpenRequest& request = *requests.find(number);
  if (static_cast<BadMsg>(code) == BadMsg::TooOld && request.repeat == Repeat::Forbidden) {
    // The server has forgotten so much that it cannot tell whether the request was run.
    return fail_request(number, RequestFailed::Reason::OutcomeUnknown);
  }
  if (++request.refusals > kMostRefusals)
    return fail_request(number, RequestFailed::Reason::RefusedTooOften);
  resend(number);
}

/// For a request that the server certainly has not run. What names it in a chain cannot be run either, and names an id
/// that will never be: it goes out again, too.
void ClientSession::Impl::resend(RequestId number) {
  requests.requeue(number);
  for (const RequestId child : requests.children_of(number)) {
    if (requests.find(child)->is_out())
      resend(child);
  }
}

void ClientSession::Impl::restore_service(SentService& service, Instant now) {
  switch (service.kind) {
    case SentService::Kind::Acks:
      acks.restore(service.about, now);
      break;
    case SentService::Kind::Ping:
      ping.reset();
      ping_wanted = connected;
      break;
    case SentService::Kind::StateRequest:
      for (const MsgId id : service.about) {
        if (requests.last_sent_as(id))
          ask_state_of.push_back(id);
      }
      break;
    case SentService::Kind::ResendRequest:
      ask_resend_of.insert(ask_resend_of.end(), service.about.begin(), service.about.end());
      break;
    case SentService::Kind::FutureSalts:
      salts_asked_at.reset();
      break;
    case SentService::Kind::DropAnswer:
      drop_answers.insert(drop_answers.end(), service.about.begin(), service.about.end());
      break;
    case SentService::Kind::DestroySession:
      tell_old_sessions = true;
      break;
    case SentService::Kind::Other:
      break;
  }
}

void ClientSession::Impl::on_new_session_created(ByteView body) {
  tl::Reader reader(body.subspan(4));
  const MsgId first(reader.i64());
  const std::int64_t unique_id = reader.i64();
  const Salt salt(reader.i64());
  if (!reader.ok() || contains(known_unique_ids, unique_id))
    return;
  if (known_unique_ids.size() == kUniqueIdsKept)
    known_unique_ids.erase(known_unique_ids.begin());
  known_unique_ids.push_back(unique_id);
  set_salt(salt);

  // The id may be that of a message in a container, and then nothing else in that container is lost either. Whole
  // packets are compared, each by the id of its outer message: no other id lies between a container's and its
  // messages'.
  for (const RequestId number : requests.sent()) {
    if (requests.find(number)->outer_id < first)
      on_lost_request(number);
  }
  events.emplace_back(NewSessionCreated{unique_id, first});
}

void ClientSession::Impl::on_lost_request(RequestId number) {
  if (requests.find(number)->repeat == Repeat::Forbidden) {
    return fail_request(number, RequestFailed::Reason::OutcomeUnknown);
  }
  requests.requeue(number);
}

void ClientSession::Impl::on_pong(const InnerMessage& message, Instant now) {
  tl::Reader reader(message.body.subspan(4));
  const MsgId own_id(reader.i64());
  const std::int64_t number = reader.i64();
  if (!reader.ok())
    return;
  if (const std::optional<RequestId> request = requests.sent_as(own_id))
    return end_request(*request, own_id, message.body);
  if (!ping || ping->number != number)
    return;
  clock.confirm(message.msg_id, ping->sent_at, now);
  note_progress(own_id);
  ping.reset();
}

void ClientSession::Impl::on_acks(ByteView body) {
  tl::Reader reader(body.subspan(4));
  const std::optional<std::vector<MsgId>> ids = read_ids(reader);
  if (!ids)
    return;
  for (const MsgId id : *ids)
    requests.mark_acked(id);
}

void ClientSession::Impl::on_future_salts(ByteView body) {
  tl::Reader reader(body.subspan(4));
  const MsgId asked(reader.i64());
  if (!reader.ok())
    return;
  const std::optional<RequestId> request = requests.sent_as(asked);
  if (!request && !sent_services.take(SentService::Kind::FutureSalts, asked))
    return;
  salts.read_future_salts(reader.rest());
  if (request)
    end_request(*request, asked, body);
}

void ClientSession::Impl::on_states(ByteView body, std::uint32_t constructor) {
  tl::Reader reader(body.subspan(4));
  if (constructor == id::kMsgsAllInfo) {
    const std::optional<std::vector<MsgId>> ids = read_ids(reader);
    const ByteView states = reader.bytes_view();
    if (ids && reader.ok())
      apply_states(*ids, states);
    return;
  }
  const MsgId asked(reader.i64());
  const ByteView states = reader.bytes_view();
  if (!reader.ok())
    return;
  if (const auto request = sent_services.take(SentService::Kind::StateRequest, asked)) {
    apply_states(request->about, states);
  } else if (const auto resend_request = sent_services.take(SentService::Kind::ResendRequest, asked)) {
    apply_states_of_announced(resend_request->about, states);
  }
}

/// The states of messages of the server that it had announced and was asked for. An answer that it has forgotten in
/// between will not come, so nobody can tell what became of its request.
void ClientSession::Impl::apply_states_of_announced(std::span<const MsgId> ids, ByteView states) {
  for (std::size_t i = 0; i < std::min(ids.size(), states.size()); ++i) {
    const auto answer = announced.find(ids[i]);
    if (answer == announced.end() || (states[i] & kStatusMask) >= kStatusReceived)
      continue;
    const MsgId own_id = answer->second;
    announced.erase(answer);
    if (const std::optional<RequestId> number = requests.last_sent_as(own_id))
      on_lost_request(*number);
  }
}

void ClientSession::Impl::apply_states(std::span<const MsgId> ids, ByteView states) {
  for (std::size_t i = 0; i < std::min(ids.size(), states.size()); ++i) {
    const std::optional<RequestId> number = requests.last_sent_as(ids[i]);
    if (!number)
      continue;
    switch (states[i] & kStatusMask) {
      case kStatusForgotten:
        on_lost_request(*number);
        break;
      case kStatusNotReceived:
      case kStatusNotReceivedYet:
        // Certainly not run, so even what must not be repeated may go out again.
        resend(*number);
        break;
      case kStatusReceived:
        requests.mark_acked(ids[i]);
        break;
      default:
        break;
    }
  }
}

Bytes ClientSession::Impl::state_info(MsgId request, std::span<const MsgId> ids) const {
  Bytes states;
  states.reserve(ids.size());
  for (const MsgId id : ids) {
    if (received.contains(id)) {
      states.push_back(kStatusReceived);
    } else if (received.is_too_old(id)) {
      states.push_back(kStatusForgotten);
    } else {
      states.push_back(id > received.newest() ? kStatusNotReceivedYet : kStatusNotReceived);
    }
  }
  tl::Writer writer;
  writer.u32(id::kMsgsStateInfo);
  writer.i64(request.value());
  writer.bytes(states);
  return writer.take();
}

void ClientSession::Impl::on_state_request(const InnerMessage& message) {
  tl::Reader reader(message.body.subspan(4));
  const std::optional<std::vector<MsgId>> ids = read_ids(reader);
  if (ids && replies.size() < kMostReplies)
    replies.push_back(state_info(message.msg_id, *ids));
}

void ClientSession::Impl::on_resend_request(const InnerMessage& message) {
  tl::Reader reader(message.body.subspan(4));
  const std::optional<std::vector<MsgId>> ids = read_ids(reader);
  if (!ids)
    return;
  bool all_known = true;
  for (const MsgId id : *ids) {
    if (const std::optional<RequestId> number = requests.last_sent_as(id)) {
      resend(*number);
    } else {
      all_known = false;
    }
  }
  // What is not there any more was answered or given up; the states tell the server to stop asking.
  if (!all_known && replies.size() < kMostReplies)
    replies.push_back(state_info(message.msg_id, *ids));
}

void ClientSession::Impl::on_detailed_info(ByteView body, std::uint32_t constructor, Instant now) {
  tl::Reader reader(body.subspan(4));
  const bool is_answer = constructor == id::kMsgDetailedInfo;
  const MsgId own_id(is_answer ? reader.i64() : 0);
  const MsgId message(reader.i64());
  if (!reader.ok())
    return;
  const bool wanted = !is_answer || requests.sent_as(own_id).has_value();
  if (!wanted || received.contains(message)) {
    acks.add(message, now);
  } else if (ask_resend_of.size() < kMaxIdsInService && !contains(ask_resend_of, message)) {
    ask_resend_of.push_back(message);
    if (is_answer && announced.size() < kMaxIdsInService)
      announced.insert_or_assign(message, own_id);
  }
}

void ClientSession::Impl::set_salt(Salt salt) {
  if (salt == salts.current())
    return;
  salts.note(salt);
  events.emplace_back(SaltChanged{salt});
}

}  // namespace ledgram::mtproto
