#pragma once

/// What can go wrong with the set-up: the configuration file, the data folder, the simulator's folder.

#include "ledgram/base/error.hpp"

#include <cstdint>
#include <string_view>

namespace ledgram::app {

enum class AppErrc : std::uint8_t {
  NotInitialised,    ///< there is no configuration yet
  BadConfiguration,  ///< the file cannot be read, is no TOML, or has a setting that is unknown or out of range
  AlreadyThere,      ///< would replace something that the user did not ask to replace
  NoSimulator,       ///< the folder given as simulator is not one that runs
  Io,                ///< the operating system refused a file operation
  UnknownAccount,
  UnknownChannel,
  AmbiguousAccount,  ///< several accounts could be meant
  InputMissing,      ///< an answer is needed and there is no terminal to ask on
  LoginRefused,      ///< Telegram did not let the account in
  ImportRefused,     ///< another program's session cannot be used
};

constexpr bool is_retryable(AppErrc code) {
  return code == AppErrc::NoSimulator;
}

constexpr std::string_view name_of(AppErrc code) {
  switch (code) {
    case AppErrc::NotInitialised:
      return "not_initialised";
    case AppErrc::BadConfiguration:
      return "bad_configuration";
    case AppErrc::AlreadyThere:
      return "already_there";
    case AppErrc::NoSimulator:
      return "no_simulator";
    case AppErrc::Io:
      return "io";
    case AppErrc::UnknownAccount:
      return "unknown_account";
    case AppErrc::UnknownChannel:
      return "unknown_channel";
    case AppErrc::AmbiguousAccount:
      return "ambiguous_account";
    case AppErrc::InputMissing:
      return "input_missing";
    case AppErrc::LoginRefused:
      return "login_refused";
    case AppErrc::ImportRefused:
      return "import_refused";
  }
  return "unknown";
}

using AppError = BasicError<AppErrc>;
using AppFailure = Failure<AppError>;

template <class T>
using AppResult = Result<T, AppError>;

}  // namespace ledgram::app
