#include "ledgram/ledger/ledger_impl.hpp"

#include <utility>

/// Files of messages and what became of them.

namespace ledgram::ledger {
namespace {

#define LEDGRAM_MEDIA_COLUMNS \
  "f.id, f.kind, f.file, f.size, f.name, f.mime, f.dc, f.state, f.sha256, f.attempts, f.next_try, f.reason"

MediaFile read_media(const sqlite::Statement& row) {
  MediaFile file;
  file.id = row.integer(0);
  file.kind = static_cast<MediaKind>(row.integer(1));
  file.file = row.integer(2);
  file.size = row.integer(3);
  file.name = row.text(4);
  file.mime = row.text(5);
  file.dc = DcId(row.integer32(6));
  file.state = static_cast<MediaState>(row.integer(7));
  const ByteView hash = row.blob(8);
  file.sha256.assign(hash.begin(), hash.end());
  file.attempts = row.integer32(9);
  file.next_try = row.integer(10);
  file.reason = row.text(11);
  file.number = MessageNumber(row.integer32(12));
  return file;
}

std::int64_t ensure_file(Ledger::Impl& impl, const MediaFile& file) {
  auto add = impl.db.query(
      "INSERT INTO media_files (kind, file, size, name, mime, dc, state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
      "ON CONFLICT (kind, file) DO UPDATE SET size = excluded.size RETURNING id");
  add->bind(1, static_cast<std::int64_t>(file.kind));
  add->bind(2, file.file);
  add->bind(3, file.size);
  add->bind_or_null(4, file.name);
  add->bind_or_null(5, file.mime);
  add->bind(6, std::int64_t{file.dc.value()});
  add->bind(7, static_cast<std::int64_t>(MediaState::Wanted));
  return add->step() ? add->integer(0) : 0;
}

}  // namespace

std::string_view name_of(MediaState state) {
  switch (state) {
    case MediaState::Wanted:
      return "wanted";
    case MediaState::Partial:
      return "partial";
    case MediaState::Stored:
      return "stored";
    case MediaState::Failed:
      return "failed";
    case MediaState::TooBig:
      return "too_big";
  }
  return "?";
}

std::string_view name_of(MediaKind kind) {
  return kind == MediaKind::Photo ? "photo" : "document";
}

LedgerResult<std::vector<MediaCandidate>> Ledger::media_candidates(ChannelId channel, std::int64_t limit) {
  return sqlite::guarded([&] {
    std::vector<MediaCandidate> candidates;
    auto query = impl_->db.query(
        "SELECT m.number, m.edit_date, m.raw FROM messages m LEFT JOIN media_uses u "
        "ON u.channel = m.channel AND u.number = m.number "
        "WHERE m.channel = ?1 AND m.media_kind IN ('photo', 'document', 'video', 'video_message', 'animation', "
        "'voice', "
        "'audio', 'sticker', 'webpage') AND (u.number IS NULL OR u.edit_date <> m.edit_date) ORDER BY m.number DESC "
        "LIMIT ?2");
    query->bind(1, channel.value());
    query->bind(2, limit);
    while (query->step()) {
      MediaCandidate candidate;
      candidate.number = MessageNumber(query->integer32(0));
      candidate.edit_date = query->integer(1);
      const ByteView raw = query->blob(2);
      candidate.raw.assign(raw.begin(), raw.end());
      candidates.push_back(std::move(candidate));
    }
    return candidates;
  });
}

LedgerResult<void> Ledger::add_media(const std::vector<MediaUse>& uses) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    for (const MediaUse& use : uses) {
      std::optional<std::int64_t> media;
      if (use.file)
        media = ensure_file(*impl_, *use.file);
      auto add = impl_->db.query(
          "INSERT INTO media_uses (channel, number, edit_date, media) VALUES (?1, ?2, ?3, ?4) "
          "ON CONFLICT (channel, number) DO UPDATE SET edit_date = excluded.edit_date, media = excluded.media");
      add->bind(1, use.channel.value());
      add->bind(2, std::int64_t{use.number.value()});
      add->bind(3, use.edit_date);
      add->bind_or_null(4, media);
      add->run();
    }
    transaction.commit();
  });
}

LedgerResult<std::vector<MediaFile>> Ledger::missing_media(ChannelId channel, std::int64_t after, std::int64_t limit) {
  return sqlite::guarded([&] {
    std::vector<MediaFile> files;
    auto query =
        impl_->db.query("SELECT " LEDGRAM_MEDIA_COLUMNS
                        ", max(u.number) FROM media_uses u JOIN media_files f ON f.id = u.media "
                        "WHERE u.channel = ?1 AND f.id > ?2 AND f.state <> 2 GROUP BY f.id ORDER BY f.id LIMIT ?3");
    query->bind(1, channel.value());
    query->bind(2, after);
    query->bind(3, limit);
    while (query->step())
      files.push_back(read_media(*query));
    return files;
  });
}

LedgerResult<void> Ledger::update_media(const MediaFile& file) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    auto update = impl_->db.query(
        "UPDATE media_files SET state = ?2, sha256 = ?3, attempts = ?4, next_try = ?5, reason = ?6, dc = ?7, "
        "size = ?8 WHERE id = ?1");
    update->bind(1, file.id);
    update->bind(2, static_cast<std::int64_t>(file.state));
    if (!file.sha256.empty())
      update->bind(3, ByteView(file.sha256));
    update->bind(4, std::int64_t{file.attempts});
    update->bind(5, file.next_try);
    update->bind_or_null(6, file.reason);
    update->bind(7, std::int64_t{file.dc.value()});
    update->bind(8, file.size);
    update->run();
    impl_->expect_change("media file");
    transaction.commit();
  });
}

LedgerResult<MediaSummary> Ledger::media_summary(ChannelId channel) {
  return sqlite::guarded([&] {
    MediaSummary summary;
    auto query = impl_->db.query(
        "SELECT state, count(*), sum(size) FROM media_files WHERE id IN (SELECT media FROM media_uses "
        "WHERE channel = ?1) GROUP BY state");
    query->bind(1, channel.value());
    while (query->step()) {
      MediaCount* count = nullptr;
      switch (static_cast<MediaState>(query->integer(0))) {
        case MediaState::Wanted:
        case MediaState::Partial:
          count = &summary.wanted;
          break;
        case MediaState::Stored:
          count = &summary.stored;
          break;
        case MediaState::Failed:
          count = &summary.failed;
          break;
        case MediaState::TooBig:
          count = &summary.too_big;
          break;
      }
      if (count == nullptr)
        continue;
      count->files += query->integer(1);
      count->bytes += query->integer(2);
    }
    return summary;
  });
}

LedgerResult<void> Ledger::media_files(ChannelId channel, const std::function<Visit(const MediaFile&)>& visit) {
  return sqlite::guarded([&] {
    auto query = impl_->db.query("SELECT " LEDGRAM_MEDIA_COLUMNS
                                 ", max(u.number) AS newest FROM media_uses u JOIN media_files f "
                                 "ON f.id = u.media WHERE u.channel = ?1 GROUP BY f.id ORDER BY newest DESC");
    query->bind(1, channel.value());
    while (query->step()) {
      if (visit(read_media(*query)) == Visit::Stop)
        return;
    }
  });
}

LedgerResult<std::optional<Bytes>> Ledger::raw_message(ChannelId channel, MessageNumber number) {
  return sqlite::guarded([&]() -> std::optional<Bytes> {
    auto query = impl_->db.query("SELECT raw FROM messages WHERE channel = ?1 AND number = ?2");
    query->bind(1, channel.value());
    query->bind(2, std::int64_t{number.value()});
    if (!query->step())
      return std::nullopt;
    const ByteView raw = query->blob(0);
    return Bytes(raw.begin(), raw.end());
  });
}

}  // namespace ledgram::ledger
