#pragma once

/// The message box of one account: puts updates into their order, notices what is missing, and says what to ask for.
/// Sans-IO: pushed updates, answers and the time go in; steps to store, requests to make and the next deadline come
/// out.
///
///     MessageBox box(options, peers);
///     box.start(state in the ledger, now);
///     box.follow({channel, pts in the ledger}, Delivery::Member, now);
///     // then, after each take, answer, fail, tick, follow or connection_renewed:
///     while (auto step = box.next_step()) commit(std::move(*step));
///     while (auto request = box.next_request(now)) send(*request);
///     arm_timer(box.deadline());
///
/// The box runs ahead of what is committed. After a crash a new one starts from the committed state, and Telegram tells
/// the rest again. Rules by number (U2) are those of the project's protocol checklist, which follows
/// core.telegram.org/api/updates. One thread at a time.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/updates/api_handles.hpp"
#include "ledgram/updates/peer_book.hpp"
#include "ledgram/updates/step.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace ledgram::updates {

/// How news of a channel reach the account.
enum class Delivery : std::uint8_t {
  Member,  ///< pushed; a difference is asked for only when something is missing
  Polled,  ///< not joined (U31): asked for again and again, as often as the server says
};

struct BoxOptions {
  /// The account's own number, the sender of its short messages. 0: not known.
  UserId self;
  /// Of getChannelDifference: 10 to 100 for users, up to 100,000 for bots (U28).
  std::int32_t channel_limit = 100;
  /// Channel differences that run at a time, polled channels included (U28).
  std::size_t channels_at_a_time = 10;
  /// How long a gap may close by itself before a difference is asked for (U18).
  nanoseconds gap_patience = std::chrono::milliseconds(500);
  /// A box that heard nothing for so long asks (U24).
  nanoseconds silence = std::chrono::minutes(15);
  /// Updates kept while something before them is missing: in one box, and their bytes on the wire in all boxes
  /// together. What comes beyond is dropped, and the box asks for the difference once more.
  std::size_t max_kept_updates = 4096;
  std::size_t max_kept_bytes = 4 * 1024 * 1024;
  /// The first difference after start() is asked for from a date that much earlier. Containers overtake each other, so
  /// one that had not been committed can be older than the committed date, and its channels would not be named.
  std::chrono::seconds date_overlap = std::chrono::seconds(5);
  /// No further difference is asked for while more steps than this wait for next_step().
  std::size_t max_waiting_steps = 64;
};

/// A request that brought no result.
struct RequestFailure {
  /// The error's name with X in the place of a number ("FLOOD_WAIT_X"), as telegram::RpcError has it; empty if no
  /// answer came (lost connection, deadline).
  std::string_view name;
  /// What the server asked to wait, as in FLOOD_WAIT_X.
  nanoseconds wait{};
};

/// Since the box was made.
struct BoxCounters {
  std::uint64_t applied = 0;        ///< updates in steps
  std::uint64_t covered = 0;        ///< ignored: their effect was there already
  std::uint64_t foreign = 0;        ///< dropped: of channels that are not followed
  std::uint64_t overflowed = 0;     ///< dropped for lack of room; the difference brings them again
  std::uint64_t malformed = 0;      ///< dropped: nothing says to which box they belong
  std::uint64_t gaps = 0;           ///< gaps that did not close by themselves
  std::uint64_t reported_gaps = 0;  ///< in steps: changes that will never be told
};

class MessageBox {
 public:
  /// `peers` outlives the box.
  MessageBox(const BoxOptions& options, const PeerBook& peers);
  ~MessageBox();
  MessageBox(MessageBox&&) noexcept;
  MessageBox& operator=(MessageBox&&) noexcept;

  /// Once, before anything but follow() for the channels in the ledger. With the state that is committed the box wants
  /// the difference from there (U25), which names the channels that have news. Without one (none, or pts 0: the account
  /// was never followed) it asks for the present state, and for the differences of the channels whose pts is known,
  /// since nothing else would name them.
  void start(std::optional<CommonState> committed, Instant now);

  /// Makes the box of a channel. With pts 0 it begins with the first update that comes (U26), or with the difference
  /// that a polled channel gets at once. A member's channel is asked for only when something says that it has news
  /// (U27). For a box that exists, only `delivery` is taken over, and pts if none was known (H10).
  void follow(const ChannelState& committed, Delivery delivery, Instant now);

  /// Drops the channel's box. Updates of it are counted as foreign from now on.
  void unfollow(ChannelId channel);

  /// Asks for the channel's difference soon, as for a chat that was opened, or taken over from another account.
  void catch_up(ChannelId channel, Instant now);

  /// What the server pushed, or what a call returned as Updates (U16; of messages.invitedUsers its `updates`).
  void take(tl::api::Updates updates, Instant now);

  /// The state in messages.affectedMessages, affectedHistory and affectedFoundMessages: of the channel that the request
  /// named, or of the common box. A call that answers with offset above 0 has to be repeated by the caller (U17).
  void take_affected(Pts pts, std::int32_t pts_count, std::optional<ChannelId> channel, Instant now);

  /// The session missed pushes or may have: a new connection after a lost one, new_session_created, waking up (U24,
  /// U39). Not for the first connection after start().
  void connection_renewed(Instant now);

  /// The answer to the request of that id. Those to requests that nobody waits for (unfollow() came in between) are
  /// ignored.
  void answer(RequestId id, const tl::api::updates_State& state, Instant now);
  void answer(RequestId id, tl::api::updates_Difference difference, Instant now);
  void answer(RequestId id, tl::api::updates_ChannelDifference difference, Instant now);

  /// Repeated after 1, 2, 4 ... 60 s, or after the stated wait if that is longer; for good (U23).
  /// A channel that cannot be read any more is given up (R20), a state that the server refuses is asked for anew (R21).
  void fail(RequestId id, const RequestFailure& failure, Instant now);

  /// Lets what was due by `now` happen.
  void tick(Instant now);

  /// No more requests, for a program that is about to end (U40). Steps still come.
  void stop();

  /// What to commit next, oldest first.
  std::optional<Step> next_step();

  /// What to ask the server now. It runs from here on, until answer() or fail(). At most one of the common box, at most
  /// one of a channel, at most `channels_at_a_time` of all channels.
  std::optional<Request> next_request(Instant now);

  /// When tick() is wanted next, on the monotonic clock.
  [[nodiscard]] std::optional<nanoseconds> deadline() const;

  /// Nothing is missing, kept, asked for or waiting to be taken. Polled channels that wait for their next turn do not
  /// count.
  [[nodiscard]] bool idle() const;

  /// After the last step that was made, taken or not. Nothing before the first state is there.
  [[nodiscard]] std::optional<CommonState> common() const;

  /// The pts of a channel's box (0: not known), or nothing if the channel is not followed.
  [[nodiscard]] std::optional<Pts> channel(ChannelId channel) const;

  [[nodiscard]] const BoxCounters& counters() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledgram::updates
