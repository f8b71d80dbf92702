#include "ledgram/api/route.hpp"

#include "ledgram/api/answers.hpp"
#include "ledgram/api/openapi.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace ledgram::api {
namespace {

Route route_of(http::Method method, std::string path, std::string id) {
  Route route;
  route.method = method;
  route.path = std::move(path);
  route.id = std::move(id);
  route.tag = "test";
  route.summary = "For the test";
  route.answers = {{200, "Done.", Schema::object({{"a", Schema::integer()}}), {{"a", 1}}}};
  route.handle = [](Call&) -> asio::awaitable<http::Reply> { co_return empty_response(); };
  return route;
}

RouteTable example_table() {
  RouteTable table;
  Route one = route_of(http::Method::Get, "/channels/{channel}", "get_channel");
  one.parameters = {path_parameter("channel", Schema::id(), "A channel.")};
  table.add(std::move(one));
  Route removal = route_of(http::Method::Delete, "/channels/{channel}", "remove_channel");
  removal.parameters = {path_parameter("channel", Schema::id(), "A channel.")};
  table.add(std::move(removal));
  table.add(route_of(http::Method::Get, "/channels/all", "get_all"));
  return table;
}

std::string found_in(const RouteTable& table, http::Method method, const std::vector<std::string>& segments) {
  const RouteTable::Match match = table.find(method, segments);
  return match.route != nullptr ? match.route->id : match.allowed.empty() ? "no path" : "no method";
}

TEST(RouteTable, FindsByMethodAndPath) {
  const RouteTable table = example_table();
  EXPECT_EQ(found_in(table, http::Method::Get, {"channels", "12"}), "get_channel");
  EXPECT_EQ(found_in(table, http::Method::Head, {"channels", "12"}), "get_channel");
  EXPECT_EQ(found_in(table, http::Method::Delete, {"channels", "12"}), "remove_channel");
  EXPECT_EQ(found_in(table, http::Method::Get, {"channels", "all"}), "get_all");
  EXPECT_EQ(found_in(table, http::Method::Post, {"channels", "12"}), "no method");
  EXPECT_EQ(found_in(table, http::Method::Other, {"channels", "12"}), "no method");
  EXPECT_EQ(found_in(table, http::Method::Get, {"channels"}), "no path");
  EXPECT_EQ(found_in(table, http::Method::Get, {"channels", ""}), "no path");
  EXPECT_EQ(found_in(table, http::Method::Get, {"channels", "12", "x"}), "no path");
  EXPECT_EQ(found_in(table, http::Method::Get, {}), "no path");
}

TEST(RouteTable, NamesParameters) {
  const RouteTable table = example_table();
  const std::vector<std::string> segments{"channels", "12"};
  const RouteTable::Match match = table.find(http::Method::Get, segments);
  ASSERT_EQ(match.in_path.size(), 1U);
  EXPECT_EQ(match.in_path.front().first, "channel");
  EXPECT_EQ(match.in_path.front().second, "12");
}

TEST(RouteTable, RefusesWhatIsNotDescribed) {
  RouteTable table = example_table();
  EXPECT_THROW(table.add(route_of(http::Method::Get, "/x/{y}", "unnamed_parameter")), std::logic_error);
  EXPECT_THROW(table.add(route_of(http::Method::Get, "/channels/all", "other_id")), std::logic_error);
  EXPECT_THROW(table.add(route_of(http::Method::Get, "/x", "get_channel")), std::logic_error);
  Route renamed = route_of(http::Method::Post, "/channels/{other}", "renamed");
  renamed.parameters = {path_parameter("other", Schema::id(), "A channel.")};
  EXPECT_THROW(table.add(std::move(renamed)), std::logic_error);
  Route wrong = route_of(http::Method::Get, "/x", "wrong_example");
  wrong.answers.front().example = {{"a", "text"}};
  EXPECT_THROW(table.add(std::move(wrong)), std::logic_error);
}

TEST(OpenApi, DescribesWhatIsServed) {
  RouteTable table = example_table();
  Route make = route_of(http::Method::Post, "/channels", "make_channel");
  make.access = kMayWrite;
  make.body = {Schema::named("NewChannel", Schema::object({{"name", Schema::text()}})), {{"name", "x"}}};
  make.problems = {ProblemCode::AlreadyExists};
  table.add(std::move(make));
  const json::object document = openapi_document(table, "1.2.3");
  EXPECT_EQ(document.at("openapi"), "3.1.0");
  EXPECT_EQ(document.at("info").at("version"), "1.2.3");
  const json::object& paths = document.at("paths").as_object();
  EXPECT_EQ(paths.size(), 3U);
  const json::object& operation = paths.at("/channels").at("post").as_object();
  EXPECT_EQ(operation.at("operationId"), "make_channel");
  EXPECT_EQ(operation.at("requestBody").at("content").at("application/json").at("schema").at("$ref"),
            "#/components/schemas/NewChannel");
  for (const char* status : {"200", "400", "401", "403", "406", "409", "413", "415", "429", "500", "503", "504"})
    EXPECT_TRUE(operation.at("responses").as_object().contains(status)) << status;
  EXPECT_FALSE(operation.at("responses").as_object().contains("404"));
  EXPECT_TRUE(paths.at("/channels/{channel}").at("get").at("responses").as_object().contains("404"));
  EXPECT_EQ(operation.at("responses").at("409").at("$ref"), "#/components/responses/already_exists");
  EXPECT_TRUE(document.at("components").at("responses").as_object().contains("already_exists"));
  const json::object& components = document.at("components").at("schemas").as_object();
  EXPECT_TRUE(components.contains("NewChannel"));
  EXPECT_TRUE(components.contains("Problem"));
  const json::object& parameter = paths.at("/channels/{channel}").at("get").at("parameters").at(0).as_object();
  EXPECT_EQ(parameter.at("in"), "path");
  EXPECT_EQ(parameter.at("required"), true);
}

TEST(OpenApi, OneStatusCanHaveSeveralForms) {
  RouteTable table;
  Route route = route_of(http::Method::Get, "/x", "get_x");
  route.answers.push_back({200, "The same as text.", Schema::text(), {}, "text/plain"});
  route.answers.push_back({503, "Not yet."});
  table.add(std::move(route));
  const json::object document = openapi_document(table, "1");
  const json::object& responses = document.at("paths").at("/x").at("get").at("responses").as_object();
  EXPECT_EQ(responses.at("200").at("description"), "Done.");
  EXPECT_TRUE(responses.at("200").at("content").as_object().contains("application/json"));
  EXPECT_TRUE(responses.at("200").at("content").as_object().contains("text/plain"));
  EXPECT_TRUE(responses.at("503").at("content").as_object().contains("application/problem+json"));
}

}  // namespace
}  // namespace ledgram::api
