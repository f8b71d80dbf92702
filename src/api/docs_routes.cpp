#include "ledgram/api/docs_routes.hpp"

#include "ledgram/api/answers.hpp"
#include "ledgram/api/reference_files.hpp"

#include <string>
#include <utility>

namespace ledgram::api {
namespace {

/// Nothing from elsewhere and no script in the page itself; swagger-ui sets styles and shows its icons as data.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri "
    "'none'; "
    "form-action 'none'; frame-ancestors 'none'";

constexpr std::string_view kPage = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ledgram API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
)html";

// Changes by cookie carry the token of the session; it is asked for when the first one is made.
constexpr std::string_view kStart = R"js("use strict";
let csrf = null;
async function withToken(request) {
  if (["GET", "HEAD"].includes((request.method || "GET").toUpperCase()) || request.headers.Authorization) return request;
  if (csrf === null) {
    const answer = await fetch("/api/v1/auth/me");
    csrf = answer.ok ? (await answer.json()).csrf_token : null;
  }
  if (csrf) request.headers["X-CSRF-Token"] = csrf;
  return request;
}
window.addEventListener("load", () => {
  SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#reference",
    deepLinking: true,
    docExpansion: "list",
    validatorUrl: null,
    requestInterceptor: withToken,
  });
});
)js";

http::Response file(std::string_view type, std::string_view content, bool packed) {
  http::Response response;
  response.content_type = type;
  response.body = content;
  response.headers.set("Cache-Control", "public, max-age=3600");
  response.headers.set("Content-Security-Policy", std::string(kPolicy));
  if (packed)
    response.headers.set("Content-Encoding", "gzip");
  return response;
}

Route route_of(std::string path, std::string id, std::string summary, std::string type) {
  Route route = new_route(http::Method::Get, std::move(path), std::move(id), "system", std::move(summary), kPublic);
  Answer answer{200, "The file.", Schema::text()};
  answer.content_type = std::move(type);
  route.answers.push_back(std::move(answer));
  return route;
}

}  // namespace

void add_docs_routes(RouteTable& table) {
  const ReferenceFiles files = reference_files();
  if (files.script.empty())
    return;
  Route page = route_of("/docs", "get_reference", "This reference, for people", "text/html");
  page.handle = [](Call&) -> asio::awaitable<http::Reply> { co_return file("text/html; charset=utf-8", kPage, false); };
  table.add(std::move(page));
  Route start = route_of("/docs/start.js", "get_reference_start", "A script of the reference", "text/javascript");
  start.handle = [](Call&) -> asio::awaitable<http::Reply> {
    co_return file("text/javascript; charset=utf-8", kStart, false);
  };
  table.add(std::move(start));
  Route script = route_of("/docs/swagger-ui-bundle.js", "get_reference_script", "swagger-ui, compressed with gzip",
                          "text/javascript");
  script.handle = [files](Call&) -> asio::awaitable<http::Reply> {
    co_return file("text/javascript; charset=utf-8", files.script, true);
  };
  table.add(std::move(script));
  Route style = route_of("/docs/swagger-ui.css", "get_reference_style", "The style of swagger-ui, compressed with gzip",
                         "text/css");
  style.handle = [files](Call&) -> asio::awaitable<http::Reply> {
    co_return file("text/css; charset=utf-8", files.style, true);
  };
  table.add(std::move(style));
}

}  // namespace ledgram::api
