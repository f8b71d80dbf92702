// What one does every day with channels that are collected: go to a post, send webhooks, share the server with others.

import {
  ask,
  check,
  checkAccess,
  checkQuiet,
  checkWidth,
  control,
  launch,
  makeFirstUser,
  openPage,
  PHONE,
  settings,
  shoot,
  shootOnPhone,
  step,
  WIDE,
} from "./browser.mjs";

/// On the loopback, with a processor that does nothing else; ten times what it takes.
const FIRST_PAINT_MS = 2000;
/// What the browser loads until the list of channels stands there, compressed.
const MOST_BYTES = 300_000;

const BOB = { name: "bob", password: "another long password" };

const browser = await launch();
const session = await openPage(browser, { viewport: WIDE });
const { page } = session;
const go = (path) => page.goto(new URL(path, settings.url).href);
const heading = (name) => page.getByRole("heading", { name, exact: true });
const dialog = page.getByRole("dialog");
const api = (path) => page.evaluate(async (address) => (await fetch(address)).json(), `/api/v1${path}`);

await makeFirstUser(page);
const channels = (await api("/channels")).items;
const town = channels.find((channel) => channel.username === "lypove_today");

await step("the first paint and what is loaded for it", async () => {
  await go("/channels");
  await page.locator(".chat-row").first().waitFor();
  const { paint, bytes } = await page.evaluate(() => ({
    paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    bytes: performance
      .getEntriesByType("resource")
      .filter((entry) => /\.(js|css|svg)$/.test(new URL(entry.name).pathname))
      .reduce((sum, entry) => sum + entry.encodedBodySize, 0),
  }));
  console.log(`first paint after ${Math.round(paint)} ms; ${bytes} bytes of scripts and styles`);
  check(paint < FIRST_PAINT_MS, `the first paint took ${paint} ms`);
  check(bytes > 0 && bytes < MOST_BYTES, `${bytes} bytes`);
});

await step("the picture of the README", async () => {
  const shelf = channels.find((channel) => channel.username === "release_shelf");
  await go(`/channels/${shelf.id}?until=2025-09-16T00:00:00Z`);
  await page.locator(".poll").waitFor();
  await page.locator(".chat-floating").waitFor({ state: "detached" });
  await shoot(page, "web-app");
});

await step("how much is written each day", async () => {
  await go(`/channels/${town.id}`);
  await page.getByRole("button", { name: "About this channel", exact: true }).click();
  const chart = page.getByRole("img", { name: /a day at most/ });
  await chart.waitFor();
  const days = (await api(`/channels/${town.id}/activity?days=90&offset=120&until=${town.last_activity}`)).days;
  const sum = days.reduce((all, day) => all + day.messages, 0);
  check(sum >= 50, `the demo's channel has ${sum} messages in its last 90 days`);
  await page.getByRole("radio", { name: "90 days" }).click();
  await page.getByRole("img", { name: new RegExp(`^${sum} messages, `) }).waitFor();
  check((await chart.locator("rect").count()) === 90, "a bar for each day");
  await checkAccess(page, "messages a day");
  await shoot(page, "about-activity");
  await page.keyboard.press("Escape");
});

await step("a pause that Telegram wants is told", async () => {
  await control("/faults", { kind: "flood_wait", seconds: 15, method: "messages.getHistory", times: 1 });
  await page.getByRole("button", { name: "About this channel", exact: true }).click();
  const read = dialog.getByRole("button", { name: "Read what is missing now" });
  await read.press("Enter");
  await dialog.locator("button[aria-disabled=true]").waitFor();
  check(await read.evaluate((button) => button === document.activeElement), "a button that waits keeps the focus");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  const told = page.getByRole("status").filter({ hasText: /^Telegram wants a pause until \d\d:\d\d:\d\d$/ });
  await told.waitFor();
  const { waiting_until: until } = await api(`/channels/${town.id}/collect`);
  const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "Europe/Kyiv" }).format(new Date(until));
  check((await told.textContent()).endsWith(clock), `the pause ends at ${clock}`);
  await checkAccess(page, "a pause");
  await shoot(page, "pause");
  await shootOnPhone(page, { pause: [`/channels/${town.id}`, ".progress-pause"] });
  await page.reload();
  await page.getByRole("article").first().waitFor();
  await told.waitFor({ state: "detached", timeout: 30_000 });
});

await step("to a post by its number, and to a day", async () => {
  const posts = (await api(`/channels/${town.id}/posts?limit=500`)).items;
  const wanted = posts.at(-20);
  await page.getByRole("button", { name: "Go to a date or a post" }).click();
  await checkAccess(page, "go to");
  await shoot(page, "go-to");
  await page.getByLabel("Number of a post").fill("no number");
  await page.keyboard.press("Enter");
  await page.getByText("A number from 1 on").waitFor();
  await page.getByLabel("Number of a post").fill(String(wanted.id));
  await page.keyboard.press("Enter");
  const found = page.locator(".bubble-found");
  await found.waitFor();
  check((await found.getAttribute("aria-label")).startsWith(`Post ${wanted.id},`), "the post that was asked for");
  check(page.url().endsWith(`?post=${wanted.id}`), "the address leads there again");
  await page.reload();
  await found.waitFor();
  // From there one reads on until the newest post, without a jump.
  const newest = page.locator(`article[aria-label^="Post ${posts[0].id},"]`);
  check((await newest.count()) === 0, "the newest post is far away");
  const feed = page.getByRole("feed");
  await feed.focus();
  for (let tries = 0; tries < 50 && (await newest.count()) === 0; tries += 1) {
    await page.keyboard.press("End");
    await page.waitForFunction(() => !document.querySelector("[role=feed][aria-busy=true]"));
  }
  await newest.waitFor();
  await control("/publish", { chat: town.username, text: "Written while one reads along" });
  await page.getByRole("article").getByText("Written while one reads along").waitFor();

  await go(`/channels/${town.id}?post=99999`);
  await heading("There is no post 99999 here").waitFor();
  await checkAccess(page, "no such post");
  await page.getByRole("button", { name: "To the newest posts" }).click();
  await page.getByRole("article").first().waitFor();

  await page.getByRole("button", { name: "Go to a date or a post" }).click();
  await page.getByLabel("Date", { exact: true }).fill(wanted.date.slice(0, 10));
  await page.keyboard.press("Enter");
  await page.locator(`article time[datetime^="${wanted.date.slice(0, 10)}"]`).first().waitFor();
  await page.locator(".chat-floating").waitFor({ state: "detached" });
  const name = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" }).format(new Date(wanted.date));
  const line = await page.locator(".chat-day").filter({ hasText: name }).boundingBox();
  const top = (await feed.boundingBox()).y;
  check(line && line.y >= top - 1 && line.y < top + 100, `the line of ${name} stands at the top: ${JSON.stringify(line)}`);
});

const row = page.getByRole("listitem").filter({ hasText: "n8n" });
const more = async (what) => {
  await row.getByRole("button", { name: "More: n8n" }).click();
  await page.getByRole("menuitem", { name: what }).click();
};

await step("webhooks", async () => {
  await go("/settings/webhooks");
  await heading("No webhooks").waitFor();
  await page.getByRole("button", { name: "New webhook" }).click();
  await page.getByLabel("Address").fill("http://10.0.0.1/hook");
  await checkAccess(page, "new webhook");
  await shoot(page, "webhook-new");
  await dialog.getByRole("button", { name: "New webhook" }).click();
  await dialog.getByRole("alert").waitFor();
  await page.getByLabel("Address").fill(settings.receiver);
  await page.getByLabel("Name").fill("n8n");
  await dialog.getByRole("button", { name: "New webhook" }).click();
  await page.getByText(/^whsec_/).waitFor();
  await checkAccess(page, "the secret of a webhook");
  await page.getByRole("button", { name: "Done" }).click();
  await row.getByText("delivers", { exact: true }).waitFor();

  await row.getByRole("button", { name: "Test: n8n" }).click();
  await row.getByText(/^Accepted with 204 after \d+ ms\.$/).waitFor();
  await control("/publish", { chat: town.username, text: "Sent to the webhook" });
  await row.getByText("1 event delivered").waitFor({ timeout: 30_000 });

  await ask("receiver fails");
  await control("/publish", { chat: town.username, text: "Refused at first" });
  await row.getByText("fails", { exact: true }).waitFor({ timeout: 30_000 });
  await row.getByText(/503/).waitFor();
  await row.getByText(/^First failure:/).waitFor();
  await row.getByRole("button", { name: "Test: n8n" }).click();
  await row.getByText(/^Not accepted: .*503/).waitFor();
  await checkAccess(page, "webhooks");
  await shoot(page, "settings-webhooks-failing");
  await ask("receiver works");
  await row.getByRole("button", { name: "Go on: n8n" }).click();
  await row.getByText("2 events delivered").waitFor({ timeout: 30_000 });
  await row.getByText("delivers", { exact: true }).waitFor();

  await row.getByRole("button", { name: "Pause: n8n" }).click();
  await row.getByText("paused", { exact: true }).waitFor();
  await row.getByRole("button", { name: "Go on: n8n" }).click();
  await row.getByText("delivers", { exact: true }).waitFor();

  await more("Deliver again");
  await page.getByLabel("First event").fill("1");
  await dialog.getByRole("button", { name: "Deliver" }).click();
  await dialog.waitFor({ state: "detached" });
  await row.getByText(/^[3-9]\d* events delivered|· [3-9] events delivered|4 events delivered/).waitFor({ timeout: 30_000 });
  await more("New secret");
  await page.getByRole("alertdialog").getByRole("button", { name: "New secret" }).click();
  await page.getByText(/^whsec_/).waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  await more("Change");
  await page.getByLabel("Edited").check({ force: true });
  await dialog.getByRole("button", { name: "Save" }).click();
  await row.getByText(/New message, Edited/).waitFor();
});

await step("what the server is doing, for admins", async () => {
  await go("/settings/system");
  await heading("At work").waitFor();
  const figure = (name) => page.locator("dt").filter({ hasText: name }).locator("xpath=following-sibling::dd[1]");
  await figure("Open event streams").filter({ hasText: /^[1-9]/ }).waitFor();
  await control("/publish", { chat: town.username, text: "Counted" });
  await figure("New messages a second").filter({ hasText: /^0\.[1-9]/ }).waitFor({ timeout: 20_000 });
  await figure("Log lines held back").filter({ hasText: /^[0-9]/ }).waitFor();
  await heading("Storage").waitFor();
  for (const part of ["Ledger", "Its journal", "Search index", "In all"])
    await figure(part).filter({ hasText: /^[1-9][0-9.]* [kM]B$/ }).waitFor();
  await figure("Files of posts").filter({ hasText: /^0 kB$/ }).waitFor();
  await shoot(page, "settings-system-admin");
  await figure("In all").scrollIntoViewIfNeeded();
  await shoot(page, "settings-system-storage");
});

await step("every page on a phone, dark, in the longest words", async () => {
  const sizes = page.locator("dd").filter({ hasText: /[BБ]$/ });
  await shootOnPhone(page, {
    about: [`/channels/${town.id}`, "article", () => page.locator(".chat-title").click(), ".activity-bars[aria-busy=false]"],
    "go-to": [`/channels/${town.id}`, "article", () => page.locator(".chat-head > .icon-button").last().click(), ".go-to"],
    "no-post": [`/channels/${town.id}?post=99999`, ".state .button"],
    search: ["/search?q=%D1%82%D1%80%D0%B0%D0%BC*", ".hit"],
    events: ["/events", ".status-connected"],
    webhooks: ["/settings/webhooks", ".webhook"],
    "new-webhook": ["/settings/webhooks", ".webhook", () => page.locator(".card-head .button").click(), ".checkbox"],
    tokens: ["/settings/tokens", ".state-icon"],
    users: ["/settings/users", ".row"],
    audit: ["/settings/audit", ".table"],
    system: ["/settings/system", ".row"],
    storage: ["/settings/system", ".row", () => sizes.last().scrollIntoViewIfNeeded(), ".facts"],
  });
});

await step("a webhook is deleted, after a question", async () => {
  await go("/settings/webhooks");
  await more("Delete");
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  await row.waitFor();
  await more("Delete");
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await heading("No webhooks").waitFor();
});

await step("another user sees nothing of it", async () => {
  await go("/settings/users");
  await page.getByRole("button", { name: "New user" }).click();
  await page.getByLabel("Name").fill(BOB.name);
  await page.getByLabel("Password", { exact: true }).fill(BOB.password);
  await dialog.getByRole("button", { name: "New user" }).click();
  await page.getByRole("button", { name: "Edit: bob" }).waitFor();

  const other = await openPage(browser, { viewport: WIDE });
  const bob = other.page;
  const visit = (path) => bob.goto(new URL(path, settings.url).href);
  await visit("/");
  await bob.getByLabel("Name").fill(BOB.name);
  await bob.getByLabel("Password").fill(BOB.password);
  await bob.getByRole("button", { name: "Sign in", exact: true }).click();
  const bobHeading = (name) => bob.getByRole("heading", { name, exact: true });
  await bobHeading("No channels yet").waitFor();
  await visit(`/channels/${town.id}`);
  await bobHeading("No such channel here").waitFor();
  await visit("/accounts");
  await bobHeading("No Telegram accounts yet").waitFor();
  await visit("/chats/1");
  await bobHeading("No account to read chats with").waitFor();
  await checkAccess(bob, "chats without an account");
  await visit("/search?q=Липове");
  await bobHeading("Nothing found").waitFor();
  await visit("/settings/users");
  await bobHeading("Appearance").waitFor();
  check((await bob.getByRole("link", { name: "Users" }).count()) === 0, "no way to the users");
  await visit("/settings/system");
  await bobHeading("What is stored").waitFor();
  check((await bobHeading("At work").count()) === 0, "no figures of the server");

  await visit("/events");
  await bob.getByText("Live", { exact: true }).waitFor();
  await go("/events");
  await page.getByText("Live", { exact: true }).waitFor();
  await control("/publish", { chat: town.username, text: "Only for those who follow" });
  await page.getByText("Only for those who follow").waitFor({ timeout: 30_000 });
  await bobHeading("Nothing has happened yet").waitFor();
  await checkQuiet(other);
  await other.context.close();
});

await checkQuiet(session);
await browser.close();
console.log("all passed");
process.exit(0);
