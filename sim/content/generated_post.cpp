#include "ledgram/sim_content/generated_post.hpp"

#include "ledgram/sim_content/channel.hpp"
#include "ledgram/sim_content/synthetic_text.hpp"

#include <algorithm>
#include <string>

namespace ledgram::sim {

namespace {

/// "\nsent_us=1750000000000000"
constexpr std::size_t kTimeLine = 25;

constexpr std::uint64_t kReplyEvery = 16;
constexpr std::uint64_t kFarthestReply = 30;

}  // namespace

const Post& write_generated(const GeneratedPost& from, std::span<const Person> people, Post& scratch) {
  // What an edit leaves as it was comes from dice of its own.
  const auto number = static_cast<std::uint64_t>(from.id);
  Dice fixed(number * 0xD1B54A32D192ED03ULL);
  scratch = Post{};
  scratch.id = from.id;
  scratch.date = from.date;
  scratch.edit_date = from.edit_date;
  scratch.views = 1 + static_cast<std::int32_t>(fixed.below(1'000));
  if (fixed.below(kReplyEvery) == 0)
    scratch.reply_to = std::max(0, from.id - 1 - static_cast<std::int32_t>(fixed.below(kFarthestReply)));
  if (!people.empty())
    scratch.from_user = people[static_cast<std::size_t>(fixed.below(people.size()))].id;
  Dice dice(static_cast<std::uint64_t>(from.seed));
  scratch.text.reserve(static_cast<std::size_t>(from.bytes) + 128);
  write_synthetic_text(
      scratch, dice, static_cast<std::size_t>(from.bytes) - std::min(kTimeLine, static_cast<std::size_t>(from.bytes)));
  scratch.text += "\nsent_us=";
  scratch.text += std::to_string(from.sent_us);
  return scratch;
}

}  // namespace ledgram::sim
