#pragma once

/// invokeWithLayer(initConnection(...)) around a call (core.telegram.org/api/invoking#layers).

#include "ledgram/base/bytes.hpp"
#include "ledgram/telegram/options.hpp"

namespace ledgram::telegram {

/// `method` is boxed; so is the result.
Bytes wrap_in_init_connection(const AppIdentity& app, ByteView method);

}  // namespace ledgram::telegram
