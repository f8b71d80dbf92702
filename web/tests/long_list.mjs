// A channel of which everything is loaded: the page stays small, and scrolling stays smooth.

import { check, checkQuiet, launch, makeFirstUser, openPage, settings, step, WIDE } from "./browser.mjs";

/// What stands in the page, whatever the length of the list: what can be seen, and some before and behind it.
const MOST_ELEMENTS = 3000;
const MOST_POSTS = 80;
const SCROLL_MS = 5000;
/// As a quick finger does.
const PIXELS_PER_MS = 3;
const LOAD_MS = 240_000;

const browser = await launch();
const session = await openPage(browser, { viewport: WIDE });
const { page } = session;

await makeFirstUser(page);
await page.getByRole("link", { name: "Channels" }).click();
await page.locator(".chat-row").first().click();
const list = page.getByRole("feed");
await list.waitFor();

await step(`${settings.posts} posts are loaded`, async () => {
  const loaded = await list.evaluate(
    (feed, { first, patience }) =>
      new Promise((resolve) => {
        const end = performance.now() + patience;
        const look = () => {
          if (feed.querySelector(`article[aria-label^="Post ${first},"]`)) resolve(true);
          else if (performance.now() > end) resolve(false);
          else {
            feed.scrollTop = 0;
            requestAnimationFrame(look);
          }
        };
        look();
      }),
    { first: settings.first, patience: LOAD_MS },
  );
  check(loaded, `post ${settings.first} did not come within ${LOAD_MS} ms`);
});

await step("the page stays small while one scrolls", async () => {
  for (const direction of [1, -1]) {
    const seen = await list.evaluate(
      (feed, { ms, speed }) =>
        new Promise((resolve) => {
          const seen = { frames: 0, longest: 0, elements: 0, posts: 0, began: feed.scrollTop, ended: 0, ms: 0 };
          const start = performance.now();
          let last = start;
          const frame = (now) => {
            seen.frames += 1;
            seen.longest = Math.max(seen.longest, now - last);
            seen.elements = Math.max(seen.elements, document.getElementsByTagName("*").length);
            seen.posts = Math.max(seen.posts, feed.getElementsByTagName("article").length);
            feed.scrollTop += (now - last) * speed;
            last = now;
            if (now - start < ms) requestAnimationFrame(frame);
            else resolve({ ...seen, ended: feed.scrollTop, ms: now - start });
          };
          requestAnimationFrame(frame);
        }),
      { ms: SCROLL_MS, speed: PIXELS_PER_MS * direction },
    );
    const rate = (seen.frames / seen.ms) * 1000;
    const way = direction > 0 ? "down" : "up";
    console.log(
      `${way}: ${rate.toFixed(1)} frames a second, the longest ${seen.longest.toFixed(0)} ms; ` +
        `${seen.elements} elements, ${seen.posts} posts in the page`,
    );
    check(Math.abs(seen.ended - seen.began) > (SCROLL_MS * PIXELS_PER_MS) / 2, `it scrolled ${way}`);
    check(seen.posts > 0 && seen.posts <= MOST_POSTS, `${seen.posts} posts stand in the page`);
    check(seen.elements <= MOST_ELEMENTS, `${seen.elements} elements stand in the page`);
  }
});

await checkQuiet(session);
await browser.close();
console.log("all passed");
process.exit(0);
