#include "ledgram/tl/schema.hpp"

#include "ledgram/tl/builtin_schema.hpp"

#include <gtest/gtest.h>

namespace ledgram::tl {
namespace {

constexpr std::string_view kSmall = R"(
int ? = Int;
vector#1cb5c415 {t:Type} # [ t ] = Vector t;
boolFalse#bc799737 = Bool;
// A comment; with a semicolon
pointEmpty#00000001 = geo.Point;
geo.point#00000002 flags:# exact:flags.0?true x:double
   y:double note:flags.3?string = geo.Point;
line#00000003 points:Vector<geo.Point> ids:vector<int> = Line;
---functions---
geo.find#00000004 near:geo.Point = Vector<Line>;
wrap#00000005 {X:Type} level:int query:!X = X;
// LAYER 42
)";

TEST(Schema, TablesOfASmallOne) {
  const auto schema = Schema::parse(kSmall);
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_EQ(schema->layer(), 42);
  ASSERT_EQ(schema->combinators().size(), 5U);
  ASSERT_EQ(schema->types().size(), 2U);

  const Combinator* point = schema->find("geo.point");
  ASSERT_NE(point, nullptr);
  EXPECT_EQ(point, schema->find(2U));
  EXPECT_EQ(point->role, Role::Constructor);
  EXPECT_EQ(point->line, 7U);
  ASSERT_EQ(point->fields.size(), 5U);
  EXPECT_EQ(point->fields[0].type.kind, Kind::Flags);
  EXPECT_EQ(point->fields[1].type.kind, Kind::True);
  EXPECT_EQ(point->fields[4].name, "note");
  EXPECT_EQ(point->fields[4].flags_field, 0);
  EXPECT_EQ(point->fields[4].bit, 3);
  EXPECT_EQ(point->min_size, 20U);
  EXPECT_EQ(schema->type_name(point->result), "geo.Point");
  EXPECT_EQ(schema->types()[point->result.index].constructors.size(), 2U);
  EXPECT_EQ(schema->combinators()[schema->types()[point->result.index].plainest].name, "pointEmpty");

  const Combinator* find = schema->find("geo.find");
  EXPECT_EQ(find->role, Role::Method);
  EXPECT_EQ(schema->type_name(find->result), "Vector<Line>");
  EXPECT_EQ(schema->type("Vector<Line>"), find->result);
  EXPECT_EQ(schema->find("wrap")->fields[1].type.kind, Kind::Any);
  EXPECT_EQ(schema->find("wrap")->result.kind, Kind::Any);
  EXPECT_EQ(schema->type_name(schema->find("line")->fields[1].type), "vector<int>");
  EXPECT_EQ(schema->find("nothing"), nullptr);
  EXPECT_EQ(schema->find(99U), nullptr);
  EXPECT_EQ(schema->type("Nothing").error().code, TlErrc::BadSchema);
}

// Known ids, from Telegram's own schema.
TEST(Schema, IdsThatAreNotStatedAreComputed) {
  const auto schema = Schema::parse(
      "inputPeerChannel channel_id:long access_hash:long = InputPeer;\n"
      "upload.file type:storage.FileType mtime:int bytes:bytes = upload.File;\n"
      "storage.fileUnknown = storage.FileType;\n"
      "msgs_ack msg_ids:Vector<long> = MsgsAck;\n"
      "updateShortSentMessage flags:# out:flags.1?true id:int pts:int pts_count:int date:int "
      "media:flags.9?storage.FileType = Updates;\n"
      "---functions---\n"
      "invokeWithLayer {X:Type} layer:int query:!X = X;\n");
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_EQ(schema->find("inputPeerChannel")->id, 0x27bcbbfcU);
  EXPECT_EQ(schema->find("upload.file")->id, 0x096a18d5U);
  EXPECT_EQ(schema->find("storage.fileUnknown")->id, 0xaa963b05U);
  EXPECT_EQ(schema->find("msgs_ack")->id, 0x62d6b459U);
  EXPECT_EQ(schema->find("invokeWithLayer")->id, 0xda9b0d0dU);
}

TEST(Schema, PlainestConstructorsDoNotNeedThemselves) {
  const auto schema = Schema::parse(
      "tree#1 left:Tree right:Tree = Tree;\n"
      "leaf#2 of:Other = Tree;\n"
      "other#3 x:int = Other;\n"
      "loop#4 next:Loop = Loop;\n");
  ASSERT_TRUE(schema) << schema.error().message;
  EXPECT_EQ(schema->combinators()[schema->types()[0].plainest].name, "leaf");
  EXPECT_EQ(schema->types()[2].plainest, TypeDefinition::kNone);
}

TEST(Schema, ErrorsNameTheLine) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"a#1 = A;\nb#2 x:Missing = B;", "line 2 of the schema: no constructor makes the type 'Missing'"},
      {"a#1 = A;\n\na#2 = A;", "line 3 of the schema: a is defined twice"},
      {"a#1 = A;\nb#1 = A;", "line 2 of the schema: b has the same id 00000001 as a"},
      {"a#xyz = A;", "line 1 of the schema: 'xyz' is no id"},
      {"a#1 x = A;", "line 1 of the schema: 'x' is no field, expected 'name:type'"},
      {"a#1 x:int x:int = A;", "line 1 of the schema: the field 'x' is there twice"},
      {"a#1 x:flags.0?int = A;", "line 1 of the schema: 'flags.0' is no bit of a '#' field before 'x'"},
      {"a#1 flags:# x:flags.32?int = A;", "line 1 of the schema: '32' is no bit from 0 to 31"},
      {"a#1 x:true = A;", "line 1 of the schema: 'x' is true without a flag"},
      {"a#1 x:Vector<int = A;", "line 1 of the schema: 'Vector<int' has no closing '>'"},
      {"a#1 x:b = A;", "line 1 of the schema: there is no constructor 'b'"},
      {"a#1 x:a = A;", "line 1 of the schema: a contains itself without an id"},
      {"a#1 x:vector<%A> = A;", "line 1 of the schema: a contains itself without an id"},
      {"a#1 = a;", "line 1 of the schema: 'a' cannot be the type of a constructor"},
      {"a#1 = A;\nb#2 = B", "line 2 of the schema: the last definition is not ended by ';'"},
      {"a#1 = A\n---functions---\n", "line 2 of the schema: a definition is not ended by ';'"},
      {"---types", "line 1 of the schema: '---types' is neither ---types--- nor ---functions---"},
      {"a#1;", "line 1 of the schema: expected 'name#id fields = Type;'"},
      {"// LAYER x", "line 1 of the schema: 'x' is no layer number"},
      {"---functions---\na#1 {X:Type} query:!X y:int = X;",
       "line 2 of the schema: a field follows 'query', whose end is not known"},
      {"---functions---\na#1 {t:Type} x:int = X;", "line 2 of the schema: '{t:Type}': only {X:Type} is known"},
  };
  for (const auto& [text, message] : cases) {
    const auto schema = Schema::parse(text);
    ASSERT_FALSE(schema) << text;
    EXPECT_EQ(schema.error().message, message);
    EXPECT_EQ(schema.error().code, TlErrc::BadSchema);
  }
}

TEST(Schema, EveryPrefixOfARealOneIsRefusedOrRead) {
  const std::string_view text = mt_schema_text();
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto schema = Schema::parse(text.substr(0, size));
    if (!schema) {
      EXPECT_EQ(schema.error().code, TlErrc::BadSchema);
    }
  }
}

TEST(Schema, TheBuiltinOnesAreWhole) {
  EXPECT_EQ(builtin_api_schema().layer(), 223);
  EXPECT_GT(builtin_api_schema().combinators().size(), 2300U);
  EXPECT_EQ(builtin_api_schema().find("message")->id, 0x3ae56482U);
  EXPECT_EQ(builtin_mt_schema().find("req_pq_multi")->id, 0xbe7e8ef1U);
  EXPECT_EQ(builtin_mt_schema().find("req_pq_multi")->role, Role::Method);
  // Each type can stand for "nothing", which the JSON codec relies on for missing objects.
  for (const TypeDefinition& type : builtin_api_schema().types()) {
    EXPECT_NE(type.plainest, TypeDefinition::kNone) << type.name;
  }
}

}  // namespace
}  // namespace ledgram::tl
