#pragma once

/// An event as everybody outside reads it (docs/events.md): lines of a command, streams, webhooks.

#include "ledgram/ledger/events.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ledgram::outbox {

/// A JSON object in one line, without the line's end.
std::string event_json(const ledger::Event& event);

/// The member `date` of an event's data, in unix seconds; 0 if there is none.
std::int64_t message_date(std::string_view data);

}  // namespace ledgram::outbox
