#include "ledgram/sim_api/layers.hpp"

#include "ledgram/mtproto/gzip.hpp"
#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/layer_texts.hpp"
#include "ledgram/tl/builtin_schema.hpp"
#include "ledgram/tl/json_codec.hpp"
#include "ledgram/tl/reader.hpp"
#include "ledgram/tl/writer.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

// Wrappers that may stand outside invokeWithLayer; their ids are those of the first layers and have never changed
// (core.telegram.org/api/invoking).
constexpr std::uint32_t kInvokeWithLayer = 0xda9b0d0d;
constexpr std::uint32_t kInvokeAfterMsg = 0xcb9f372d;
constexpr std::uint32_t kInvokeAfterMsgs = 0x3dc4b4f0;
constexpr std::uint32_t kInvokeWithoutUpdates = 0xbf9459b7;
constexpr std::uint32_t kInitConnection = 0xc1cd5ea9;
// core.telegram.org/mtproto/service_messages#packed-object; TDLib packs the query inside its wrappers.
constexpr std::uint32_t kGzipPacked = 0x3072cfa1;

/// A client that nests more wrappers than this is not one.
constexpr int kMostWrappers = 16;

bool is_wrapper(std::string_view method) {
  return method.starts_with("invokeWith") || method.starts_with("invokeAfter");
}

[[noreturn]] void refuse_bytes(const tl::TlError& error) {
  if (error.code == tl::TlErrc::UnknownConstructor) {
    refuse((error.offset <= 8 ? "INPUT_METHOD_INVALID_" : "INPUT_CONSTRUCTOR_INVALID_") +
           std::to_string(error.constructor));
  }
  refuse("INPUT_FETCH_ERROR");
}

/// Reads initConnection up to its query. The layout is the same in every layer that is spoken.
void read_init_connection(tl::Reader& reader, Request& request) {
  constexpr std::uint32_t kHasProxy = 1U << 0U;
  constexpr std::uint32_t kHasParams = 1U << 1U;
  reader.u32();
  const std::uint32_t flags = reader.u32();
  const std::int32_t api_id = reader.i32();
  // device_model, system_version, app_version, system_lang_code, lang_pack, lang_code
  for (int i = 0; i < 6; ++i)
    reader.bytes_view();
  for (const std::uint32_t optional : {kHasProxy, kHasParams}) {
    if ((flags & optional) == 0)
      continue;
    if (auto decoded = tl::decode_json(*request.schema, reader); !decoded)
      refuse_bytes(decoded.error());
  }
  if (!reader.ok())
    return;
  if (api_id <= 0)
    refuse("CONNECTION_API_ID_INVALID");
  request.inited = true;
}

/// Reads the wrappers that can stand around a method, and unpacks it; afterwards the reader stands before the method.
/// `unpacked` keeps the bytes that the reader then reads, if the method was packed.
void read_wrappers(const Layers& layers, tl::Reader& reader, ByteView source, Bytes& unpacked, Request& request) {
  for (int i = 0; i < kMostWrappers && reader.ok() && reader.remaining() >= 4; ++i) {
    switch (load_le32(source.subspan(reader.position(), 4))) {
      case kInvokeWithLayer:
        reader.u32();
        request.layer = reader.i32();
        request.schema = layers.find(request.layer);
        if (request.schema == nullptr)
          refuse("CONNECTION_LAYER_INVALID");
        break;
      case kInitConnection:
        if (request.schema == nullptr)
          return;
        read_init_connection(reader, request);
        break;
      case kInvokeWithoutUpdates:
        reader.u32();
        request.updates = false;
        break;
      case kInvokeAfterMsg:
        reader.u32();
        reader.i64();
        break;
      case kInvokeAfterMsgs: {
        reader.u32();
        const auto count = reader.vector_count(8);
        reader.raw(count * 8);
        break;
      }
      case kGzipPacked: {
        reader.u32();
        auto plain = mtproto::gunzip(reader.bytes_view());
        // Packed inside packed is refused by the protocol, so one buffer is enough.
        if (!plain || !unpacked.empty())
          refuse("INPUT_FETCH_ERROR");
        unpacked = std::move(*plain);
        source = unpacked;
        reader = tl::Reader(source);
        break;
      }
      default:
        return;
    }
  }
}

/// The constructor of InputChannel or InputUser with the same fields as one of InputPeer; 0 if there is none.
std::uint32_t without_peer(const tl::Schema& schema, std::uint32_t input_peer) {
  constexpr std::string_view kPrefix = "inputPeer";
  const tl::Combinator* given = schema.find(input_peer);
  if (given == nullptr || !given->name.starts_with(kPrefix))
    return 0;
  const std::string kind = given->name.substr(kPrefix.size());
  const tl::Combinator* same = schema.find(kind == "Self" ? "inputUserSelf" : "input" + kind);
  return same == nullptr ? 0 : same->id;
}

/// Decodes the method, whose bytes are all that is left. Telegram's servers take an InputPeer where an InputChannel or
/// InputUser is expected, and Pyrogram sends nothing else; the fields are the same, so the number is exchanged.
json::object read_method(const tl::Schema& schema, ByteView bytes) {
  // Lists of peers are no longer than this (users.getUsers, channels.getChannels).
  constexpr int kMostExchanges = 100;
  Bytes exchanged;
  for (int i = 0;; ++i) {
    tl::Reader reader(bytes);
    auto decoded = tl::decode_json(schema, reader);
    if (decoded) {
      if (reader.remaining() != 0 || !decoded->is_object())
        refuse("INPUT_FETCH_ERROR");
      return std::move(decoded->get_object());
    }
    const tl::TlError& error = decoded.error();
    const std::uint32_t instead =
        error.code == tl::TlErrc::WrongConstructor ? without_peer(schema, error.constructor) : 0;
    if (instead == 0 || i == kMostExchanges)
      refuse_bytes(error);
    if (exchanged.empty())
      exchanged.assign(bytes.begin(), bytes.end());
    store_le32(MutableByteView(exchanged).subspan(error.offset, 4), instead);
    bytes = exchanged;
  }
}

}  // namespace

Result<Layers, ContentError> Layers::load(std::span<const std::filesystem::path> files) {
  Layers layers;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    if (stream)
      text << stream.rdbuf();
    if (!stream) {
      return std::unexpected(ContentError{ContentErrc::BadFile, "the schema " + file.string() + " cannot be read"});
    }
    auto schema = tl::Schema::parse(text.view());
    if (!schema) {
      return std::unexpected(ContentError{ContentErrc::BadFile, file.string() + ": " + schema.error().message});
    }
    if (schema->layer() <= 0) {
      return std::unexpected(
          ContentError{ContentErrc::BadFile, file.string() + ": the layer is not said; add a line \"// LAYER 220\""});
    }
    const auto layer = schema->layer();
    layers.parsed_[layer] = std::make_unique<tl::Schema>(std::move(*schema));
  }
  return layers;
}

const tl::Schema* Layers::find(std::int32_t layer) const {
  if (layer == builtin_layer())
    return &tl::builtin_api_schema();
  if (const auto it = parsed_.find(layer); it != parsed_.end())
    return it->second.get();
  for (const LayerText& embedded : layer_texts()) {
    if (embedded.layer != layer)
      continue;
    // layers_test reads every embedded text, so a failure here is a broken build; value() then ends the process.
    auto schema = std::make_unique<tl::Schema>(std::move(tl::Schema::parse(embedded.text).value()));
    return parsed_.emplace(layer, std::move(schema)).first->second.get();
  }
  return nullptr;
}

std::int32_t Layers::builtin_layer() const {
  return tl::builtin_api_schema().layer();
}

Request read_request(const Layers& layers, ByteView body, std::int32_t known_layer) {
  Request request;
  tl::Reader reader(body);
  Bytes unpacked;
  read_wrappers(layers, reader, body, unpacked, request);
  if (!reader.ok())
    refuse_bytes(reader.error());
  if (request.schema == nullptr) {
    if (known_layer == 0)
      refuse("CONNECTION_NOT_INITED");
    request.layer = known_layer;
    request.schema = layers.find(known_layer);
    // The layer's schema was there when the key was initialised, but the simulator was started without it since.
    if (request.schema == nullptr)
      refuse("CONNECTION_NOT_INITED");
  }
  request.method = read_method(*request.schema, reader.raw(reader.remaining()));
  for (int i = 0; i < kMostWrappers; ++i) {
    const std::string_view name = name_of(request.method);
    const bool init = name == "initConnection";
    if (!init && !is_wrapper(name))
      break;
    if (init && int_field(request.method, "api_id") <= 0)
      refuse("CONNECTION_API_ID_INVALID");
    if (init)
      request.inited = true;
    if (name == "invokeWithoutUpdates")
      request.updates = false;
    auto* query = request.method.if_contains("query");
    if (query == nullptr || !query->is_object())
      refuse("INPUT_FETCH_ERROR");
    json::object inner = std::move(query->get_object());
    request.method = std::move(inner);
  }
  if (known_layer == 0 && !request.inited)
    refuse("CONNECTION_NOT_INITED");
  return request;
}

Bytes write_value(const tl::Schema& schema, const json::value& value, std::string_view type) {
  const auto wanted = schema.type(type);
  if (!wanted)
    throw std::runtime_error(wanted.error().message);
  tl::Writer writer;
  if (auto done = tl::encode_json(schema, writer, value, *wanted); !done)
    throw std::runtime_error(done.error().message);
  return writer.take();
}

Bytes write_result(const tl::Schema& schema, const json::value& value, std::string_view method) {
  const auto* combinator = schema.find(method);
  if (combinator == nullptr)
    throw std::runtime_error("the layer has no method " + std::string(method));
  tl::Writer writer;
  if (auto done = tl::encode_json(schema, writer, value, combinator->result); !done) {
    throw std::runtime_error(done.error().message);
  }
  return writer.take();
}

}  // namespace ledgram::sim
