#include "ledgram/follow/followed_history.hpp"

#include <utility>

namespace ledgram::follow {

asio::awaitable<collect::CollectStats> collect_history(collect::ApiCaller& caller, collect::LedgerWorker& ledger,
                                                       collect::UsernameBook& names, const Clock& clock,
                                                       ledger::Channel channel, collect::CollectOptions options,
                                                       collect::ProgressListener& listener) {
  try {
    collect::ChannelTarget target = co_await collect::find_target(ledger, channel);
    co_return co_await collect::collect_channel(caller, ledger, clock, std::move(target), options, listener);
  } catch (const collect::CollectFailure& failure) {
    if (failure.error().code != collect::CollectErrc::NoAccess)
      throw;
  }
  telegram::CallOptions look_up;
  look_up.flood.longest_wait = std::chrono::seconds(0);
  collect::ChannelTarget target = co_await names.reach_again(caller, std::move(channel), std::move(look_up));
  co_return co_await collect::collect_channel(caller, ledger, clock, std::move(target), options, listener);
}

}  // namespace ledgram::follow
