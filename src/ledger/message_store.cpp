#include "ledgram/ledger/message_store.hpp"

#include <algorithm>

namespace ledgram::ledger {
namespace {

// Parameters 1 to 25 are the same in all statements about messages, so that one function binds them. All messages go
// through one insert first: in a back-fill nearly all of them are new.
#define LEDGRAM_CONTENT_COLUMNS                                                                                   \
  "date, edit_date, text, entities, views, forwards, from_type, from_id, post_author, reply_to, reply, forward, " \
  "media_kind, media, grouped_id, action, action_json, flags, layer, raw, first_seen, as_of"
#define LEDGRAM_CONTENT_PARAMETERS \
  "?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24"
#define LEDGRAM_COMPARED_COLUMNS                                                                                \
  "rowid, edit_date, as_of, date, text, entities, views, forwards, from_type, from_id, post_author, reply_to, " \
  "reply, forward, media_kind, media, grouped_id, action, action_json, raw"
#define LEDGRAM_SET_CONTENT                                                                                       \
  " SET date = ?3, edit_date = ?4, text = ?5, entities = ?6, views = ?7, forwards = ?8, from_type = ?9, "         \
  "from_id = ?10, post_author = ?11, reply_to = ?12, reply = ?13, forward = ?14, media_kind = ?15, media = ?16, " \
  "grouped_id = ?17, action = ?18, action_json = ?19, flags = ?20, layer = ?21, raw = ?22, as_of = ?24 "          \
  "WHERE rowid = ?25"
#define LEDGRAM_VERSION_COLUMNS "number, edit_date, text, entities, media_kind, media, layer, as_of, raw"

enum class Difference : std::uint8_t { None, Refreshed, Edited };

bool same(const sqlite::Statement& row, int column, std::string_view text) {
  return row.text(column) == text;
}

template <class Integer>
bool same(const sqlite::Statement& row, int column, const std::optional<Integer>& value) {
  return row.optional64(column) == (value ? std::optional<std::int64_t>(*value) : std::nullopt);
}

// Descriptions that change although nobody edits: votes are counted, and a web page's preview comes later.
bool changes_by_itself(std::string_view kind) {
  return kind.empty() || kind == "poll" || kind == "webpage";
}

// `flags` are not compared, since out and mentioned depend on the account; nor is `raw`, since file references change
// at each look.
Difference compare(const sqlite::Statement& row, const Message& message) {
  const bool edited_again = row.integer(1) != message.edit_date;
  const auto type = message.from ? std::optional(static_cast<std::int64_t>(message.from->type)) : std::nullopt;
  const auto from = message.from ? std::optional(message.from->id) : std::nullopt;
  const bool same_content =
      row.integer(3) == message.date && same(row, 4, message.text) && same(row, 5, message.entities) &&
      same(row, 8, type) && same(row, 9, from) && same(row, 10, message.post_author) &&
      same(row, 11, message.reply_to) && same(row, 12, message.reply) && same(row, 13, message.forward) &&
      same(row, 16, message.grouped_id) && same(row, 17, message.action) && same(row, 18, message.action_json);
  if (!same_content)
    return Difference::Edited;
  const bool same_media = same(row, 14, message.media_kind) && same(row, 15, message.media);
  if (edited_again) {
    // A hidden edit date is how reactions show; buttons are an edit that only the raw bytes tell of.
    return same_media && message.has(MessageFlag::EditHidden) ? Difference::Refreshed : Difference::Edited;
  }
  if (!same_media)
    return changes_by_itself(row.text(14)) && changes_by_itself(message.media_kind) ? Difference::Refreshed
                                                                                    : Difference::Edited;
  return same(row, 6, message.views) && same(row, 7, message.forwards) ? Difference::None : Difference::Refreshed;
}

enum class With : std::uint8_t { AllColumns, RawOnly };

void bind_message(sqlite::Statement& statement, const Message& message, With with) {
  statement.bind(20, std::int64_t{message.flags});
  statement.bind(21, std::int64_t{message.layer});
  statement.bind(22, ByteView(message.raw));
  if (with == With::RawOnly)
    return;
  statement.bind(3, message.date);
  statement.bind(4, message.edit_date);
  statement.bind(5, std::string_view(message.text));
  statement.bind_or_null(6, message.entities);
  statement.bind_or_null(7, message.views);
  statement.bind_or_null(8, message.forwards);
  if (message.from) {
    statement.bind(9, static_cast<std::int64_t>(message.from->type));
    statement.bind(10, message.from->id);
  } else {
    statement.bind_null(9);
    statement.bind_null(10);
  }
  statement.bind_or_null(11, message.post_author);
  statement.bind_or_null(12, message.reply_to);
  statement.bind_or_null(13, message.reply);
  statement.bind_or_null(14, message.forward);
  statement.bind_or_null(15, message.media_kind);
  statement.bind_or_null(16, message.media);
  statement.bind_or_null(17, message.grouped_id);
  statement.bind_or_null(18, message.action);
  statement.bind_or_null(19, message.action_json);
}

bool insert(sqlite::Connection& db, const MessageTables& tables, std::int64_t owner, const Message& message,
            const PeerKey* peer, UnixSeconds seen_at) {
  auto statement = db.query(tables.insert);
  statement->bind(1, owner);
  statement->bind(2, std::int64_t{message.number.value()});
  bind_message(*statement, message, With::AllColumns);
  statement->bind(23, seen_at);
  statement->bind(24, std::int64_t{message.as_of});
  if (peer != nullptr) {
    statement->bind(26, static_cast<std::int64_t>(peer->type));
    statement->bind(27, peer->id);
  }
  statement->run();
  return db.changes() != 0;
}

// Content that is known to be older never replaces newer; where that is not known, the later edit counts.
bool is_stale(const Message& message, std::int32_t stored_as_of, UnixSeconds stored_edit_date) {
  if (message.as_of != 0 && stored_as_of != 0 && message.as_of != stored_as_of)
    return message.as_of < stored_as_of;
  return message.edit_date < stored_edit_date;
}

Outcome replace(sqlite::Connection& db, const MessageTables& tables, std::int64_t owner, const Message& message,
                UnixSeconds seen_at) {
  std::int64_t rowid = 0;
  std::int32_t as_of = 0;
  Difference difference{};
  bool same_raw = false;
  {
    auto row = db.query(tables.select);
    row->bind(1, owner);
    row->bind(2, std::int64_t{message.number.value()});
    row->step();
    rowid = row->integer(0);
    if (is_stale(message, row->integer32(2), row->integer(1)))
      return Outcome::Stale;
    as_of = std::max(message.as_of, row->integer32(2));
    difference = compare(*row, message);
    same_raw = as_of == row->integer32(2) && std::ranges::equal(row->blob(19), message.raw);
  }
  if (difference == Difference::None) {
    if (!same_raw) {
      auto refresh = db.query(tables.refresh);
      bind_message(*refresh, message, With::RawOnly);
      refresh->bind(24, std::int64_t{as_of});
      refresh->bind(25, rowid);
      refresh->run();
    }
    return Outcome::Same;
  }
  if (difference == Difference::Edited) {
    auto keep = db.query(tables.keep_version);
    keep->bind(1, owner);
    keep->bind(2, seen_at);
    keep->bind(3, rowid);
    keep->run();
  }
  auto update = db.query(tables.update);
  bind_message(*update, message, With::AllColumns);
  update->bind(24, std::int64_t{as_of});
  update->bind(25, rowid);
  update->run();
  return difference == Difference::Edited ? Outcome::Edited : Outcome::Refreshed;
}

}  // namespace

const MessageTables kChannelTables{
    .insert = "INSERT INTO messages (channel, number, " LEDGRAM_CONTENT_COLUMNS
              ") VALUES (?1, ?2, " LEDGRAM_CONTENT_PARAMETERS ") ON CONFLICT (channel, number) DO NOTHING",
    .select = "SELECT " LEDGRAM_COMPARED_COLUMNS " FROM messages WHERE channel = ?1 AND number = ?2",
    .update = "UPDATE messages" LEDGRAM_SET_CONTENT,
    .refresh = "UPDATE messages SET flags = ?20, layer = ?21, raw = ?22, as_of = ?24 WHERE rowid = ?25",
    .keep_version = "INSERT INTO message_versions (channel, replaced_at, " LEDGRAM_VERSION_COLUMNS
                    ") SELECT ?1, ?2, " LEDGRAM_VERSION_COLUMNS " FROM messages WHERE rowid = ?3",
    .find_mark = "SELECT number, as_of, at, state FROM deletions WHERE channel = ?1 AND number = ?2",
    .drop_mark = "DELETE FROM deletions WHERE channel = ?1 AND number = ?2",
    .set_mark = "INSERT INTO deletions (channel, number, as_of, at, state) VALUES (?1, ?2, ?3, ?4, ?5)",
    .raise_mark = "UPDATE deletions SET as_of = ?3 WHERE channel = ?1 AND number = ?2 AND as_of < ?3",
    .stored_as_of = "SELECT as_of FROM messages WHERE channel = ?1 AND number = ?2",
};

const MessageTables kPrivateTables{
    .insert = "INSERT INTO private_messages (account, number, peer_type, peer_id, " LEDGRAM_CONTENT_COLUMNS
              ") VALUES (?1, ?2, ?26, ?27, " LEDGRAM_CONTENT_PARAMETERS ") ON CONFLICT (account, number) DO NOTHING",
    .select = "SELECT " LEDGRAM_COMPARED_COLUMNS " FROM private_messages WHERE account = ?1 AND number = ?2",
    .update = "UPDATE private_messages" LEDGRAM_SET_CONTENT,
    .refresh = "UPDATE private_messages SET flags = ?20, layer = ?21, raw = ?22, as_of = ?24 WHERE rowid = ?25",
    .keep_version = "INSERT INTO private_versions (account, replaced_at, " LEDGRAM_VERSION_COLUMNS
                    ") SELECT ?1, ?2, " LEDGRAM_VERSION_COLUMNS " FROM private_messages WHERE rowid = ?3",
    .find_mark = "SELECT number, as_of, at, state FROM private_deletions WHERE account = ?1 AND number = ?2",
    .drop_mark = "DELETE FROM private_deletions WHERE account = ?1 AND number = ?2",
    .set_mark = "INSERT INTO private_deletions (account, number, as_of, at, state) VALUES (?1, ?2, ?3, ?4, ?5)",
    .raise_mark = "UPDATE private_deletions SET as_of = ?3 WHERE account = ?1 AND number = ?2 AND as_of < ?3",
    .stored_as_of = "SELECT as_of FROM private_messages WHERE account = ?1 AND number = ?2",
};

StoredMessage store_message(sqlite::Connection& db, const MessageTables& tables, std::int64_t owner,
                            const Message& message, const PeerKey* peer, UnixSeconds seen_at, Marks marks) {
  StoredMessage stored;
  if (insert(db, tables, owner, message, peer, seen_at)) {
    stored.outcome = Outcome::Inserted;
  } else {
    stored.outcome = replace(db, tables, owner, message, seen_at);
  }
  if (marks == Marks::None)
    return stored;
  stored.mark = find_mark(db, tables, owner, message.number);
  if (stored.mark && is_older(stored.mark->as_of, message.as_of)) {
    auto drop = db.query(tables.drop_mark);
    drop->bind(1, owner);
    drop->bind(2, std::int64_t{message.number.value()});
    drop->run();
    stored.restored = stored.outcome != Outcome::Inserted && stored.mark->state != DeletionState::Rejected;
    stored.mark.reset();
  }
  return stored;
}

std::optional<DeletionMark> find_mark(sqlite::Connection& db, const MessageTables& tables, std::int64_t owner,
                                      MessageNumber number) {
  auto query = db.query(tables.find_mark);
  query->bind(1, owner);
  query->bind(2, std::int64_t{number.value()});
  if (!query->step())
    return std::nullopt;
  return DeletionMark{MessageNumber(query->integer32(0)), query->integer32(1), query->integer(2),
                      static_cast<DeletionState>(query->integer(3))};
}

std::optional<std::int32_t> stored_as_of(sqlite::Connection& db, const MessageTables& tables, std::int64_t owner,
                                         MessageNumber number) {
  auto query = db.query(tables.stored_as_of);
  query->bind(1, owner);
  query->bind(2, std::int64_t{number.value()});
  if (!query->step())
    return std::nullopt;
  return query->integer32(0);
}

void set_mark(sqlite::Connection& db, const MessageTables& tables, std::int64_t owner, const DeletionMark& mark) {
  auto statement = db.query(tables.set_mark);
  statement->bind(1, owner);
  statement->bind(2, std::int64_t{mark.number.value()});
  statement->bind(3, std::int64_t{mark.as_of});
  statement->bind(4, mark.at);
  statement->bind(5, static_cast<std::int64_t>(mark.state));
  statement->run();
}

void raise_mark(sqlite::Connection& db, const MessageTables& tables, std::int64_t owner, MessageNumber number,
                std::int32_t as_of) {
  auto statement = db.query(tables.raise_mark);
  statement->bind(1, owner);
  statement->bind(2, std::int64_t{number.value()});
  statement->bind(3, std::int64_t{as_of});
  statement->run();
}

}  // namespace ledgram::ledger
