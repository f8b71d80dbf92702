#pragma once

/// Reads chats as Telegram Desktop exports them ("Export chat history", machine-readable JSON, one chat a file).
///
/// Understood: text as a string or as parts, text_entities with every type, media of all usual kinds, replies,
/// forwards, edits, service messages, and `views` on a message, which exports do not have but our own files do. Desktop
/// exports do not say which photos form an album: neighbours with media, the same second and the same author are taken
/// as one. Keys that are not known are ignored.

#include "ledgram/sim_content/channel.hpp"
#include "ledgram/sim_content/error.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace ledgram::sim {

/// The chat in `json`. Files that messages name are looked for in `folder`, if one is given. `username` may be empty
/// for a private chat. `origin` names the file in errors.
Result<std::unique_ptr<Channel>, ContentError> load_export(std::string_view json, std::string_view username,
                                                           std::string_view origin,
                                                           const std::filesystem::path& folder = {});

/// One message object of an export. Used for control API requests too, where "id" and the dates may be absent (0).
/// Errors name the message id and the field.
Result<Post, ContentError> parse_export_message(const boost::json::object& message,
                                                const std::filesystem::path& folder = {});

/// Puts the fields that `change`, an object as above, names over those of `post`.
Result<void, ContentError> lay_over_post(Post& post, const boost::json::object& change);

/// The text and entities that `message` holds under "text_entities" or else "text".
/// Lengths are checked: at most 4096 UTF-16 units, entities within the text.
Result<void, ContentError> parse_export_text(const boost::json::object& message, Post& into);

/// Entities and text as the parts of a "text_entities" array: joined, the "text" of the parts is the text of the post.
/// Where entities overlap, only the first is given; Desktop exports cannot say more either.
boost::json::array export_text_entities(const Post& post);

}  // namespace ledgram::sim
