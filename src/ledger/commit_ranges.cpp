#include "ledgram/ledger/commit.hpp"

#include <algorithm>

/// Completed ranges, rechecks, and the events of holes. All of it reads only the stored ranges that a new one touches,
/// so a channel with many holes costs no more.

namespace ledgram::ledger {
namespace {

void insert_range(sqlite::Connection& db, ChannelId channel, IdRange range) {
  auto insert = db.query("INSERT INTO ranges (channel, first, last) VALUES (?1, ?2, ?3)");
  insert->bind(1, channel.value());
  insert->bind(2, std::int64_t{range.first});
  insert->bind(3, std::int64_t{range.last});
  insert->run();
}

struct StoredRecheck {
  IdRange range;
  std::int32_t as_of = 0;
};

// The ranges of a channel do not overlap, so in falling order the last numbers fall as the first ones do.
std::vector<StoredRecheck> rechecks_within(sqlite::Connection& db, ChannelId channel, IdRange bounds) {
  std::vector<StoredRecheck> found;
  auto query =
      db.query("SELECT first, last, as_of FROM rechecks WHERE channel = ?1 AND first <= ?2 ORDER BY first DESC");
  query->bind(1, channel.value());
  query->bind(2, std::int64_t{bounds.last});
  while (query->step() && query->integer32(1) >= bounds.first)
    found.push_back({{query->integer32(0), query->integer32(1)}, query->integer32(2)});
  std::ranges::reverse(found);
  return found;
}

void insert_recheck(sqlite::Connection& db, ChannelId channel, IdRange range, std::int32_t as_of) {
  if (range.empty())
    return;
  auto insert = db.query("INSERT INTO rechecks (channel, first, last, as_of) VALUES (?1, ?2, ?3, ?4)");
  insert->bind(1, channel.value());
  insert->bind(2, std::int64_t{range.first});
  insert->bind(3, std::int64_t{range.last});
  insert->bind(4, std::int64_t{as_of});
  insert->run();
}

void erase_recheck(sqlite::Connection& db, ChannelId channel, IdRange range) {
  auto erase = db.query("DELETE FROM rechecks WHERE channel = ?1 AND first = ?2");
  erase->bind(1, channel.value());
  erase->bind(2, std::int64_t{range.first});
  erase->run();
}

IdRange overlap(IdRange a, IdRange b) {
  return {std::max(a.first, b.first), std::min(a.last, b.last)};
}

}  // namespace

std::vector<IdRange> completed_within(sqlite::Connection& db, ChannelId channel, IdRange bounds) {
  std::vector<IdRange> found;
  if (bounds.empty())
    return found;
  auto query = db.query("SELECT first, last FROM ranges WHERE channel = ?1 AND first <= ?2 ORDER BY first DESC");
  query->bind(1, channel.value());
  query->bind(2, std::int64_t{bounds.last});
  while (query->step() && query->integer32(1) >= bounds.first)
    found.push_back(overlap({query->integer32(0), query->integer32(1)}, bounds));
  std::ranges::reverse(found);
  return found;
}

IdRangeSet known_within(sqlite::Connection& db, ChannelId channel, IdRange bounds) {
  const std::vector<IdRange> completed = completed_within(db, channel, bounds);
  IdRangeSet known{std::span(completed)};
  if (known.empty())
    return known;
  for (const StoredRecheck& recheck : rechecks_within(db, channel, bounds))
    known.remove(recheck.range);
  return known;
}

// Numbers that were never read are rechecked as well: an answer that is on its way may be older than the gap.
void Commit::store_rechecks() {
  for (const Recheck& recheck : batch_.rechecks) {
    IdRange range = overlap(recheck.range, {1, std::numeric_limits<std::int32_t>::max()});
    if (range.empty())
      continue;
    ChannelWork& work = channel(recheck.channel);
    const IdRangeSet known = known_within(impl_.db, recheck.channel, range);
    for (const IdRange& part : known.ranges())
      events_.hole(EventType::HoleOpened, work.now, part);
    // One that overlaps becomes part of it: the newer of the two is waited for.
    std::int32_t as_of = recheck.as_of;
    for (const StoredRecheck& old : rechecks_within(impl_.db, recheck.channel, range)) {
      erase_recheck(impl_.db, recheck.channel, old.range);
      range = {std::min(range.first, old.range.first), std::max(range.last, old.range.last)};
      as_of = std::max(as_of, old.as_of);
    }
    insert_recheck(impl_.db, recheck.channel, range, as_of);
  }
}

void Commit::store_ranges() {
  for (const CompletedRange& completed : batch_.completed)
    store_range(completed);
  for (const CompletedRange& completed : grown_)
    store_range(completed);
}

void Commit::store_range(const CompletedRange& completed) {
  const IdRange range = completed.range;
  if (range.empty())
    return;
  ChannelWork& work = channel(completed.channel);
  work.raise_newest(range.last);

  // In 64 bits, as the numbers next to a range may not be numbers any more.
  constexpr std::int32_t kHighest = std::numeric_limits<std::int32_t>::max();
  const IdRange around{std::max(range.first - 1, 1), range.last == kHighest ? kHighest : range.last + 1};
  IdRange merged = range;
  IdRangeSet before;
  {
    auto query =
        impl_.db.query("SELECT first, last FROM ranges WHERE channel = ?1 AND first <= ?2 ORDER BY first DESC");
    query->bind(1, completed.channel.value());
    query->bind(2, std::int64_t{around.last});
    while (query->step() && query->integer32(1) >= around.first) {
      const IdRange old{query->integer32(0), query->integer32(1)};
      before.add(old);
      merged = {std::min(merged.first, old.first), std::max(merged.last, old.last)};
    }
  }
  IdRangeSet known_before = before;
  IdRangeSet known_now;
  known_now.add(range);
  for (const StoredRecheck& recheck : rechecks_within(impl_.db, completed.channel, range)) {
    known_before.remove(recheck.range);
    // An answer from before the gap does not count. Without an as_of nothing is known to be as new as one that has it.
    if (recheck.as_of > completed.as_of) {
      known_now.remove(recheck.range);
      continue;
    }
    const IdRange done = overlap(recheck.range, range);
    erase_recheck(impl_.db, completed.channel, recheck.range);
    insert_recheck(impl_.db, completed.channel, {recheck.range.first, done.first - 1}, recheck.as_of);
    if (done.last != kHighest)
      insert_recheck(impl_.db, completed.channel, {done.last + 1, recheck.range.last}, recheck.as_of);
  }
  for (const IdRange& part : known_now.ranges()) {
    for (const IdRange& fresh : known_before.holes(part))
      announce_closed(work, before, fresh);
  }
  if (before.ranges().size() == 1 && before.ranges().front() == merged)
    return;
  // The usual case of what is live: the last range becomes longer.
  if (before.ranges().size() == 1 && before.ranges().front().first == merged.first) {
    auto grow = impl_.db.query("UPDATE ranges SET last = ?3 WHERE channel = ?1 AND first = ?2");
    grow->bind(1, completed.channel.value());
    grow->bind(2, std::int64_t{merged.first});
    grow->bind(3, std::int64_t{merged.last});
    grow->run();
    return;
  }
  auto clear = impl_.db.query("DELETE FROM ranges WHERE channel = ?1 AND first BETWEEN ?2 AND ?3");
  clear->bind(1, completed.channel.value());
  clear->bind(2, std::int64_t{merged.first});
  clear->bind(3, std::int64_t{merged.last});
  clear->run();
  insert_range(impl_.db, completed.channel, merged);
}

// The first reading of history closes no hole: only what lies above the news of the channel and was known to exist was
// one, or what had been complete before.
void Commit::announce_closed(const ChannelWork& work, const IdRangeSet& completed_before, IdRange range) {
  const std::int32_t news_after = work.news_after();
  for (const IdRange& old : completed_before.ranges()) {
    const IdRange again = overlap(overlap(old, range), {1, news_after});
    if (!again.empty())
      events_.hole(EventType::HoleClosed, work.now, again);
  }
  if (news_after == ChannelWork::kNoNews)
    return;
  const IdRange news = overlap(range, {news_after + 1, work.before.newest_id});
  if (!news.empty())
    events_.hole(EventType::HoleClosed, work.now, news);
}

void Commit::announce_new_holes() {
  for (const auto& [id, work] : channels_) {
    const std::int32_t seen_before = std::max(work.before.newest_id, work.news_after());
    if (work.now.newest_id <= seen_before)
      continue;
    const IdRange fresh{seen_before + 1, work.now.newest_id};
    for (const IdRange& opened : known_within(impl_.db, work.now.id, fresh).holes(fresh))
      events_.hole(EventType::HoleOpened, work.now, opened);
  }
}

}  // namespace ledgram::ledger
