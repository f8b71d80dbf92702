#include "ledgram/sim_content/synthetic.hpp"

#include "ledgram/sim_content/synthetic_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace ledgram::sim {

namespace {

/// Above the ids of the exports that people have, below the limit of 2^40 or so that clients accept.
constexpr std::int64_t kFirstChannelId = 1'900'000'001;

constexpr std::int32_t kFirstDate = 1'609'459'200;  // 2021-01-01
constexpr std::int32_t kLastDate = 1'748'736'000;   // 2025-06-01, so that no message is ever of the future
constexpr std::int32_t kUsualSpacing = 400;         // seconds; about 200 messages a day

constexpr std::uint64_t kGapEvery = 20;
constexpr std::uint64_t kEditEvery = 13;

class SyntheticSource final : public PostSource {
 public:
  SyntheticSource(const SyntheticOptions& options, std::int32_t number)
      : seed_(Dice(options.seed * 1'000'003U + static_cast<std::uint64_t>(number)).next()) {
    ids_.reserve(static_cast<std::size_t>(options.posts));
    for (std::int32_t id = 1; ids_.size() < static_cast<std::size_t>(options.posts); ++id) {
      if (dice(id, Purpose::Shape).below(kGapEvery) == 0)
        continue;
      ids_.push_back(id);
      if (is_edited(id))
        ++edited_;
    }
    const std::int32_t last = std::max(ids_.empty() ? 1 : ids_.back(), 1);
    spacing_ = std::clamp((kLastDate - kFirstDate) / last, 1, kUsualSpacing);
  }

  [[nodiscard]] const std::vector<std::int32_t>& ids() const override { return ids_; }
  [[nodiscard]] std::int32_t edited_count() const override { return edited_; }

  [[nodiscard]] std::int32_t date_of(std::int32_t id) const override {
    const auto jitter = static_cast<std::int32_t>(dice(id, Purpose::Date).below(static_cast<std::uint64_t>(spacing_)));
    return kFirstDate + id * spacing_ + jitter;
  }

  const Post& read(std::int32_t id, Post& scratch) const override {
    Dice dice = this->dice(id, Purpose::Text);
    scratch.text.clear();
    scratch.entities.clear();
    scratch.media = nullptr;
    scratch.action = nullptr;
    scratch.author.clear();
    scratch.forwarded_from.clear();
    scratch.grouped_id = 0;
    scratch.from_user = 0;
    scratch.pinned = false;
    scratch.silent = false;
    scratch.id = id;
    scratch.date = date_of(id);
    scratch.edit_date = is_edited(id) ? scratch.date + 60 + static_cast<std::int32_t>(dice.below(3'600)) : 0;
    scratch.views = 100 + static_cast<std::int32_t>(dice.below(20'000));
    scratch.forwards = static_cast<std::int32_t>(dice.below(60));
    scratch.reply_to = dice.below(16) == 0 ? previous(id, 1 + static_cast<std::int32_t>(dice.below(30))) : 0;
    write_synthetic_text(scratch, dice);
    return scratch;
  }

 private:
  enum class Purpose : std::uint64_t { Shape, Edit, Date, Text };

  [[nodiscard]] Dice dice(std::int32_t id, Purpose purpose) const {
    const auto number = static_cast<std::uint64_t>(id);
    const auto salt = static_cast<std::uint64_t>(purpose) << 60U;
    return Dice(seed_ ^ (number * 0xD1B54A32D192ED03ULL) ^ salt);
  }

  [[nodiscard]] bool is_edited(std::int32_t id) const { return dice(id, Purpose::Edit).below(kEditEvery) == 0; }

  /// The id of the message `steps` before `id`, or 0.
  [[nodiscard]] std::int32_t previous(std::int32_t id, std::int32_t steps) const {
    const auto at = std::ranges::lower_bound(ids_, id) - ids_.begin();
    return at < steps ? 0 : ids_[static_cast<std::size_t>(at - steps)];
  }

  std::uint64_t seed_;
  std::vector<std::int32_t> ids_;
  std::int32_t edited_ = 0;
  std::int32_t spacing_ = 1;
};

ContentError bad_options(std::string_view text, std::string_view why) {
  return {ContentErrc::BadOption,
          "the synthetic content \"" + std::string(text) + "\" " + std::string(why) +
              "; write it as channels=N,posts=M,seed=S, for example channels=2,posts=1000,seed=7"};
}

}  // namespace

Result<SyntheticOptions, ContentError> parse_synthetic_options(std::string_view text) {
  SyntheticOptions options;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    const auto equals = part.find('=');
    if (equals == std::string_view::npos)
      return std::unexpected(bad_options(text, "has a part without \"=\""));
    const auto name = part.substr(0, equals);
    const auto value = part.substr(equals + 1);
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
    if (value.empty() || parsed.ec != std::errc{} || parsed.ptr != value.data() + value.size()) {
      return std::unexpected(bad_options(text, "has a value that is not a number"));
    }
    if (name == "channels") {
      if (number > 10'000)
        return std::unexpected(bad_options(text, "asks for more than 10000 channels"));
      options.channels = static_cast<std::int32_t>(number);
    } else if (name == "posts") {
      // Four bytes are kept for each; and message ids are 31 bits on the wire.
      if (number > 100'000'000)
        return std::unexpected(bad_options(text, "asks for more than 100000000 posts"));
      options.posts = static_cast<std::int32_t>(number);
    } else if (name == "seed") {
      options.seed = number;
    } else {
      return std::unexpected(bad_options(text, "has a part that is not known"));
    }
  }
  return options;
}

std::unique_ptr<Channel> make_synthetic_channel(const SyntheticOptions& options, std::int32_t number) {
  ChannelInfo info;
  info.id = ChannelId(kFirstChannelId + number - 1);
  info.username = "synthetic" + std::to_string(number);
  info.title = "Synthetic " + std::to_string(number);
  info.about = "Generated messages, seed " + std::to_string(options.seed);
  info.date = kFirstDate;
  info.members = 1000;
  return std::make_unique<Channel>(std::move(info), std::make_unique<SyntheticSource>(options, number));
}

}  // namespace ledgram::sim
