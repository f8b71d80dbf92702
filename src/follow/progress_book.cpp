#include "ledgram/follow/progress_book.hpp"

#include <chrono>
#include <utility>

namespace ledgram::follow {

double CollectionProgress::posts_per_second() const {
  const double seconds = std::chrono::duration<double>(spent).count();
  return seconds > 0 ? static_cast<double>(posts_added) / seconds : 0;
}

void ProgressBook::begin(ChannelId channel) {
  Entry& entry = entries_[channel];
  if (entry.progress.running++ > 0)
    return;
  const Instant now = clock_.now();
  entry.began = now.monotonic;
  entry.progress = {.running = 1,
                    .began = now.unix_time,
                    .stored = entry.progress.stored,
                    .total = entry.progress.total,
                    .problem = {}};
}

void ProgressBook::on_page(ChannelId channel, const collect::Progress& progress) {
  const auto found = entries_.find(channel);
  if (found == entries_.end())
    return;
  CollectionProgress& entry = found->second.progress;
  entry.posts_added = progress.posts_added;
  entry.pages = progress.pages;
  entry.stored = progress.stored;
  entry.total = progress.total;
  entry.remaining_ids = progress.remaining_ids;
  entry.waits_until = {};
}

void ProgressBook::on_flood_wait(ChannelId channel, std::chrono::seconds wait) {
  const auto found = entries_.find(channel);
  if (found == entries_.end())
    return;
  found->second.progress.waits_until = clock_.now().unix_time + wait;
  if (told_of_wait_)
    told_of_wait_(channel);
}

void ProgressBook::end(ChannelId channel, std::string problem) {
  const auto found = entries_.find(channel);
  if (found == entries_.end() || found->second.progress.running == 0)
    return;
  CollectionProgress& entry = found->second.progress;
  entry.problem = std::move(problem);
  if (--entry.running > 0)
    return;
  const Instant now = clock_.now();
  entry.ended = now.unix_time;
  entry.spent = now.monotonic - found->second.began;
}

std::optional<CollectionProgress> ProgressBook::find(ChannelId channel) const {
  const auto found = entries_.find(channel);
  if (found == entries_.end())
    return std::nullopt;
  CollectionProgress progress = found->second.progress;
  const Instant now = clock_.now();
  if (progress.running > 0)
    progress.spent = now.monotonic - found->second.began;
  if (progress.running == 0 || progress.waits_until <= now.unix_time)
    progress.waits_until = {};
  return progress;
}

}  // namespace ledgram::follow
