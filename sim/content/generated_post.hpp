#pragma once

/// A message of the traffic generator: kept as a few numbers from which its text is made whenever it is read, so that
/// millions of them cost little memory and little of the state.

#include "ledgram/sim_content/post.hpp"

#include <cstdint>
#include <span>

namespace ledgram::sim {

struct Person;

struct GeneratedPost {
  std::int32_t id = 0;
  std::int32_t date = 0;       ///< unix seconds
  std::int32_t edit_date = 0;  ///< unix seconds; 0 if it was not edited
  std::int32_t bytes = 0;      ///< about so long is the text
  std::int64_t seed = 0;       ///< another text after each edit
  std::int64_t sent_us = 0;    ///< when it was published or edited last, unix microseconds
};

/// The message. Its text ends with a line "sent_us=N", so that a reader can tell how long it was under way. In a group
/// it is from one of `people`, if there are any.
const Post& write_generated(const GeneratedPost& from, std::span<const Person> people, Post& scratch);

}  // namespace ledgram::sim
