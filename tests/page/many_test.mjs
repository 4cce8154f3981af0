// 100,000 records in one answer: read as a stream, drawn by the rows in sight. And the root zone's history.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { answered, launch, open, rootZone, serveStream } from "./servers.mjs";

const MANY = 100_000;
const START = 1500000000;
const line = (_, n) => ({ count: n + 1, time_first: START + n * 900, time_last: START + n * 900 + (n % 50) * 86400, rrname: `h${n}.many.test.`, rrtype: n % 4 === 0 ? "AAAA" : "A", rdata: n % 4 === 0 ? `2001:db8::${(n % 65000).toString(16)}` : `192.0.${n % 3}.${n % 251}` });

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

test("100,000 records scroll, zoom, filter and sort, and the page holds what is in sight", async (t) => {
  const server = await serveStream(Array.from({ length: MANY }, line));
  t.after(server.close);
  const page = await open(browser, server, "history.*.many.test");
  await page.waitForFunction((many) => /^All/.test(document.querySelector(".end-of")?.innerText ?? "") && document.querySelector(".end-of").innerText.replace(/\D/g, "").startsWith(String(many)), MANY, { timeout: 120_000 });
  assert.match(await page.innerText(".end-of"), /Read as a stream/);
  const groups = page.locator("tr.g");
  assert.equal(await groups.count(), 2); // of over 200, so they begin closed
  // The summary of so much is cut short, so types are counted by the records.
  await page.waitForFunction(() => /^All100000A75000AAAA25000$/.test(document.querySelector(".chips").innerText.replace(/\s/g, "")));
  const [edge, counts] = await page.evaluate(() => [document.querySelector(".rec").getBoundingClientRect().right, [...document.querySelectorAll("tr.g .num")].map((each) => each.getBoundingClientRect().right)]);
  assert.ok(counts.length >= 2 && counts.every((right) => right < edge), `${counts} in ${edge}`);
  await groups.first().getByRole("button").click();
  await page.waitForSelector("tr.r");
  const drawn = () => page.locator("tr.r").count();
  assert.equal(Number(await page.getAttribute(".rec", "aria-rowcount")), 75_000 + 3);
  assert.ok((await drawn()) < 150, String(await drawn()));
  // A person scrolls to the middle, and to the end.
  const frames = await page.evaluate(async () => {
    const times = [];
    const height = document.documentElement.scrollHeight;
    for (let n = 0; n <= 40; ++n) {
      const began = performance.now();
      scrollTo(0, (height * n) / 40);
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      times.push(performance.now() - began);
    }
    return times.sort((a, b) => a - b);
  });
  t.diagnostic(`two frames of a jump through 75,000 rows: median ${frames[20].toFixed(0)} ms, longest ${frames[40].toFixed(0)} ms`);
  await page.waitForFunction(() => [...document.querySelectorAll("tr.r")].some((row) => Number(row.getAttribute("aria-rowindex")) > 70_000));
  assert.ok((await drawn()) < 150);
  await page.evaluate(() => scrollTo(0, 0));
  // The focus stays with its record while rows are filled anew, and goes where the record is out of sight.
  const focused = () => page.evaluate(() => document.activeElement.closest("tr")?.getAttribute("aria-rowindex") ?? "");
  await page.waitForSelector("tr.r[aria-rowindex='10']");
  await page.evaluate(() => document.querySelector("tr.r[aria-rowindex='10'] a").focus());
  await page.evaluate(() => scrollTo(0, 20_000));
  await page.waitForFunction(() => !document.querySelector("tr.r[aria-rowindex='10']"));
  assert.equal(await focused(), "");
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForSelector("tr.r[aria-rowindex='10']");
  const zoom = await page.evaluate(async () => {
    const began = performance.now();
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "+", bubbles: true }));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    return performance.now() - began;
  });
  t.diagnostic(`two frames of a zoom: ${zoom.toFixed(0)} ms`);
  await page.click(".chip:has-text('AAAA')");
  await page.waitForFunction(() => document.querySelector(".rec")?.getAttribute("aria-rowcount") === "25001");
  await page.click("th button:has-text('Count')");
  await page.waitForFunction(() => /99\D?997/.test(document.querySelector("tr.r .c-num").innerText));
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("the root zone's history: every name and every gap", { skip: existsSync(rootZone) ? false : "no shared data" }, async (t) => {
  const server = await serveStream(rootZone);
  t.after(server.close);
  const page = await open(browser, server, "history.*");
  await page.waitForFunction(() => /All \d+/.test(document.querySelector(".end-of")?.innerText.replace(/\s/g, " ").replace(/(\d) (\d)/g, "$1$2") ?? ""), null, { timeout: 120_000 });
  assert.ok((await page.locator("tr.g").count()) >= 4);
  // Many names: each row says whose it is, and no panel takes them for one name on a day.
  await page.locator("tr.g:has-text('NSEC') button").click();
  await page.waitForSelector(".rec.owners tr.r");
  assert.equal(await page.locator("#day").count(), 0);
  await page.goto(`${server.url}/#/history.nl`);
  await answered(page);
  assert.ok((await page.locator("tr.r").count()) >= 3);
  const times = await page.evaluate(() => ({ paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime, took: document.querySelector(".took").innerText }));
  t.diagnostic(`first paint ${Math.round(times.paint)} ms; ${times.took}`);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
