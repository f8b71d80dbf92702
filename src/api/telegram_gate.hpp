#pragma once

/// The running part of the program that the gateway asks: accounts that are followed, and logins that are under way.
/// Made by serve, where both live; it must outlive the HTTP server.

#include "ledgram/follow/service.hpp"
#include "ledgram/login/desk.hpp"

namespace ledgram::api {

class TelegramGate {
 public:
  TelegramGate(follow::Service& service, login::LoginDesk& desk) : service_(service), desk_(desk) {}

  [[nodiscard]] follow::Service& service() const { return service_; }
  [[nodiscard]] login::LoginDesk& desk() const { return desk_; }

 private:
  follow::Service& service_;
  login::LoginDesk& desk_;
};

}  // namespace ledgram::api
