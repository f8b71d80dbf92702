#include "ledgram/sim_content/synthetic_text.hpp"

#include "ledgram/sim_content/rich_text.hpp"
#include "ledgram/sim_content/synthetic_words.hpp"

#include <array>
#include <string>

namespace ledgram::sim {

namespace {

/// Texts end once they are this long; the mean comes out near 750 bytes.
constexpr std::size_t kShortestText = 560;
constexpr std::size_t kTextSpread = 260;

/// Below this a text is a row of words.
constexpr std::size_t kShortestRichText = 300;

/// What a rich text has behind its last sentence: tags, and half a sentence more than was wanted.
constexpr std::size_t kUsualTail = 90;

void write_sentence(RichTextBuilder& out, const WordSet& words, Dice& dice) {
  out.add(dice.pick(words.openings));
  const auto length = 4 + dice.below(9);
  for (std::uint64_t i = 0; i < length; ++i) {
    out.add(i > 2 && dice.below(7) == 0 ? ", " : " ");
    out.add(dice.pick(words.middles));
  }
  out.add(dice.below(12) == 0 ? "! " : ". ");
}

void write_heading(RichTextBuilder& out, const WordSet& words, Dice& dice) {
  if (dice.below(3) != 0) {
    out.add(dice.pick(words.titles), EntityKind::Bold);
    out.add("\n\n");
  }
  if (dice.below(5) == 0) {
    out.add(dice.pick(kEmoji));
    out.add(" ");
  }
}

/// Sentences until the text has so many bytes, and tags.
void write_body(Post& post, RichTextBuilder& out, const WordSet& words, Dice& dice, std::size_t wanted) {
  while (post.text.size() < wanted) {
    write_sentence(out, words, dice);
    const auto what = dice.below(14);
    if (what == 0) {
      out.add("\n\n");
    } else if (what == 1) {
      out.add("https://example.org/" + std::to_string(dice.below(100'000)), EntityKind::Url);
      out.add(" ");
    } else if (what == 2) {
      out.add(dice.pick(words.link_words),
              Entity{.kind = EntityKind::TextUrl,
                     .value = "https://example.com/read?id=" + std::to_string(dice.below(1'000'000))});
      out.add(". ");
    }
  }
  out.add("\n\n");
  const auto tags = 1 + dice.below(3);
  for (std::uint64_t i = 0; i < tags; ++i) {
    if (i > 0)
      out.add(" ");
    out.add(dice.pick(words.hashtags), EntityKind::Hashtag);
  }
}

}  // namespace

void write_synthetic_text(Post& post, Dice& dice) {
  const WordSet& words = dice.pick(kWordSets);
  RichTextBuilder out(post);
  write_heading(out, words, dice);
  write_body(post, out, words, dice, kShortestText + static_cast<std::size_t>(dice.below(kTextSpread)));
}

void write_synthetic_text(Post& post, Dice& dice, std::size_t bytes) {
  const WordSet& words = dice.pick(kWordSets);
  RichTextBuilder out(post);
  if (bytes >= kShortestRichText) {
    write_heading(out, words, dice);
    write_body(post, out, words, dice, bytes - kUsualTail);
    return;
  }
  out.add(dice.pick(words.openings));
  while (post.text.size() < bytes) {
    out.add(" ");
    out.add(dice.pick(words.middles));
  }
}

}  // namespace ledgram::sim
