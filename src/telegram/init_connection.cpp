#include "ledgram/telegram/init_connection.hpp"

#include "ledgram/tl/api.hpp"
#include "ledgram/tl/codec.hpp"

namespace ledgram::telegram {

namespace api = tl::api;

Bytes wrap_in_init_connection(const AppIdentity& app, ByteView method) {
  api::initConnection init;
  init.api_id = app.api_id;
  init.device_model = app.device_model;
  init.system_version = app.system_version;
  init.app_version = app.app_version;
  init.system_lang_code = app.system_lang_code;
  init.lang_code = app.lang_code;
  init.query.bytes.assign(method.begin(), method.end());
  api::invokeWithLayer outer;
  outer.layer = kApiLayer;
  outer.query.bytes = tl::serialize(init);
  return tl::serialize(outer);
}

}  // namespace ledgram::telegram
