// From the first run to the first post, in a browser: what somebody does who has just installed Ledgram.

import {
  ask,
  check,
  checkAccess,
  checkQuiet,
  checkWidth,
  control,
  FIRST_USER,
  launch,
  openPage,
  PHONE,
  settings,
  shoot,
  step,
  WIDE,
} from "./browser.mjs";

const browser = await launch();
const session = await openPage(browser, { viewport: WIDE });
const { page } = session;
const go = (path) => page.goto(new URL(path, settings.url).href);
const heading = (name) => page.getByRole("heading", { name, exact: true });

await step("first run", async () => {
  await page.goto(settings.setup);
  await heading("Welcome to Ledgram").waitFor();
  check(!page.url().includes("token"), "the token leaves the address");
  await checkAccess(page, "set-up");
  await page.getByLabel("Name").fill(FIRST_USER.name);
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByLabel("Password again").fill("other");
  await page.getByRole("button", { name: "Create the first user" }).click();
  await page.getByText("The password is too short.").waitFor();
  await page.getByLabel("Password", { exact: true }).fill(FIRST_USER.password);
  await page.getByLabel("Password again").fill(FIRST_USER.password);
  await shoot(page, "setup");
  await page.getByRole("button", { name: "Create the first user" }).click();
  await heading("No Telegram accounts yet").waitFor();
  await checkAccess(page, "no accounts");
  await shoot(page, "accounts-empty");
});

await step("a login by QR code with a password after it", async () => {
  await page.getByRole("button", { name: "Add account" }).first().click();
  await page.getByAltText("QR code to be scanned with the Telegram app").waitFor();
  await checkAccess(page, "QR code");
  await shoot(page, "login-qr");
  const login = await page.evaluate(async () => {
    const accounts = await (await fetch("/api/v1/accounts")).json();
    return (await fetch(`/api/v1/accounts/${accounts.items[0].id}/login`)).json();
  });
  await control("/qr/accept", { token: login.qr.link, phone: settings.phone });
  const password = page.getByLabel("Two-step password");
  await password.fill("wrong");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("The two-step password is wrong.").waitFor();
  await password.fill(settings.password);
  await shoot(page, "login-password");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByText("The account is logged in to Telegram.").waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("Connected").waitFor();
  await checkAccess(page, "accounts");
  await shoot(page, "accounts");
});

await step("a channel is followed and read", async () => {
  // News of channels that the account has joined are told at once.
  await control("/join", { phone: settings.phone, chat: settings.channel });
  await page.getByRole("link", { name: "Channels" }).click();
  await heading("No channels yet").waitFor();
  await page.getByRole("button", { name: "Follow a channel" }).last().click();
  await page.getByLabel("Channel", { exact: true }).fill("@nobody_has_this");
  await page.getByRole("dialog").getByRole("button", { name: "Follow a channel" }).click();
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await page.getByLabel("Channel", { exact: true }).fill(`@${settings.channel}`);
  await page.getByRole("dialog").getByRole("button", { name: "Follow a channel" }).click();
  await page.getByText(settings.lastText).first().waitFor();
  await checkAccess(page, "channel");
  await shoot(page, "channel");
});

await step("texts of others stay texts", async () => {
  // High enough for all of them: what is outside of the window does not stand in the page.
  await page.setViewportSize({ width: 1280, height: 3000 });
  for (const payload of settings.payloads) await page.getByText(payload).first().waitFor({ state: "attached" });
  check((await page.locator("article img, article script, article iframe, article svg[onload]").count()) === 0, "markup of others");
  const links = await page.locator("article a").evaluateAll((all) => all.map((link) => link.href));
  check(links.every((link) => /^(https?|mailto|tel):/.test(link)), `links: ${links}`);
  check(links.length > 0, "there are links at all");
  await page.setViewportSize(WIDE);
  await checkQuiet(session);
});

await step("news, edits and deletions arrive by themselves", async () => {
  // One stands at the end, as whoever reads along does.
  await page.getByRole("button", { name: "To the newest posts" }).click();
  await page.getByText(settings.lastText).waitFor();
  const { id } = await control("/publish", { chat: settings.channel, text: "A lighthouse was lit" });
  await page.getByText("A lighthouse was lit").waitFor();
  await control("/edit", { chat: settings.channel, id, text: "Two lighthouses were lit" });
  await page.getByText("Two lighthouses were lit").waitFor();
  await page.getByRole("button", { name: "edited" }).last().click();
  await page.getByRole("dialog").getByText("A lighthouse was lit").waitFor();
  await checkAccess(page, "versions");
  await shoot(page, "versions");
  await page.keyboard.press("Escape");
  await control("/delete", { chat: settings.channel, ids: [id] });
  await page.getByText("deleted at Telegram").waitFor();
  await shoot(page, "deleted");
});

await step("what a channel has and misses", async () => {
  await page.getByRole("button", { name: "About this channel", exact: true }).click();
  await page.getByRole("img", { name: /complete|missing/ }).waitFor();
  await checkAccess(page, "about a channel");
  await shoot(page, "about");
  await page.keyboard.press("Escape");
});

await step("a lost server is told, and what was missed comes", async () => {
  await ask("stop");
  await page.getByText("Connection lost, trying again").waitFor();
  await shoot(page, "lost");
  await control("/publish", { chat: settings.channel, text: "Nobody was listening" });
  await ask("start");
  await page.getByText("Nobody was listening").waitFor();
  await page.getByText("Connection lost, trying again").waitFor({ state: "detached" });
});

await step("search", async () => {
  await page.getByRole("link", { name: "Search", exact: true }).click();
  await page.getByRole("searchbox").fill("listening");
  await page.keyboard.press("Enter");
  await page.locator("mark", { hasText: "listening" }).first().waitFor();
  await checkAccess(page, "search");
  await shoot(page, "search");
  await page.getByRole("button", { name: /Details of post/ }).first().click();
  await page.getByRole("link", { name: "Show in the channel" }).click();
  await page.locator(".bubble-found", { hasText: "Nobody was listening" }).waitFor();
  await go("/search?q=nothinglikethat");
  await heading("Nothing found").waitFor();
});

await step("texts of others stay texts in chats as well", async () => {
  const [text, name] = settings.payloads;
  await control("/send", { phone: settings.phone, from: name, text });
  await page.getByRole("link", { name: "Chats" }).click();
  await page.getByRole("link").filter({ hasText: name }).filter({ hasText: text }).click();
  await page.locator("article").getByText(text).waitFor();
  check((await page.locator("article img, article script, li img").count()) === 0, "markup of others in a chat");
  await checkQuiet(session);
});

await step("an open chat shows what was written while the server was away", async () => {
  await ask("stop");
  await page.getByText("Connection lost, trying again").waitFor();
  await control("/send", { phone: settings.phone, from: settings.payloads[1], text: "Nobody was told" });
  await ask("start");
  await page.locator("article").getByText("Nobody was told").waitFor({ timeout: 30_000 });
  await page.getByText("Connection lost, trying again").waitFor({ state: "detached" });
});

await step("events", async () => {
  await page.getByRole("link", { name: "Events" }).click();
  await page.getByText("Live", { exact: true }).waitFor();
  await control("/publish", { chat: settings.channel, text: "<img src=x onerror=alert(1)> seen live" });
  await page.getByText("seen live").waitFor();
  await checkAccess(page, "events");
  await shoot(page, "events");
});

await step("settings", async () => {
  for (const [tab, name] of [
    ["profile", "Appearance"],
    ["tokens", "API tokens"],
    ["webhooks", "Webhooks"],
    ["feeds", "Feeds"],
    ["users", "Users"],
    ["audit", "Audit"],
    ["system", "Connections to Telegram"],
  ]) {
    await go(`/settings/${tab}`);
    await heading(name).last().waitFor();
    await page.locator(".spinner").first().waitFor({ state: "detached" });
    await checkAccess(page, `settings, ${tab}`);
    await shoot(page, `settings-${tab}`);
  }
  await go("/settings/tokens");
  await page.getByRole("button", { name: "New token" }).click();
  await page.getByLabel("Name").fill("n8n");
  await page.getByRole("dialog").getByRole("button", { name: "New token" }).click();
  await page.getByText(/^lgt_/).first().waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Revoke: n8n" }).waitFor();
});

await step("dark, on a phone, in three languages", async () => {
  await page.evaluate(() => localStorage.setItem("ledgram.theme", "dark"));
  await go(`/channels`);
  await page.locator(".chat-row").first().click();
  await page.getByText("seen live").first().waitFor();
  await checkAccess(page, "channel, dark");
  await shoot(page, "channel-dark");
  await go("/accounts");
  await page.getByText("Connected").waitFor();
  await checkAccess(page, "accounts, dark");
  await shoot(page, "accounts-dark");
  await page.setViewportSize(PHONE);
  for (const [language, channels, accounts] of [
    ["uk", "Канали", "Акаунти"],
    ["ru", "Каналы", "Аккаунты"],
    ["en", "Channels", "Accounts"],
  ]) {
    await page.evaluate((value) => localStorage.setItem("ledgram.language", value), language);
    await go("/accounts");
    await heading(accounts).waitFor();
    await shoot(page, `phone-accounts-${language}`);
    await go("/channels");
    await heading(channels).waitFor();
    await page.locator(".chat-row").first().waitFor();
    await checkWidth(page, `channels, ${language}`);
    await shoot(page, `phone-channels-${language}`);
    await checkAccess(page, `channels on a phone, ${language}`);
    await page.locator(".chat-row").first().click();
    await page.getByText("seen live").first().waitFor();
    await shoot(page, `phone-channel-${language}`);
    await go("/settings/profile");
    await page.locator(".card").first().waitFor();
    await shoot(page, `phone-settings-${language}`);
  }
  await page.evaluate(() => localStorage.setItem("ledgram.theme", "system"));
  await page.setViewportSize(WIDE);
});

await step("sign-out and sign-in by keyboard alone", async () => {
  await go("/channels");
  await page.getByRole("button", { name: "Sign out of Ledgram" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Name").waitFor();
  await checkAccess(page, "sign in");
  await shoot(page, "sign-in");
  await page.getByLabel("Name").focus();
  await page.keyboard.type(FIRST_USER.name);
  await page.keyboard.press("Tab");
  await page.keyboard.type("not the password");
  await page.keyboard.press("Enter");
  await page.getByText("The name, the password or the code is wrong.").waitFor();
  await page.getByLabel("Password").fill(FIRST_USER.password);
  await page.keyboard.press("Enter");
  await heading("Channels").waitFor();
  // The first stop of the Tab key leads past the navigation.
  await page.reload();
  await page.locator(".chat-row").first().waitFor();
  await page.keyboard.press("Tab");
  check((await page.evaluate(() => document.activeElement?.className)) === "skip-link", "the first stop skips the navigation");
  await page.keyboard.press("Enter");
  await page.locator(".chat-row").first().focus();
  await page.keyboard.press("Enter");
  await page.getByText("seen live").first().waitFor();
});

await checkQuiet(session);
await browser.close();
console.log("all passed");
process.exit(0);
