// What the browser tests share: Debian's Chromium, the talk with the Python side, axe, and screenshots.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const PATIENCE_MS = 10_000;

/// The first line of standard input says where everything is; the others answer `ask`.
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
async function line() {
  const { value, done } = await lines.next();
  if (done) throw new Error("the test that started this is gone");
  return JSON.parse(value);
}

export const settings = await line();

/// Has the Python side do something with the server; its answer.
export async function ask(what) {
  console.log(`ASK ${what}`);
  return line();
}

export const FIRST_USER = { name: "ann", password: "correct horse battery" };

/// Opens the link that the server printed and makes the first user, who is an admin.
export async function makeFirstUser(page) {
  await page.goto(settings.setup);
  await page.getByLabel("Name").fill(FIRST_USER.name);
  await page.getByLabel("Password", { exact: true }).fill(FIRST_USER.password);
  await page.getByLabel("Password again").fill(FIRST_USER.password);
  await page.getByRole("button", { name: "Create the first user" }).click();
  await page.getByRole("heading", { name: "Accounts", exact: true }).waitFor();
}

export async function control(path, body) {
  const answer = await fetch(`${settings.control}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

export async function launch() {
  return chromium.launch({
    executablePath: settings.chromium,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

const opened = [];

/// A page that notes whatever must not happen: scripts of others, breaches of the policy, errors, foreign hosts.
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Kyiv", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  opened.push(page);
  const faults = [];
  page.on("dialog", (dialog) => {
    faults.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => faults.push(`an error: ${error.stack}`));
  page.on("console", (message) => {
    // The browser itself logs a server that is away, and answers such as 401.
    if (message.type() === "error" && !/Failed to load resource|net::ERR_/.test(message.text()))
      faults.push(`the console: ${message.text()}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== new URL(settings.url).origin) faults.push(`a request to ${url.origin}`);
  });
  await page.addInitScript(() => {
    window.attacks = [];
    document.addEventListener("securitypolicyviolation", (event) => {
      window.attacks.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  return { page, context, faults };
}

export function check(holds, what) {
  if (!holds) throw new Error(what);
}

export async function checkQuiet({ page, faults }) {
  const attacks = await page.evaluate(() => window.attacks);
  check(faults.length === 0 && attacks.length === 0, [...faults, ...attacks].join("\n"));
}

export const WIDE = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 780 };

/// Nothing has to be moved sideways to be seen.
export async function checkWidth(page, name) {
  const surplus = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  check(surplus <= 0, `${name}: the page is ${surplus} pixels wider than the window`);
}

/// Nothing serious or critical.
export async function checkAccess(page, name) {
  // Through the debugger: the page's own policy forbids scripts of others, as it should.
  const client = await page.context().newCDPSession(page);
  await client.send("Runtime.evaluate", { expression: AXE });
  await client.detach();
  const found = await page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ["violations"] });
    return result.violations.map(({ id, impact, nodes }) => ({
      id,
      impact,
      nodes: nodes.slice(0, 5).map((node) => `${node.target.join(" ")} ${node.any.map((one) => one.message).join("; ")}`),
    }));
  });
  const bad = found.filter(({ impact }) => impact === "serious" || impact === "critical");
  check(bad.length === 0, `axe on ${name}: ${JSON.stringify(bad, null, 1)}`);
}

export async function shoot(page, name) {
  if (settings.screenshots) await page.screenshot({ path: `${settings.screenshots}/${name}.png` });
}

/// Pages as a phone shows them, dark, in the languages with the longest words. By name: the path, what is waited for, and perhaps
/// what is opened then and what that shows.
export async function shootOnPhone(page, places) {
  const set = (key, value) => page.evaluate(([name, chosen]) => localStorage.setItem(name, chosen), [`ledgram.${key}`, value]);
  const wait = (selector) => page.locator(selector).first().waitFor();
  await page.setViewportSize(PHONE);
  await set("theme", "dark");
  for (const language of ["uk", "ru"]) {
    await set("language", language);
    for (const [name, [path, first, open, then]] of Object.entries(places)) {
      await page.goto(new URL(path, settings.url).href);
      await wait(first);
      if (open) {
        await open();
        await wait(then);
      }
      await checkWidth(page, `${name}, ${language}`);
      await checkAccess(page, `${name}, ${language}`);
      await shoot(page, `phone-${name}-${language}`);
    }
  }
  await set("theme", "system");
  await set("language", "en");
  await page.setViewportSize(WIDE);
}

export async function step(name, work) {
  const began = Date.now();
  try {
    await work();
  } catch (error) {
    for (const page of opened) await shoot(page, "failure");
    throw error;
  }
  console.log(`ok ${name} (${Date.now() - began} ms)`);
}
