#pragma once

/// A post as programs read it: one JSON object. The fields are a contract; new ones may be added, none changes its
/// meaning.

#include "ledgram/ledger/queries.hpp"

#include <boost/json/object.hpp>

#include <vector>

namespace ledgram::app {

/// Fields: channel (username), channel_id, id, date and edit_date (ISO 8601, UTC; edit_date is null if never edited),
/// text, entities, views, forwards, url, reply_to, grouped_id, author, forward, media. Absent values are null.
/// url is https://t.me/NAME/ID, or https://t.me/c/CHANNEL/ID for a channel without a username. 64-bit numbers that do
/// not fit a double are decimal strings.
boost::json::object post_json(const ledger::Post& post);

/// For whoever asked for deleted posts: deleted (true or false), deleted_at (when it was noticed; null if it was not),
/// deletion_held (true only if the deletion came in a wave and is held back).
void add_deletion(boost::json::object& object, const ledger::Post& post);

/// versions: an array, oldest first, of what the post was: edit_date, text, entities, media, replaced_at.
void add_versions(boost::json::object& object, const std::vector<ledger::MessageVersion>& versions);

}  // namespace ledgram::app
