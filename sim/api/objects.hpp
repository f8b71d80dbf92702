#pragma once

/// Telegram's objects as JSON for the codec: one shape for all layers, since fields that a layer lacks are left out
/// by the codec. Used inside the API floor.

#include "ledgram/sim_api/access.hpp"
#include "ledgram/sim_api/service.hpp"
#include "ledgram/sim_content/account_store.hpp"
#include "ledgram/sim_content/chat_store.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/storage_ptr.hpp>

#include <cstdint>
#include <set>
#include <string_view>

namespace ledgram::sim {

/// Makes objects as one account sees them.
class ObjectMaker {
 public:
  /// `files` is the data centre that messages name for their files. All references must outlive the maker.
  ObjectMaker(const Account& viewer, const AccessHashes& hashes, DcId files, boost::json::storage_ptr memory,
              MinPeers min_peers = MinPeers::None)
      : viewer_(viewer), hashes_(hashes), files_(files), memory_(std::move(memory)), min_peers_(min_peers) {}

  [[nodiscard]] boost::json::object object(std::string_view name, std::size_t fields) const;

  [[nodiscard]] boost::json::object peer(const Channel& channel) const;
  /// channel, or channelForbidden for whom it is closed.
  [[nodiscard]] boost::json::object channel(const Channel& channel) const;
  [[nodiscard]] boost::json::object user(const Account& account) const;
  [[nodiscard]] boost::json::object person(const Person& person) const;

  /// photo, of pictures.hpp.
  [[nodiscard]] boost::json::object picture(std::int64_t id) const;

  /// message or messageService.
  [[nodiscard]] boost::json::object message(const Channel& channel, const Post& post) const;
  /// What messages of all kinds of chats have: text, entities, reply, edit date, or the action; not their media.
  void add_content(boost::json::object& out, const Post& post) const;

  [[nodiscard]] boost::json::object empty_message(const Channel& channel, std::int32_t id) const;

  /// A row of the list of chats. The viewer need not be a member.
  [[nodiscard]] boost::json::object dialog(const Channel& channel) const;

  [[nodiscard]] boost::json::object notify_settings() const;

  [[nodiscard]] const Account& viewer() const { return viewer_; }
  [[nodiscard]] const AccessHashes& hashes() const { return hashes_; }

  /// The people of `channel` whose ids are in `authors`.
  [[nodiscard]] boost::json::array users_of(const Channel& channel, const std::set<std::int64_t>& authors) const;

  /// True if the viewer may read it: a member, or anybody who is not banned from a public one.
  [[nodiscard]] bool may_see(const Channel& channel) const;

  [[nodiscard]] const boost::json::storage_ptr& memory() const { return memory_; }

 private:
  /// userProfilePhoto or chatPhoto, as `name` says.
  [[nodiscard]] boost::json::object shown_picture(std::string_view name, std::int64_t id) const;
  [[nodiscard]] boost::json::object forbidden(const Channel& channel) const;
  [[nodiscard]] boost::json::object entity(const Entity& entity) const;
  [[nodiscard]] boost::json::object media(const Channel& channel, const Post& post) const;
  [[nodiscard]] boost::json::object web_page(std::int64_t id, const Post& post) const;
  [[nodiscard]] boost::json::object photo(std::int64_t id, const Post& post) const;
  [[nodiscard]] boost::json::object photo_of(std::int64_t id, std::int64_t date, boost::json::array sizes) const;
  [[nodiscard]] boost::json::object photo_size(std::string_view type, std::int64_t width, std::int64_t height,
                                               std::int64_t size) const;
  [[nodiscard]] boost::json::object document(std::int64_t id, const Post& post) const;
  [[nodiscard]] boost::json::object poll(std::int64_t id, const Media& media) const;
  [[nodiscard]] boost::json::object action(const Post& post) const;

  const Account& viewer_;
  const AccessHashes& hashes_;
  DcId files_;
  boost::json::storage_ptr memory_;
  MinPeers min_peers_;
};

}  // namespace ledgram::sim
