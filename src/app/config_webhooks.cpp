#include "ledgram/app/config_webhooks.hpp"

#include "ledgram/app/config_table.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

namespace ledgram::app {
namespace {

nanoseconds seconds(TableReader& reader, std::string_view key, nanoseconds usual, std::int64_t most) {
  const std::int64_t given =
      reader.number(key).value_or(std::chrono::duration_cast<std::chrono::seconds>(usual).count());
  if (given < 1 || given > most)
    reader.fail(key, fmt::format("a number of seconds from 1 to {}", most));
  return std::chrono::seconds(given);
}

}  // namespace

std::optional<AppError> read_webhooks(const toml::table& table, const std::filesystem::path& path,
                                      WebhookConfig& config) {
  constexpr std::int64_t kDay = 86400;
  constexpr std::int64_t kLongestFailing = 30 * kDay;
  constexpr std::int64_t kLongestRequest = 300;
  TableReader reader(table, "webhooks", path);
  if (auto guard = webhooks::AddressGuard::allowing(reader.texts("allow"))) {
    config.guard = std::move(*guard);
  } else {
    reader.fail("allow", "a list of addresses and networks: " + guard.error());
  }
  config.request_time = seconds(reader, "request_time", config.request_time, kLongestRequest);
  config.retry.first_delay = seconds(reader, "first_delay", config.retry.first_delay, kDay);
  config.retry.longest_delay = seconds(reader, "longest_delay", config.retry.longest_delay, kDay);
  config.retry.give_up_after = seconds(reader, "give_up_after", config.retry.give_up_after, kLongestFailing);
  const std::string authorities = reader.text("ca_file").value_or("");
  if (!authorities.empty())
    config.ca_file = path.parent_path() / authorities;
  return reader.error();
}

std::string webhook_config_text() {
  return "# Where events are sent (docs/webhooks.md).\n"
         "[webhooks]\n"
         "# Addresses and networks that are no public ones and may get webhooks nevertheless.\n"
         "# allow = [\"127.0.0.1\", \"10.1.0.0/16\"]\n\n"
         "# Seconds: how long a receiver may take, how long to wait after the first failure (twice as long after each "
         "further\n"
         "# one) and at most, and after what time of failing a webhook is given up.\n"
         "# request_time = 30\n"
         "# first_delay = 5\n"
         "# longest_delay = 3600\n"
         "# give_up_after = 259200\n\n"
         "# Authorities that receivers' certificates are checked with, as PEM, instead of the system's.\n"
         "# ca_file = \"ca.pem\"\n";
}

}  // namespace ledgram::app
