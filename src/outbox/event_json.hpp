#pragma once

/// An event as everybody outside reads it (docs/events.md): lines of a command, streams, webhooks.

#include "ledgram/ledger/events.hpp"

#include <string>

namespace ledgram::outbox {

/// A JSON object in one line, without the line's end.
std::string event_json(const ledger::Event& event);

}  // namespace ledgram::outbox
