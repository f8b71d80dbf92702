#pragma once

/// Reads the history of a followed channel, whatever became of the account's access to it meanwhile.

#include "ledgram/collect/collector.hpp"
#include "ledgram/collect/username_book.hpp"

namespace ledgram::follow {

/// As collect::collect_channel() for the account that the row names. An access hash that is missing or refused is
/// replaced by one new look-up of the name. Throws as collect_channel() and UsernameBook::reach_again() do.
asio::awaitable<collect::CollectStats> collect_history(collect::ApiCaller& caller, collect::LedgerWorker& ledger,
                                                       collect::UsernameBook& names, const Clock& clock,
                                                       ledger::Channel channel, collect::CollectOptions options,
                                                       collect::ProgressListener& listener);

}  // namespace ledgram::follow
