#pragma once

/// The comparison of what really is in the simulator's chats with what a collector has stored. Pure: the truth and the
/// stored rows go in, counts come out.

#include <boost/json/object.hpp>

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::bench {

/// Where a message number counts. Channels and supergroups are the same for everybody; numbers in private chats and
/// basic groups are the account's own.
struct Place {
  std::int64_t account = 0;  ///< 0 for channels; otherwise the digits of the account's phone number
  std::int64_t channel = 0;  ///< 0 for the private chats of an account, which are one place together

  friend auto operator<=>(const Place&, const Place&) = default;
};

struct TrueMessage {
  std::string peer;  ///< in private places: with whom, as "user 17" or "chat 4"
  std::string text;
  std::string entities;        ///< as entities_of_truth() writes them
  std::int64_t edit_date = 0;  ///< unix seconds; 0: never edited
};

/// A chat as it is at the end.
struct PlaceTruth {
  std::string name;                              ///< for reports
  std::int32_t after = 0;                        ///< numbers up to this were there before the collector began
  bool history = true;                           ///< those have to be stored as well
  bool news = true;                              ///< it is known of each message whether it is news
  std::map<std::int32_t, TrueMessage> messages;  ///< those that are there, by number
  std::set<std::int32_t> deleted;                ///< numbers that were there once
};

using Truth = std::map<Place, PlaceTruth>;

struct StoredMessage {
  Place place;
  std::int32_t number = 0;
  std::string peer;
  std::string text;
  std::string entities;
  std::int64_t edit_date = 0;
  bool deleted = false;
};

/// What a collector promises, and so what is looked at.
struct AuditOptions {
  bool history = true;   ///< also messages from before it began
  bool entities = true;  ///< it keeps them
  bool trimmed = false;  ///< it shows texts without the space around them
  bool news = true;      ///< it tells of each new message once
};

struct AuditResult {
  std::int64_t checked = 0;           ///< messages that must be there
  std::int64_t lost = 0;              ///< of those, not stored
  std::int64_t doubled = 0;           ///< rows beyond the first of a number, and rows of numbers that never were
  std::int64_t wrong_version = 0;     ///< stored with another text, other entities, or another date of the last edit
  std::int64_t wrong_deletion = 0;    ///< marked as deleted and there, or deleted and not marked
  std::int64_t lost_news = 0;         ///< new messages that it did not tell of
  std::int64_t doubled_news = 0;      ///< tellings beyond the one
  std::vector<std::string> examples;  ///< of what is wrong, some of each kind

  [[nodiscard]] std::int64_t wrong() const {
    return lost + doubled + wrong_version + wrong_deletion + lost_news + doubled_news;
  }
};

/// One comparison: every stored row and every telling is given once, in any order. The truth must outlive it.
class Audit {
 public:
  Audit(const Truth& truth, AuditOptions options);

  void add(const StoredMessage& stored);
  void add_news(Place place, std::int32_t number);

  AuditResult finish();

 private:
  struct Seen {
    std::int32_t rows = 0;
    std::int32_t news = 0;
  };

  [[nodiscard]] bool counts(const PlaceTruth& place, std::int32_t number) const;
  void tell(std::string_view what, const PlaceTruth& place, std::int32_t number, std::string_view detail = {});
  void compare(const PlaceTruth& place, const TrueMessage& there, const StoredMessage& stored);

  const Truth& truth_;
  AuditOptions options_;
  AuditResult result_;
  std::map<Place, std::map<std::int32_t, Seen>> seen_;
  std::map<std::string, int, std::less<>> told_;
};

/// Reads one message of GET /truth. `entities` in the form in which the ledger's are compared.
TrueMessage true_message(const boost::json::object& message);

/// "bold 0 4; text_link 6 3 https://...": from the truth's names (messageEntityBold), and from the ledger's JSON.
std::string entities_of_truth(const boost::json::object& message);
std::string entities_of_ledger(std::string_view json_array);

}  // namespace ledgram::bench
