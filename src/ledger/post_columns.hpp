#pragma once

/// How a row of messages becomes a Post. For the inside of this floor.

#include "ledgram/ledger/queries.hpp"
#include "ledgram/ledger/sqlite.hpp"

namespace ledgram::ledger {

/// Of messages m and deletions d, in the order that the functions below take. `raw`: what stands for the TL bytes.
#define LEDGRAM_POST_COLUMNS_WITH(raw)                                                                              \
  "m.number, m.date, m.edit_date, m.text, m.entities, m.views, m.forwards, m.from_type, m.from_id, m.post_author, " \
  "m.reply_to, m.reply, m.forward, m.media_kind, m.media, m.grouped_id, m.action, m.action_json, m.flags, "         \
  "m.layer, " raw ", m.as_of, m.first_seen, d.as_of, d.at, d.state"
#define LEDGRAM_POST_COLUMNS LEDGRAM_POST_COLUMNS_WITH("m.raw")
#define LEDGRAM_POST_COLUMN_COUNT 26

/// Everything but the channel.
Message read_message(const sqlite::Statement& row);

std::optional<DeletionMark> read_mark(const sqlite::Statement& row, MessageNumber number);

Post read_post(const sqlite::Statement& row, const Channel& channel);

}  // namespace ledgram::ledger
