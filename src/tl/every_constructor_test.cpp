/// Every constructor and method of both schemas, with random fields: through JSON, through the generated code, cut
/// short, and damaged.

#include "ledgram/tl/builtin_schema.hpp"
#include "ledgram/tl/json_codec.hpp"
#include "ledgram/tl/object.hpp"
#include "ledgram/tl/random_json.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace ledgram::tl {

namespace api {
extern const Registry kRegistry;
}
namespace mt {
extern const Registry kRegistry;
}

namespace {

namespace json = boost::json;

struct Space {
  const Schema& schema;
  const Registry& registry;
};

class EveryConstructor : public testing::TestWithParam<const char*> {
 protected:
  static Space space() {
    if (GetParam() == std::string_view("api"))
      return {builtin_api_schema(), api::kRegistry};
    return {builtin_mt_schema(), mt::kRegistry};
  }

  /// A new seed for each run, unless LEDGRAM_TEST_SEED repeats one.
  static std::uint64_t seed() {
    if (const char* given = std::getenv("LEDGRAM_TEST_SEED"))
      return std::strtoull(given, nullptr, 10);
    static const auto now = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    return now;
  }

  static Bytes encoded(const Schema& schema, const json::value& value) {
    Writer out;
    const auto done = encode_json(schema, out, value);
    EXPECT_TRUE(done) << done.error().message << '\n' << json::serialize(value);
    return out.take();
  }

  static bool has_open_end(const Combinator& combinator) {
    return std::ranges::any_of(combinator.fields, [](const Field& field) { return field.type.kind == Kind::Any; });
  }
};

constexpr OptionalFields kChoices[] = {OptionalFields::None, OptionalFields::All, OptionalFields::Some,
                                       OptionalFields::Some};

TEST_P(EveryConstructor, ThroughJsonAndThroughGeneratedCode) {
  SeededRandom random(seed());
  const Space in = space();
  for (const Combinator& combinator : in.schema.combinators()) {
    SCOPED_TRACE(testing::Message() << combinator.name << ", LEDGRAM_TEST_SEED=" << seed());
    ASSERT_NE(in.registry.find(combinator.id), nullptr);
    EXPECT_EQ(in.registry.find(combinator.id)->name, combinator.name);
    for (const OptionalFields optional : kChoices) {
      const json::value value = random_json(in.schema, combinator, random, optional);
      const Bytes bytes = encoded(in.schema, value);
      ASSERT_GE(bytes.size(), combinator.min_size + 4);

      Reader again(bytes);
      const auto decoded = decode_json(in.schema, again);
      ASSERT_TRUE(decoded) << decoded.error().message;
      ASSERT_EQ(*decoded, value) << json::serialize(*decoded) << '\n' << json::serialize(value);
      ASSERT_EQ(again.remaining(), 0U);

      Reader web(bytes);
      const auto for_web = decode_json(in.schema, web, kAnyObject, JsonStyle::Web);
      ASSERT_TRUE(for_web);
      ASSERT_EQ(encoded(in.schema, *for_web), bytes);

      Reader typed(bytes);
      Writer written;
      ASSERT_TRUE(roundtrip(in.registry, typed, written)) << typed.error().message;
      ASSERT_EQ(typed.remaining(), 0U);
      ASSERT_EQ(to_hex(written.view()), to_hex(bytes)) << json::serialize(value);
    }
  }
}

TEST_P(EveryConstructor, CutShortIsAnError) {
  SeededRandom random(seed());
  const Space in = space();
  for (const Combinator& combinator : in.schema.combinators()) {
    SCOPED_TRACE(testing::Message() << combinator.name << ", LEDGRAM_TEST_SEED=" << seed());
    const Bytes bytes = encoded(in.schema, random_json(in.schema, combinator, random, OptionalFields::Some));
    // Everything is a multiple of four long, so the other places differ only in the last number or padding.
    const std::size_t step = bytes.size() < 64 ? 1 : 4;
    for (std::size_t size = 0; size < bytes.size(); size += step) {
      const ByteView cut = ByteView(bytes).first(size);
      Reader for_json(cut);
      ASSERT_FALSE(decode_json(in.schema, for_json)) << size << " of " << bytes.size();
      if (size >= 4 && has_open_end(combinator))
        continue;
      Reader typed(cut);
      Writer out;
      ASSERT_FALSE(roundtrip(in.registry, typed, out)) << size << " of " << bytes.size();
      ASSERT_LE(typed.error().offset, size);
    }
  }
}

TEST_P(EveryConstructor, DamagedBytesNeverCrash) {
  SeededRandom random(seed());
  const Space in = space();
  std::size_t refused = 0;
  for (const Combinator& combinator : in.schema.combinators()) {
    SCOPED_TRACE(testing::Message() << combinator.name << ", LEDGRAM_TEST_SEED=" << seed());
    Bytes bytes = encoded(in.schema, random_json(in.schema, combinator, random, OptionalFields::Some));
    if (bytes.size() == 4)
      continue;
    for (int i = 0; i < 20; ++i) {
      bytes[4 + random.below(bytes.size() - 4)] = static_cast<std::uint8_t>(random.next_u64());
      Reader typed(bytes);
      Writer out;
      if (!roundtrip(in.registry, typed, out))
        ++refused;
      Reader for_json(bytes);
      // Both readers must agree on what is wrong, and where.
      const auto decoded = decode_json(in.schema, for_json);
      if (has_open_end(combinator))
        continue;
      ASSERT_EQ(decoded.has_value(), typed.ok()) << to_hex(bytes);
      if (!typed.ok()) {
        ASSERT_EQ(decoded.error().code, typed.error().code) << to_hex(bytes);
        ASSERT_EQ(decoded.error().offset, typed.error().offset) << to_hex(bytes);
      }
    }
  }
  EXPECT_GT(refused, 100U);  // otherwise the damage was none
}

INSTANTIATE_TEST_SUITE_P(Schemas, EveryConstructor, testing::Values("api", "mt"),
                         [](const auto& schema) { return std::string(schema.param); });

}  // namespace
}  // namespace ledgram::tl
