#include "ledgram/tl/builtin_schema.hpp"

namespace ledgram::tl {
namespace {

// tlgen has read the same text while building, so a failure here is a broken build; value() then ends the process.
Schema parse_builtin(std::string_view text) {
  return std::move(Schema::parse(text).value());
}

}  // namespace

const Schema& builtin_api_schema() {
  static const Schema schema = parse_builtin(api_schema_text());
  return schema;
}

const Schema& builtin_mt_schema() {
  static const Schema schema = parse_builtin(mt_schema_text());
  return schema;
}

}  // namespace ledgram::tl
