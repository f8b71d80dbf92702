#pragma once

/// The error type of the simulator's content and of the calls that the control API makes.

#include "ledgram/base/error.hpp"

#include <string_view>

namespace ledgram::sim {

enum class ContentErrc {
  BadFile,      ///< an export cannot be read or is not of the expected form
  BadMessage,   ///< one message is not of the expected form
  BadOption,    ///< an option's value is not usable
  NoSuchChat,   ///< no channel or group of this name
  NoSuchPost,   ///< the chat has no visible message of this id
  NoSuchPhone,  ///< no account of this phone number
  NameTaken,    ///< two chats or accounts want the same username, id or token
  BadState,     ///< what a StateStore returned cannot be understood
};

constexpr bool is_retryable(ContentErrc) {
  return false;
}

constexpr std::string_view name_of(ContentErrc code) {
  switch (code) {
    case ContentErrc::BadFile:
      return "bad file";
    case ContentErrc::BadMessage:
      return "bad message";
    case ContentErrc::BadOption:
      return "bad option";
    case ContentErrc::NoSuchChat:
      return "no such chat";
    case ContentErrc::NoSuchPost:
      return "no such post";
    case ContentErrc::NoSuchPhone:
      return "no such phone";
    case ContentErrc::NameTaken:
      return "name taken";
    case ContentErrc::BadState:
      return "bad state";
  }
  return "unknown";
}

using ContentError = BasicError<ContentErrc>;

}  // namespace ledgram::sim
