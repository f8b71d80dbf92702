#pragma once

/// Random values of any constructor as JSON, for tests and fuzzing.

#include "ledgram/base/random.hpp"
#include "ledgram/tl/schema.hpp"

#include <boost/json/value.hpp>

namespace ledgram::tl {

/// Which optional fields the outermost object has; those within are always by chance.
enum class OptionalFields { None, Some, All };

/// An object of this constructor or method in the exact style of json_codec.hpp. Nests about four objects deep and
/// then takes the plainest constructors, so it always ends.
boost::json::value random_json(const Schema& schema, const Combinator& combinator, RandomSource& random,
                               OptionalFields optional);

}  // namespace ledgram::tl
