// Downloads as the API answers them: which ranges may be asked for, where, and what a file reference is worth.

#include "ledgram/crypto/aes.hpp"
#include "ledgram/crypto/hash.hpp"
#include "ledgram/sim_api/test_telegram.hpp"
#include "ledgram/sim_content/file_bytes.hpp"
#include "ledgram/sim_content/picture.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

namespace ledgram::sim {
namespace {

namespace json = boost::json;

constexpr std::int64_t kSize = 3'000'000;

class FileMethods : public testing::Test {
 protected:
  void SetUp() override {
    telegram.add_chat("media", 1500,
                      R"({"id": 1, "type": "message", "date_unixtime": "1700000000", "text": "", "file": "a.bin",
                           "file_size": 3000000, "content": 5},
                          {"id": 2, "type": "message", "date_unixtime": "1700000001", "text": "", "photo": "b.jpg",
                           "width": 1000, "height": 500, "photo_file_size": 70000},
                          {"id": 3, "type": "message", "date_unixtime": "1700000002", "text": "", "file": "c.bin",
                           "file_size": 0},
                          {"id": 4, "type": "message", "date_unixtime": "1700000003", "text": "https://example.org/",
                           "photo": "d.jpg", "width": 800, "height": 600, "photo_file_size": 5000,
                           "preview_of": "https://example.org/"},
                          {"id": 5, "type": "message", "date_unixtime": "1700000004", "text": "https://example.org/",
                           "file": "e.mp4", "media_type": "video_file", "file_size": 7000,
                           "preview_of": "https://example.org/"})");
    telegram.start();
    telegram.api().set_file_settings({.home = DcId(2)});
    client = telegram.log_in("9996620001", 7);
  }

  json::object message(std::int32_t id) {
    json::object wanted{{"_", "inputMessageID"}, {"id", id}};
    const TestAnswer answer = telegram.call(client, {{"_", "channels.getMessages"},
                                                     {"channel", telegram.input_channel(client, "media")},
                                                     {"id", json::array{std::move(wanted)}}});
    return answer.list("messages").at(0).as_object();
  }

  json::object document_location() {
    const json::object document = message(1).at("media").at("document").as_object();
    return {{"_", "inputDocumentFileLocation"},
            {"id", document.at("id")},
            {"access_hash", document.at("access_hash")},
            {"file_reference", document.at("file_reference")},
            {"thumb_size", ""}};
  }

  TestAnswer get(const json::object& location, std::int64_t offset, std::int32_t limit, bool precise = false) {
    json::object method{{"_", "upload.getFile"}, {"location", location}, {"offset", offset}, {"limit", limit}};
    if (precise)
      method["precise"] = true;
    method["cdn_supported"] = true;
    return telegram.call(client, method);
  }

  static Bytes bytes_of(const TestAnswer& answer) {
    return *from_base64(std::string_view(answer.object().at("bytes").as_string()));
  }

  static Bytes real_bytes(std::int64_t offset, std::size_t size) {
    Bytes bytes(size);
    generate_file_bytes(5, static_cast<std::uint64_t>(offset), bytes);
    return bytes;
  }

  TestTelegram telegram;
  TestClient client;
};

TEST_F(FileMethods, GiveTheBytesOfADocument) {
  const json::object location = document_location();
  EXPECT_EQ(bytes_of(get(location, 0, 4096)), real_bytes(0, 4096));
  EXPECT_EQ(bytes_of(get(location, 1 << 20, 1 << 20)), real_bytes(1 << 20, 1 << 20));
  EXPECT_EQ(bytes_of(get(location, 2 << 20, 1 << 20)), real_bytes(2 << 20, kSize - (2 << 20)));
  EXPECT_TRUE(bytes_of(get(location, 3 << 20, 1 << 20)).empty());
  EXPECT_EQ(bytes_of(get(location, 1024, 3072, true)), real_bytes(1024, 3072));
}

TEST_F(FileMethods, RefuseRangesThatTelegramRefuses) {
  const json::object location = document_location();
  const auto refusal = [&](std::int64_t offset, std::int32_t limit, bool precise) {
    return get(location, offset, limit, precise).fault.message;
  };
  EXPECT_EQ(refusal(0, 0, false), "LIMIT_INVALID");
  EXPECT_EQ(refusal(0, 1000, false), "LIMIT_INVALID");
  EXPECT_EQ(refusal(0, 12288, false), "LIMIT_INVALID");  // does not divide 1 MB
  EXPECT_EQ(refusal(0, 2 << 20, false), "LIMIT_INVALID");
  EXPECT_EQ(refusal(1024, 4096, false), "OFFSET_INVALID");
  EXPECT_EQ(refusal((1 << 20) - 4096, 8192, false), "LIMIT_INVALID");  // two blocks
  EXPECT_EQ(refusal(512, 1024, true), "OFFSET_INVALID");
  EXPECT_EQ(refusal(0, 1000, true), "LIMIT_INVALID");
}

TEST_F(FileMethods, WantTheRightPlaceAndTheRightHash) {
  json::object location = document_location();
  telegram.api().set_file_settings({.home = DcId(3)});
  EXPECT_EQ(get(location, 0, 4096).fault.message, "FILE_MIGRATE_3");
  EXPECT_EQ(get(location, 0, 4096).fault.code, 303);
  telegram.api().set_file_settings({.home = DcId(2)});
  location["access_hash"] = 1;
  EXPECT_EQ(get(location, 0, 4096).fault.message, "FILE_ID_INVALID");
}

TEST_F(FileMethods, MessagesNameTheDataCentreWhereTheFilesAreNow) {
  EXPECT_EQ(message(1).at("media").at("document").at("dc_id"), 2);
  telegram.api().set_file_settings({.home = DcId(3)});
  EXPECT_EQ(message(1).at("media").at("document").at("dc_id"), 3);
  EXPECT_EQ(message(2).at("media").at("photo").at("dc_id"), 3);
}

TEST_F(FileMethods, PreviewsOfLinksAreFilesToo) {
  const json::object page = message(4).at("media").at("webpage").as_object();
  EXPECT_EQ(page.at("url"), "https://example.org/");
  const json::object photo = page.at("photo").as_object();
  const json::object location{{"_", "inputPhotoFileLocation"},
                              {"id", photo.at("id")},
                              {"access_hash", photo.at("access_hash")},
                              {"file_reference", photo.at("file_reference")},
                              {"thumb_size", "x"}};
  EXPECT_EQ(bytes_of(get(location, 0, 1 << 20)).size(), 5000U);
  EXPECT_EQ(message(5).at("media").at("webpage").at("document").at("size"), 7000);
}

TEST_F(FileMethods, GiveThePicturesOfAccountsAndChannels) {
  const json::object input = telegram.input_channel(client, "media");
  const TestAnswer found = telegram.call(client, {{"_", "channels.getFullChannel"}, {"channel", input}});
  const json::object channel = found.list("chats").at(0).as_object();
  const json::object me = telegram.call(client, {{"_", "users.getFullUser"}, {"id", {{"_", "inputUserSelf"}}}})
                              .list("users")
                              .at(0)
                              .as_object();
  EXPECT_EQ(channel.at("photo").at("dc_id"), 2);
  json::object peer = input;
  peer["_"] = "inputPeerChannel";
  const auto shown = [](json::value of, const json::value& id, bool big) {
    json::object location{{"_", "inputPeerPhotoFileLocation"}, {"peer", std::move(of)}, {"photo_id", id}};
    if (big)
      location["big"] = true;
    return location;
  };
  const json::value& id = channel.at("photo").at("photo_id");
  const TestAnswer large = get(shown(peer, id, true), 0, 1 << 20);
  EXPECT_EQ(large.object().at("type").at("_"), "storage.filePng");
  EXPECT_EQ(bytes_of(large), draw_picture(static_cast<std::uint64_t>(id.as_int64()), 640));
  EXPECT_EQ(bytes_of(get(shown(peer, id, false), 0, 1 << 20)),
            draw_picture(static_cast<std::uint64_t>(id.as_int64()), 160));
  const json::value& own = me.at("photo").at("photo_id");
  EXPECT_NE(own, id);
  EXPECT_EQ(bytes_of(get(shown({{"_", "inputPeerSelf"}}, own, true), 0, 1 << 20)),
            draw_picture(static_cast<std::uint64_t>(own.as_int64()), 640));
  EXPECT_EQ(get(shown(peer, own, true), 0, 4096).fault.message, "PHOTO_ID_INVALID");
  telegram.api().set_file_settings({.home = DcId(3)});
  EXPECT_EQ(get(shown(peer, id, true), 0, 4096).fault.message, "FILE_MIGRATE_3");

  telegram.api().set_file_settings({.home = DcId(2)});
  const json::object photo = found.object().at("full_chat").at("chat_photo").as_object();
  EXPECT_EQ(photo.at("id"), id);
  for (const auto& form : photo.at("sizes").as_array()) {
    const json::object location{{"_", "inputPhotoFileLocation"},
                                {"id", photo.at("id")},
                                {"access_hash", photo.at("access_hash")},
                                {"file_reference", photo.at("file_reference")},
                                {"thumb_size", form.at("type")}};
    EXPECT_EQ(static_cast<std::int64_t>(bytes_of(get(location, 0, 1 << 20)).size()), form.at("size").as_int64());
  }
}

TEST_F(FileMethods, ReferencesExpire) {
  json::object location = document_location();
  telegram.api().expire_file_references();
  EXPECT_EQ(get(location, 0, 4096).fault.message, "FILE_REFERENCE_EXPIRED");
  EXPECT_EQ(get(document_location(), 0, 4096).fault.code, 0);
  location["file_reference"] = "";
  EXPECT_EQ(get(location, 0, 4096).fault.message, "FILE_REFERENCE_EMPTY");
  location["file_reference"] = "AAAA";
  EXPECT_EQ(get(location, 0, 4096).fault.message, "FILE_REFERENCE_INVALID");
}

TEST_F(FileMethods, GiveEachFormOfAPhoto) {
  const json::object photo = message(2).at("media").at("photo").as_object();
  for (const auto& form : photo.at("sizes").as_array()) {
    const json::object location{{"_", "inputPhotoFileLocation"},
                                {"id", photo.at("id")},
                                {"access_hash", photo.at("access_hash")},
                                {"file_reference", photo.at("file_reference")},
                                {"thumb_size", form.at("type")}};
    EXPECT_EQ(bytes_of(get(location, 0, 1 << 20)).size(), form.at("size").to_number<std::size_t>());
  }
  EXPECT_EQ(telegram.api().file("media", 2)->size, 70000);
  EXPECT_EQ(telegram.api().file("media", 3)->size, 0);
}

TEST_F(FileMethods, GiveDocumentsAwayToTheCdn) {
  const DcId cdn(203);
  telegram.api().set_cdn({.address = {.id = cdn, .host = "127.0.0.1", .port = 1}, .public_key = "PEM"});
  telegram.api().set_file_settings({.home = DcId(2), .cdn = true, .reupload = true});
  const TestAnswer redirect = get(document_location(), 0, 4096);
  ASSERT_EQ(redirect.object().at("_").as_string(), "upload.fileCdnRedirect");
  TestClient stranger{.key = AuthKeyId(99), .dc = cdn};
  const auto token = redirect.object().at("file_token");
  const json::object ask{{"_", "upload.getCdnFile"}, {"file_token", token}, {"offset", 131072}, {"limit", 131072}};
  EXPECT_EQ(telegram.first_call(client, ask).fault.message, "CDN_METHOD_INVALID");
  const TestAnswer lost = telegram.first_call(stranger, ask);
  ASSERT_EQ(lost.object().at("_").as_string(), "upload.cdnFileReuploadNeeded");
  EXPECT_EQ(telegram.call(stranger, {{"_", "help.getConfig"}}).fault.message, "CDN_METHOD_INVALID");
  const TestAnswer again = telegram.call(
      client,
      {{"_", "upload.reuploadCdnFile"}, {"file_token", token}, {"request_token", lost.object().at("request_token")}});
  EXPECT_EQ(again.fault.code, 0);
  Bytes bytes = bytes_of(telegram.call(stranger, ask));
  crypto::AesKey key{};
  ByteArray<16> iv{};
  std::ranges::copy(*from_base64(std::string_view(redirect.object().at("encryption_key").as_string())), key.begin());
  std::ranges::copy(*from_base64(std::string_view(redirect.object().at("encryption_iv").as_string())), iv.begin());
  iv[12] = 0;
  iv[13] = 0;
  iv[14] = 0x20;  // 131072 / 16 = 0x2000
  iv[15] = 0;
  crypto::AesCtr(key, iv).apply(bytes);
  EXPECT_EQ(bytes, real_bytes(131072, 131072));
  const auto& hashes = redirect.list("file_hashes");
  EXPECT_EQ(*from_base64(std::string_view(hashes.at(1).at("hash").as_string())), [&] {
    const auto digest = crypto::sha256(bytes);
    return Bytes(digest.begin(), digest.end());
  }());
}

}  // namespace
}  // namespace ledgram::sim
