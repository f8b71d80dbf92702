#include "ledgram/app/clients.hpp"
#include "ledgram/app/commands.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/app/event_loop.hpp"
#include "ledgram/app/prompt.hpp"
#include "ledgram/net/random.hpp"
#include "ledgram/sessions/session_string.hpp"
#include "ledgram/telegram/session_store.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

/// `ledgram account export`: an account's session for Telethon.

namespace ledgram::app {
namespace {

telegram::StoredSession session_of(ledger::Ledger& ledger, const ledger::Account& account) {
  const std::optional<SecretBytes> stored = value_or_throw(ledger.load_session(account.id));
  if (!stored) {
    throw AppFailure({AppErrc::UnknownAccount,
                      fmt::format("the account {0} is logged out, so there is nothing to export; `ledgram account add "
                                  "--name {0}` logs it in",
                                  account.name)});
  }
  return value_or_throw(telegram::from_bytes(stored->reveal()));
}

/// The four or sixteen bytes of an address.
Bytes bytes_of(const asio::ip::address& address) {
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    return {bytes.begin(), bytes.end()};
  }
  const auto bytes = address.to_v6().to_bytes();
  return {bytes.begin(), bytes.end()};
}

SecretText string_of(const telegram::StoredSession& session, const telegram::DcTable& dcs) {
  const auto key = std::ranges::find(session.keys, session.main_dc, &telegram::StoredKey::dc);
  for (const telegram::DcOption& option : dcs.addresses(session.main_dc, telegram::Way::Direct)) {
    boost::system::error_code bad;
    const auto address = asio::ip::make_address(option.host, bad);
    if (!bad)
      return sessions::telethon_string(session.main_dc, bytes_of(address), option.port, key->key);
  }
  throw AppFailure({AppErrc::BadConfiguration,
                    fmt::format("no address is known for data centre {} of this account", session.main_dc.value())});
}

/// Makes the file; one that is there already is not touched. Throws AppFailure.
void write_new_file(const std::filesystem::path& path, const std::string& text) {
  const auto fail = [&path](AppErrc code) {
    throw AppFailure({code, fmt::format("cannot write {}: {}", path.string(), std::generic_category().message(errno))});
  };
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0)
    fail(errno == EEXIST ? AppErrc::AlreadyThere : AppErrc::Io);
  const bool written =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  const int problem = errno;
  ::close(file);
  if (written)
    return;
  ::unlink(path.c_str());
  errno = problem;
  fail(AppErrc::Io);
}

void warn(const std::string& name) {
  fmt::print(stderr,
             "Whoever has this string is logged in as {0}. Telegram revokes a session that two programs use at once\n"
             "(AUTH_KEY_DUPLICATED): before Telethon connects with it, take the account out of Ledgram with\n"
             "`ledgram account remove {0}`, without --log-out.\n",
             name);
}

}  // namespace

cli::ExitCode export_account(const std::filesystem::path& data, const cli::AccountExportCommand& command) {
  net::SystemRandom random;
  auto store = ExclusiveData::open(data, random);
  const ledger::Account account = account_named(store.ledger, command.name);
  const telegram::StoredSession session = session_of(store.ledger, account);
  warn(account.name);
  if (command.confirmation == cli::Confirmation::Ask) {
    std::optional<SecretText> answer;
    const RunEnd end = run_event_loop(
        [&answer]() -> asio::awaitable<void> { answer = co_await ask("Write it? Type yes", cli::Echo::Shown); });
    if (end == RunEnd::Interrupted)
      return cli::ExitCode::Interrupted;
    if (!answer)
      throw AppFailure({AppErrc::InputMissing, "there is no terminal to ask on; --yes says that this is wanted"});
    if (answer->reveal() != "yes") {
      fmt::print(stderr, "ledgram: nothing was written\n");
      return cli::ExitCode::Failed;
    }
  }
  const SecretText text =
      string_of(session, client_options(store.config, route_of(store.ledger, store.config, account)).dcs);
  if (command.output) {
    write_new_file(*command.output, text.reveal() + "\n");
    fmt::print("wrote {}\n", command.output->string());
  } else {
    fmt::print("{}\n", text.reveal());
  }
  return cli::ExitCode::Done;
}

}  // namespace ledgram::app
