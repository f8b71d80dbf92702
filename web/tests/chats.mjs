// Chats of an account: read them, go to a message, follow a channel, and how seldom Telegram is asked for it.

import {
  check,
  checkAccess,
  checkQuiet,
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

/// From a message to the page that shows it, though nothing of the chat is stored. Without signals nothing would be asked for.
const SOON_MS = 4000;

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

await step("chats of an account", async () => {
  await page.getByRole("link", { name: "Chats" }).click();
  const row = (name) => page.locator(".chat-row").filter({ hasText: name });
  await row("Olha").filter({ hasText: "You: Yes, in an hour." }).waitFor();
  await row("Walkers").filter({ hasText: "I will be there" }).waitFor();
  await checkAccess(page, "chats");
  const filter = page.getByRole("searchbox", { name: "Find a chat" });
  await filter.fill("walk");
  await row("Olha").waitFor({ state: "detached" });
  await filter.fill("nobody is called so");
  await heading("No chat fits").waitFor();
  await filter.fill("");

  await row("Olha").click();
  await page.locator(".chat-line-out").getByText("Yes, in an hour.").waitFor();
  await page.getByRole("article").filter({ hasText: "Are you coming?" }).waitFor();
  const sent = Date.now();
  await control("/send", { phone: settings.phone, from: "Olha", text: "Then I put the kettle on" });
  await page.getByRole("article").filter({ hasText: "Then I put the kettle on" }).waitFor();
  const took = Date.now() - sent;
  console.log(`a message of a chat that is not stored was shown after ${took} ms`);
  check(took < SOON_MS, `a message took ${took} ms`);
  await row("Olha").filter({ hasText: "Then I put the kettle on" }).waitFor();
  await checkAccess(page, "a private chat");
  await shoot(page, "chat-private");

  // By the keyboard alone, from the filter into the chat.
  await filter.focus();
  await page.keyboard.type("walkers");
  await row("Olha").waitFor({ state: "detached" });
  for (let stop = 0; stop < 3 && !(await row("Walkers").evaluate((link) => link === document.activeElement)); stop += 1)
    await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("feed", { name: "Walkers" }).getByText("I will be there").waitFor();
  const writers = await page.locator(".post-writer").allTextContents();
  check(writers.join() === "Olha,Taras", `each writer is named once in a row: ${writers}`);
  await checkAccess(page, "a group");
  await shoot(page, "chat-group");

  await page.setViewportSize(PHONE);
  await shoot(page, "phone-chat-en");
  await page.getByRole("link", { name: "Back" }).click();
  await filter.fill("");
  await row("Olha").waitFor();
  await checkAccess(page, "chats on a phone");
  await shoot(page, "phone-chats-en");
  await page.setViewportSize(WIDE);

  await row("Липове сьогодні").click();
  await page.getByRole("article").first().waitFor();
  await page.getByRole("link", { name: "What is collected of it" }).click();
  await page.waitForURL(`**/channels/${town.id}`);
});

await step("to a message of a chat by its number, and to a day", async () => {
  const { letters } = settings;
  const wanted = letters.at(-200);
  const letter = (number) => page.locator(`article[aria-label^="Message ${number},"]`);
  const found = (number) => page.locator(`.bubble-found[aria-label^="Message ${number},"]`);
  const feed = page.getByRole("feed", { name: "Petro" });
  await go("/chats");
  await page.locator(".chat-row").filter({ hasText: "Petro" }).click();
  await letter(letters.at(-1)).waitFor();
  // By the keyboard alone.
  await page.getByRole("button", { name: "Go to a date or a message" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Date", { exact: true }).waitFor();
  await checkAccess(page, "go to a message");
  await shoot(page, "chat-go-to");
  await page.getByLabel("Number of a message").fill("0");
  await page.keyboard.press("Enter");
  await page.getByText("A number from 1 on").waitFor();
  await page.getByLabel("Number of a message").fill(String(wanted));
  await page.keyboard.press("Enter");
  await found(wanted).waitFor();
  check(page.url().endsWith(`?post=${wanted}`), "the address leads there again");
  await page.reload();
  await found(wanted).waitFor();
  await shoot(page, "chat-message");

  // From there one reads on both ways, and along with what comes.
  const readOn = async (key, number) => {
    await feed.focus();
    for (let tries = 0; tries < 50 && (await letter(number).count()) === 0; tries += 1) {
      await page.keyboard.press(key);
      await page.waitForFunction(() => !document.querySelector("[role=feed][aria-busy=true]"));
    }
    await letter(number).waitFor();
  };
  await readOn("Home", letters[0]);
  await readOn("End", letters.at(-1));
  await page.keyboard.press("End");
  await control("/send", { phone: settings.phone, from: "Petro", text: "Written while one reads along" });
  await page.getByRole("article").getByText("Written while one reads along").waitFor();

  // An answer leads to what it answers, however far away.
  await go(new URL(page.url()).pathname);
  await page.getByRole("button", { name: `Go to message ${letters[0]}, which this answers` }).click();
  await found(letters[0]).waitFor();
  await page.getByRole("button", { name: "To the newest messages" }).click();
  await page.getByRole("article").getByText("Written while one reads along").waitFor();
  check(!page.url().includes("?"), "the address of the newest messages");
  await page.goBack();
  await found(letters[0]).waitFor();
  await go(`/chats`);
  await page.locator(".chat-row").filter({ hasText: "Petro" }).click();
  const path = new URL(page.url()).pathname;
  await go(`${path}?post=${letters[0] - 1}`);
  await heading(`There is no message ${letters[0] - 1} here`).waitFor();
  await checkAccess(page, "no such message");
  await shoot(page, "chat-no-message");
  await page.getByRole("button", { name: "To the newest messages" }).click();
  await letter(letters.at(-1)).waitFor();

  const day = new Date(1765000000000 + 100 * 3 * 3600 * 1000);
  await page.getByRole("button", { name: "Go to a date or a message" }).click();
  await page.getByLabel("Date", { exact: true }).fill(day.toISOString().slice(0, 10));
  await page.keyboard.press("Enter");
  const name = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" }).format(day);
  const line = page.locator(".chat-day").filter({ hasText: name });
  await line.waitFor();
  await page.locator(".chat-floating").waitFor({ state: "detached" });
  const [top, place] = [(await feed.boundingBox()).y, await line.boundingBox()];
  check(place.y > top - 5 && place.y < top + 100, `the line of ${name} stands at the top: ${JSON.stringify(place)}`);
  await readOn("End", letters.at(-1));
  await go(`${path}?until=2001-01-01T00:00:00Z`);
  await letter(letters[0]).waitFor();
});

await step("Telegram is asked when something happens in a chat, seldom, and else not at all", async () => {
  await control("/chats", { chat: "quiet_news", title: "Quiet news" });
  await control("/publish", { chat: "quiet_news", text: "The first of the quiet news" });
  await control("/join", { phone: settings.phone, chat: "quiet_news" });
  const reader = await session.context.newPage();
  await reader.clock.install();
  const asked = [];
  reader.on("request", (request) => {
    const { pathname, searchParams } = new URL(request.url());
    // With a cursor it is an older page that one has scrolled to.
    if (/\/(messages|dialogs)$/.test(pathname) && !searchParams.has("cursor")) asked.push({ what: pathname.split("/").at(-1), at: Date.now() });
  });
  const shown = (text) => reader.getByRole("article").filter({ hasText: text }).waitFor();
  const listed = (text) => reader.locator(".chat-row").filter({ hasText: "Quiet news" }).filter({ hasText: text }).waitFor();
  await reader.goto(new URL("/chats", settings.url).href);
  await reader.locator(".chat-row").filter({ hasText: "Quiet news" }).click();
  await shown("The first of the quiet news");
  asked.length = 0;
  await control("/traffic", { chats: ["quiet_news"], rate: 50, total: 300, seed: 3, bytes: 60 });
  await reader.waitForFunction(() => document.querySelectorAll("article").length > 3);
  const isOver = async () => !(await (await fetch(`${settings.control}/traffic`)).json()).running;
  while (!(await isOver()));
  await control("/publish", { chat: "quiet_news", text: "The last of the quiet news" });
  await shown("The last of the quiet news");
  await listed("The last of the quiet news");
  const looks = asked.filter(({ what }) => what === "messages").map(({ at }) => at);
  const gaps = looks.slice(1).map((at, place) => at - looks[place]);
  console.log(`${looks.length} looks at 300 messages, ${Math.min(...gaps)} ms apart at least`);
  check(looks.length >= 3 && gaps.every((gap) => gap > 1800), `looks are ${gaps} ms apart`);

  // An hour in which nothing happens.
  await reader.clock.fastForward("01:00");
  const before = asked.length;
  await reader.clock.fastForward("01:00:00");
  await reader.evaluate(async () => (await fetch("/healthz")).text());
  check(asked.length === before, `asked in silence: ${asked.slice(before).map(({ what }) => what)}`);
  await control("/publish", { chat: "quiet_news", text: "Quiet no more" });
  await shown("Quiet no more");
  await reader.close();
});

await step("chats on a phone, dark, in the longest words", async () => {
  const { chat } = (await api(`/accounts/${town.account}/dialogs?limit=100`)).items.find((one) => one.chat.title === "Petro");
  const letters = `/chats/${town.account}/${chat.ref}`;
  await shootOnPhone(page, {
    chats: ["/chats", ".chat-row"],
    "chat-go-to": [letters, "article", () => page.locator(".chat-head > .icon-button").last().click(), ".go-to"],
    "chat-message": [`${letters}?post=${settings.letters.at(-200)}`, ".bubble-found"],
    "no-message": [`${letters}?post=${settings.letters[0] - 1}`, ".state .button"],
  });
});

await step("a chat that is no channel yet is followed", async () => {
  await control("/chats", { chat: "fresh_news", title: "Fresh news" });
  await control("/publish", { chat: "fresh_news", text: "The first of the fresh news" });
  await control("/join", { phone: settings.phone, chat: "fresh_news" });
  await go("/chats");
  await page.locator(".chat-row").filter({ hasText: "Fresh news" }).click();
  await page.getByRole("button", { name: "Follow this channel" }).click();
  await dialog.getByRole("button", { name: "Follow a channel" }).click();
  await page.waitForURL("**/channels/*");
  await page.getByRole("article").filter({ hasText: "The first of the fresh news" }).waitFor();
});

await checkQuiet(session);
await browser.close();
console.log("all passed");
process.exit(0);
