#include "ledgram/webhooks/http_client.hpp"

#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <functional>
#include <list>
#include <mutex>
#include <new>
#include <thread>
#include <unordered_map>
#include <utility>

namespace ledgram::webhooks {
namespace {

using Completion = std::function<void(boost::system::error_code, HttpAnswer)>;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
using ListHandle = std::unique_ptr<curl_slist, FreeList>;
using EasyHandle = std::unique_ptr<CURL, FreeEasy>;

/// libcurl is made ready once for the process and never taken down: other threads may still use OpenSSL then.
void ready_curl() {
  static const CURLcode kResult = curl_global_init(CURL_GLOBAL_ALL);
  if (kResult != CURLE_OK)
    throw std::bad_alloc();
}

ListHandle list_of(const std::vector<std::string>& lines) {
  ListHandle list;
  for (const std::string& line : lines) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr)
      throw std::bad_alloc();
    static_cast<void>(list.release());
    list.reset(longer);
  }
  return list;
}

std::optional<asio::ip::address> address_of(const curl_sockaddr& given) {
  // The member is declared as a plain sockaddr; libcurl gives it as much room as the family needs.
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(&given) + offsetof(curl_sockaddr, addr);
  if (given.family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, bytes, sizeof(v4));
    return asio::ip::address_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (given.family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, bytes, sizeof(v6));
    asio::ip::address_v6::bytes_type address{};
    std::memcpy(address.data(), &v6.sin6_addr, address.size());
    return asio::ip::address_v6(address);
  }
  return std::nullopt;
}

long milliseconds(nanoseconds time) {
  return static_cast<long>(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

/// One request. Between submission and completion it belongs to the thread, but for `cancelled`.
struct Call {
  HttpPost request;
  Completion complete;     ///< called once
  bool cancelled = false;  ///< guarded by the engine's mutex

  const HttpOptions* options = nullptr;
  EasyHandle easy;
  ListHandle headers;
  ListHandle resolve;
  std::array<char, CURL_ERROR_SIZE> error{};
  std::optional<asio::ip::address> refused;
  bool connected = false;  ///< a socket was opened for it
  std::size_t head_size = 0;
  std::size_t body_size = 0;

  void prepare();
  HttpAnswer answer(CURLcode result);

  static curl_socket_t on_socket(void* call, curlsocktype purpose, curl_sockaddr* address);
  static std::size_t on_head(const char* data, std::size_t size, std::size_t count, void* call);
  static std::size_t on_body(const char* data, std::size_t size, std::size_t count, void* call);
};

/// The one place where an address becomes a connection: what was looked up earlier, or by somebody else, plays no part.
curl_socket_t Call::on_socket(void* call, curlsocktype purpose, curl_sockaddr* address) {
  auto& self = *static_cast<Call*>(call);
  const auto asked = address_of(*address);
  if (purpose != CURLSOCKTYPE_IPCXN || !asked)
    return CURL_SOCKET_BAD;
  if (!self.options->guard.permits(*asked)) {
    self.refused = asked;
    return CURL_SOCKET_BAD;
  }
  const int socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  self.connected = self.connected || socket >= 0;
  return socket;
}

std::size_t Call::on_head(const char* /*data*/, std::size_t size, std::size_t count, void* call) {
  auto& self = *static_cast<Call*>(call);
  self.head_size += size * count;
  return self.head_size > self.options->limits.answer_size ? 0 : size * count;
}

std::size_t Call::on_body(const char* /*data*/, std::size_t size, std::size_t count, void* call) {
  auto& self = *static_cast<Call*>(call);
  self.body_size += size * count;
  return self.body_size > self.options->limits.answer_size ? 0 : size * count;
}

void Call::prepare() {
  easy.reset(curl_easy_init());
  if (!easy)
    throw std::bad_alloc();
  // The length is said at once; waiting for a "100 Continue" would cost a second with servers that do not know it.
  request.headers.emplace_back("Expect:");
  headers = list_of(request.headers);
  resolve = list_of(options->resolve);
  CURL* handle = easy.get();
  curl_easy_setopt(handle, CURLOPT_PRIVATE, this);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, error.data());
  curl_easy_setopt(handle, CURLOPT_URL, request.target.url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_PROXY, "");  // not even from the environment
  curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(handle, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  // A resolver that hangs holds up neither this thread nor the end of the process.
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
  // Names are looked up for each connection: receivers move, and connections are kept anyway.
  curl_easy_setopt(handle, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(options->limits.connect_time));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, milliseconds(options->limits.whole_time));
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, &Call::on_socket);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Call::on_head);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Call::on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
  if (resolve)
    curl_easy_setopt(handle, CURLOPT_RESOLVE, resolve.get());
  if (!options->ca_file.empty())
    curl_easy_setopt(handle, CURLOPT_CAINFO, options->ca_file.c_str());
}

HttpAnswer Call::answer(CURLcode result) {
  HttpAnswer answer;
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_TOTAL_TIME_T, &microseconds);
  answer.took = std::chrono::microseconds(microseconds);
  const bool cut = result == CURLE_WRITE_ERROR && body_size > options->limits.answer_size;
  if (result == CURLE_OK || cut) {
    long status = 0;
    curl_off_t wait = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy.get(), CURLINFO_RETRY_AFTER, &wait);
    answer.status = static_cast<std::int32_t>(status);
    if (wait > 0)
      answer.retry_after = std::chrono::seconds(wait);
    return answer;
  }
  if (refused && !connected) {
    answer.refused = true;
    std::string_view host = request.target.host;
    answer.error = refusal(*refused, host.substr(0, host.rfind(':')));
  } else if (head_size > options->limits.answer_size) {
    answer.error = fmt::format("the head of the answer is longer than {} bytes", options->limits.answer_size);
  } else {
    answer.error = error[0] != '\0' ? error.data() : curl_easy_strerror(result);
  }
  return answer;
}

}  // namespace

class HttpClient::Engine {
 public:
  explicit Engine(HttpOptions given) : options(std::move(given)) {
    ready_curl();
    multi_.reset(curl_multi_init());
    if (!multi_)
      throw std::bad_alloc();
    thread_ = std::thread([this] { run(); });
  }

  void submit(const std::shared_ptr<Call>& call) {
    call->options = &options;
    {
      const std::scoped_lock lock(mutex_);
      if (!stopping_) {
        submitted_.push_back(call);
        curl_multi_wakeup(multi_.get());
        return;
      }
    }
    HttpAnswer stopped;
    stopped.error = "the program is stopping";
    call->complete({}, std::move(stopped));
  }

  void cancel(const std::shared_ptr<Call>& call) {
    const std::scoped_lock lock(mutex_);
    call->cancelled = true;
    look_for_cancelled_ = true;
    curl_multi_wakeup(multi_.get());
  }

  void stop() {
    {
      const std::scoped_lock lock(mutex_);
      stopping_ = true;
      curl_multi_wakeup(multi_.get());
    }
    if (thread_.joinable())
      thread_.join();
  }

  const HttpOptions options;

 private:
  /// On the thread, like all that follows.
  void run() {
    ::pthread_setname_np(::pthread_self(), "webhooks");
    while (take_orders()) {
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      collect_finished();
      // Woken by sockets, by libcurl's own timers and by curl_multi_wakeup; the bound is only one of this call's.
      constexpr int kLongestPollMs = 60'000;
      curl_multi_poll(multi_.get(), nullptr, 0, kLongestPollMs, nullptr);
    }
    while (!active_.empty())
      end(active_.begin()->second, asio::error::operation_aborted, {});
  }

  /// False: stop.
  bool take_orders() {
    std::list<std::shared_ptr<Call>> fresh;
    std::vector<std::shared_ptr<Call>> left;
    bool stopping = false;
    {
      const std::scoped_lock lock(mutex_);
      fresh.swap(submitted_);
      stopping = stopping_;
      if (std::exchange(look_for_cancelled_, false)) {
        for (const auto& [easy, call] : active_) {
          if (call->cancelled)
            left.push_back(call);
        }
        // What has not begun is dropped likewise.
        for (auto call = fresh.begin(); call != fresh.end();) {
          if ((*call)->cancelled) {
            left.push_back(*call);
            call = fresh.erase(call);
          } else {
            ++call;
          }
        }
      }
    }
    for (const auto& call : left)
      end(call, asio::error::operation_aborted, {});
    for (const auto& call : fresh) {
      call->prepare();
      active_.emplace(call->easy.get(), call);
      curl_multi_add_handle(multi_.get(), call->easy.get());
    }
    return !stopping;
  }

  void collect_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE)
        continue;
      const CURLcode result = message->data.result;
      const auto found = active_.find(message->easy_handle);
      const std::shared_ptr<Call> call = found->second;
      HttpAnswer answer = call->answer(result);
      end(call, {}, std::move(answer));
    }
  }

  void end(std::shared_ptr<Call> call, boost::system::error_code error, HttpAnswer answer) {
    if (call->easy && active_.erase(call->easy.get()) != 0)
      curl_multi_remove_handle(multi_.get(), call->easy.get());
    call->easy.reset();
    const Completion complete = std::exchange(call->complete, nullptr);
    complete(error, std::move(answer));
  }

  std::unique_ptr<CURLM, FreeMulti> multi_;
  std::unordered_map<CURL*, std::shared_ptr<Call>> active_;  ///< of the thread
  std::mutex mutex_;
  std::list<std::shared_ptr<Call>> submitted_;
  bool look_for_cancelled_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

HttpClient::HttpClient(HttpOptions options) : engine_(std::make_unique<Engine>(std::move(options))) {}

HttpClient::~HttpClient() {
  stop();
}

void HttpClient::stop() {
  engine_->stop();
}

const AddressGuard& HttpClient::guard() const {
  return engine_->options.guard;
}

asio::awaitable<HttpAnswer> HttpClient::post(HttpPost request) {
  const auto call = std::make_shared<Call>();
  call->request = std::move(request);
  const auto submit = [this, call](auto handler) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    // Keeps the caller's io_context running until the handler is called there.
    auto work = asio::make_work_guard(asio::get_associated_executor(handler));
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    call->complete = [work, slot, shared](boost::system::error_code error, HttpAnswer answer) mutable {
      const auto executor = work.get_executor();
      asio::post(executor, [work, slot, shared = std::move(shared), error, answer = std::move(answer)]() mutable {
        if (slot.is_connected())
          slot.clear();
        std::move (*shared)(error, std::move(answer));
      });
    };
    if (slot.is_connected()) {
      slot.assign([engine = engine_.get(), call](asio::cancellation_type) { engine->cancel(call); });
    }
    engine_->submit(call);
  };
  const auto token = asio::use_awaitable;
  co_return co_await asio::async_initiate<const decltype(token), void(boost::system::error_code, HttpAnswer)>(submit,
                                                                                                              token);
}

}  // namespace ledgram::webhooks
