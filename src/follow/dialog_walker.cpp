#include "ledgram/follow/dialog_walker.hpp"

#include "ledgram/collect/message_row.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace ledgram::follow {

namespace api = tl::api;

namespace {

/// Telegram's upper limit for getDialogs.
constexpr std::int32_t kPageSize = 100;

/// The list of chats and the archive.
constexpr std::int32_t kLastFolder = 1;

constexpr std::chrono::seconds kDateSlack{3600};

std::int32_t date_of(const api::Message& message) {
  if (const auto* plain = message.as<api::message>())
    return plain->date;
  if (const auto* service = message.as<api::messageService>())
    return service->date;
  return 0;
}

std::optional<std::int64_t> hash_of(const std::vector<api::User>& users, std::int64_t id) {
  for (const api::User& user : users) {
    const auto* full = user.as<api::user>();
    if (full != nullptr && full->id == id && !full->min)
      return full->access_hash;
  }
  return std::nullopt;
}

std::optional<std::int64_t> hash_of(const std::vector<api::Chat>& chats, std::int64_t id) {
  for (const api::Chat& chat : chats) {
    const auto* channel = chat.as<api::channel>();
    if (channel != nullptr && channel->id == id && !channel->min)
      return channel->access_hash;
  }
  return std::nullopt;
}

}  // namespace

bool may_be_of(const ledger::OpenPrivateGap& gap, std::int32_t number, ledger::UnixSeconds date) {
  if (gap.newest > 0)
    return number > gap.newest;
  return date >= gap.since - kDateSlack.count();
}

std::optional<api::messages_getDialogs> DialogWalker::next() const {
  if (folder_ > kLastFolder)
    return std::nullopt;
  api::messages_getDialogs request;
  request.folder_id = folder_;
  request.offset_peer = api::inputPeerEmpty{};
  if (offset_) {
    std::tie(request.offset_date, request.offset_id) = *offset_;
    request.offset_peer = offset_peer_;
  }
  request.limit = kPageSize;
  return request;
}

void DialogWalker::accept(const api::messages_Dialogs& answer) {
  Page page{.is_whole = true};
  if (const auto* whole = answer.as<api::messages_dialogs>()) {
    page = read(*whole);
    page.is_whole = true;
  } else if (const auto* slice = answer.as<api::messages_dialogsSlice>()) {
    page = read(*slice);
  }
  ++pages_;
  added_ = added_ || page.added;
  const bool goes_down = page.last && (!offset_ || *page.last < *offset_);
  const bool is_below_gap = page.has_old && !page.has_news;
  if (page.is_whole || !goes_down || is_below_gap || (!first_pass_ && !page.added)) {
    end_pass();
    return;
  }
  offset_ = page.last;
  offset_peer_ = std::move(page.last_peer);
}

template <class Dialogs>
DialogWalker::Page DialogWalker::read(const Dialogs& dialogs) {
  std::map<ledger::PeerKey, std::int32_t> dates;
  for (const api::Message& message : dialogs.messages) {
    if (const auto chat = collect::chat_of(message))
      dates[*chat] = std::max(dates[*chat], date_of(message));
  }
  Page page;
  for (const api::Dialog& item : dialogs.dialogs) {
    const auto* dialog = item.as<api::dialog>();
    const auto key = dialog == nullptr ? std::nullopt : collect::key_of(dialog->peer);
    if (!key)
      continue;
    const auto dated = dates.find(*key);
    const std::int32_t date = dated == dates.end() ? 0 : dated->second;
    api::InputPeer input;
    if (key->type == ledger::PeerType::Chat) {
      input = api::inputPeerChat{.chat_id = key->id};
    } else if (key->type == ledger::PeerType::User && key->id == self_.value()) {
      input = api::inputPeerSelf{};
    } else if (key->type == ledger::PeerType::User) {
      if (const auto hash = hash_of(dialogs.users, key->id))
        input = api::inputPeerUser{.user_id = key->id, .access_hash = *hash};
    } else if (const auto hash = hash_of(dialogs.chats, key->id)) {
      input = api::inputPeerChannel{.channel_id = key->id, .access_hash = *hash};
    }
    const bool in_place = !dialog->pinned && !dialog->draft.template is<api::draftMessage>();
    if (in_place && date > 0) {
      page.last = Place{date, dialog->top_message};
      page.last_peer = input.empty() ? api::InputPeer(api::inputPeerEmpty{}) : input;
    }
    if (!policy_.keeps(key->type))
      continue;
    if (may_be_of(gap_, dialog->top_message, date)) {
      page.has_news = true;
      page.added = chats_.emplace(*key, std::move(input)).second || page.added;
    } else if (in_place) {
      page.has_old = true;
    }
  }
  return page;
}

void DialogWalker::end_pass() {
  const bool again = pages_ > 1 && added_;
  first_pass_ = !again;
  if (!again)
    ++folder_;
  pages_ = 0;
  added_ = false;
  offset_.reset();
}

}  // namespace ledgram::follow
