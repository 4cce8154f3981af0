// A person before the page: a browser, a server with the sample, and one page for all tests of a file that
// need no other. Each test begins at its question.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before } from "node:test";
import { answered, launch, open, sample, serve } from "./servers.mjs";

export const shots = process.env.DNSHIST_PAGE_SHOTS; // a folder to write pictures to

export const person = {}; // browser, server
before(async () => {
  [person.browser, person.server] = await Promise.all([launch(), serve(sample)]);
});
after(async () => {
  await person.browser?.close();
  await person.server?.close();
});

const pages = new Map();
async function pageOf(options) {
  const key = JSON.stringify(options);
  if (!pages.has(key)) pages.set(key, await open(person.browser, person.server, "", options));
  return pages.get(key);
}

// Goes to a question by the start of the page, so that nothing of the question before is taken for its answer.
export async function goTo(page, name) {
  await page.evaluate(() => (location.hash = "#/"));
  await page.waitForSelector(".welcome");
  await page.evaluate((hash) => (location.hash = hash), `#/${name}`);
  if (name.endsWith(":")) await page.waitForSelector(".welcome", { state: "detached" });
  else if (name !== "") await answered(page);
}

export async function use(name, work, options = {}) {
  const page = await pageOf(options);
  await page.emulateMedia({ media: "screen" });
  await goTo(page, name);
  await work(page);
  assert.deepEqual(page.faults.splice(0), []);
  if (shots) await page.screenshot({ path: join(shots, `${name.replace(/[^\w.-]/g, "_") || "start"}-${Date.now()}.png`), fullPage: true });
}

export const rows = (page) => page.locator(".rec tr.r");
