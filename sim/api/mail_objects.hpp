#pragma once

/// Private chats and basic groups as JSON for the codec, as one account sees them. Used inside the API floor.

#include "ledgram/sim_api/objects.hpp"
#include "ledgram/sim_content/mail_store.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>
#include <set>

namespace ledgram::sim {

struct Core;

class MailMaker {
 public:
  /// Both must outlive the maker.
  MailMaker(const Core& core, const ObjectMaker& make) : core_(core), make_(make) {}

  [[nodiscard]] boost::json::object peer(DialogPeer peer) const;

  /// message or messageService.
  [[nodiscard]] boost::json::object letter(const Letter& letter) const;

  /// chat, or chatForbidden for whom is not in it.
  [[nodiscard]] boost::json::object group(const Group& group) const;

  /// An account, or one of the people; userEmpty for numbers that nobody has.
  [[nodiscard]] boost::json::object user(std::int64_t id) const;

  [[nodiscard]] boost::json::object dialog(DialogPeer peer) const;

  /// updateNewMessage, updateEditMessage or updateDeleteMessages. Messages are as they are now; an empty object for
  /// one that is gone.
  [[nodiscard]] boost::json::object update(const MailEvent& event) const;

  /// What is pushed for an event: a short form, or a container with seq.
  [[nodiscard]] boost::json::object updates(const MailEvent& event, std::int32_t now) const;

  [[nodiscard]] const Mailbox& mailbox() const;
  [[nodiscard]] const ObjectMaker& objects() const { return make_; }
  [[nodiscard]] const Core& core() const { return core_; }

 private:
  [[nodiscard]] boost::json::object short_form(const Letter& letter, const MailEvent& event) const;

  const Core& core_;
  const ObjectMaker& make_;
};

/// The users and chats that some messages name.
class MentionedPeers {
 public:
  void add(const Letter& letter);
  void add(DialogPeer peer);

  [[nodiscard]] boost::json::array users(const MailMaker& make) const;
  [[nodiscard]] boost::json::array chats(const MailMaker& make) const;

 private:
  std::set<std::int64_t> users_;
  std::set<std::int64_t> groups_;
};

}  // namespace ledgram::sim
