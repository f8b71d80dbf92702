#include "ledgram/app/webhook_service.hpp"

#include "ledgram/app/data_folder.hpp"
#include "ledgram/ledger/ownership.hpp"
#include "ledgram/ledger/users.hpp"

#include <algorithm>
#include <utility>

namespace ledgram::app {
namespace {

ledger::Ledger open_reader(const std::filesystem::path& data) {
  return value_or_throw(ledger::Ledger::open(ledger_path(data), {.mode = ledger::OpenMode::ReadOnly}));
}

webhooks::HttpOptions http_options(const WebhookConfig& config) {
  webhooks::HttpOptions options;
  options.guard = config.guard;
  options.limits.whole_time = config.request_time;
  options.limits.connect_time = std::min<nanoseconds>(options.limits.connect_time, config.request_time);
  options.ca_file = config.ca_file;
  return options;
}

/// What the user may see now: an admin everything, a disabled user nothing.
ledger::LedgerResult<webhooks::Visible> visible_to(ledger::Ledger& ledger, ledger::OwnerId owner) {
  const auto user = ledger.users().find(owner);
  if (!user)
    return std::unexpected(user.error());
  webhooks::Visible visible;
  if (!*user || (*user)->disabled)
    return visible;
  if ((*user)->role == ledger::Role::Admin) {
    visible.everything = true;
    return visible;
  }
  const auto channels = ledger.ownership().subscriptions(owner);
  if (!channels)
    return std::unexpected(channels.error());
  const auto accounts = ledger.ownership().accounts_of(owner);
  if (!accounts)
    return std::unexpected(accounts.error());
  visible.channels.insert(channels->begin(), channels->end());
  visible.accounts.insert(accounts->begin(), accounts->end());
  return visible;
}

}  // namespace

WebhookService::WebhookService(ServiceControl& control, const WebhookConfig& config, const std::filesystem::path& data,
                               collect::LedgerWorker& ledger, const Clock& clock, RandomSource& random)
    : reader_(open_reader(data), "webhook events"),
      http_(http_options(config)),
      sender_(control.executor(), ledger, reader_, http_, clock, random, visible_to, {.retry = config.retry}),
      tasks_(control.pending().add(AskedOn::Loop, [this] { return sender_.pending_tasks(); })),
      jobs_(control.pending().add(reader_.worker())) {}

}  // namespace ledgram::app
