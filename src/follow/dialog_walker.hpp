#pragma once

/// Finds the private chats and basic groups that have messages from a gap, in the account's list of chats. Sans-IO:
/// requests come out, answers go in (core.telegram.org/method/messages.getDialogs, core.telegram.org/api/offsets).
///
/// The list is ordered by the newest message, so it is read from the top until what comes is older than the gap. A chat
/// that moves to the top meanwhile would be skipped; so a list of several pages is read again from the top until a page
/// brings nothing new. Pinned chats and chats with drafts stand out of order and end nothing. The archive is a list of
/// its own.

#include "ledgram/base/strong_id.hpp"
#include "ledgram/follow/policy.hpp"
#include "ledgram/ledger/queries.hpp"
#include "ledgram/ledger/rows.hpp"
#include "ledgram/tl/api.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>

namespace ledgram::follow {

/// Whether a message may be from the gap or later. Only where no number is known does the date count, an hour early,
/// since dates of the state run ahead of messages that come late.
bool may_be_of(const ledger::OpenPrivateGap& gap, std::int32_t number, ledger::UnixSeconds date);

class DialogWalker {
 public:
  DialogWalker(FollowPolicy policy, ledger::OpenPrivateGap gap, UserId self)
      : policy_(policy), gap_(gap), self_(self) {}

  /// What to ask for; the same until accept(). Nothing when the list has been read.
  [[nodiscard]] std::optional<tl::api::messages_getDialogs> next() const;

  void accept(const tl::api::messages_Dialogs& answer);

  /// The chats found so far, and by what they are named in requests; an empty handle for a user without an access hash.
  [[nodiscard]] const std::map<ledger::PeerKey, tl::api::InputPeer>& chats() const { return chats_; }

 private:
  /// Date and number of a chat's newest message, by which the list goes down.
  using Place = std::tuple<std::int32_t, std::int32_t>;

  /// What one page told.
  struct Page {
    bool is_whole = false;  ///< there are no others
    bool has_news = false;
    bool has_old = false;  ///< a chat in its place whose newest message is from before the gap
    bool added = false;    ///< a chat that was not known
    std::optional<Place> last;
    tl::api::InputPeer last_peer;
  };

  template <class Dialogs>
  Page read(const Dialogs& dialogs);
  void end_pass();

  FollowPolicy policy_;
  ledger::OpenPrivateGap gap_;
  UserId self_;
  std::map<ledger::PeerKey, tl::api::InputPeer> chats_;
  std::int32_t folder_ = 0;
  std::optional<Place> offset_;  ///< nothing at the top
  tl::api::InputPeer offset_peer_;
  int pages_ = 0;           ///< in this pass
  bool first_pass_ = true;  ///< of the folder
  bool added_ = false;      ///< in this pass
};

}  // namespace ledgram::follow
