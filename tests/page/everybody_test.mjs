// The page by keyboard, by its colours, on a phone, and as axe-core sees it: node --test tests/page/everybody_test.mjs

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { goTo, person, use } from "./person.mjs";
import { answered, copied, open, settled } from "./servers.mjs";

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

describe("for everybody", () => {
  test("by keyboard alone: rows, details, pivot, history, add, copy", () =>
    use("a.history.harbour.example", async (page) => {
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
      assert.match(await page.innerText(".detail"), /8 h 54 min, one run[\s\S]*ams-resolver-1/);
      await page.keyboard.press("Escape");
      assert.equal(await page.locator(".detail").count(), 0);
      await page.keyboard.press("a");
      await page.waitForSelector(".said >> text=Added 203.0.113.66");
      await page.keyboard.press("c");
      await page.waitForSelector(".said >> text=Copied");
      assert.equal(await copied(page), "a.history.harbour.example.pdns.local");
      await page.keyboard.press("p");
      await page.waitForFunction(() => location.hash === "#/pivot.203.0.113.66");
      await answered(page);
      await page.keyboard.press("/");
      assert.equal(await page.evaluate(() => document.activeElement.id), "q");
      await page.keyboard.press("Escape");
      await page.keyboard.press("?");
      assert.match(await page.innerText(".foot"), /Shift a month/);
    }));

  for (const [width, colours] of [[1280, "light"], [1280, "dark"], [390, "light"]]) {
    test(`axe finds nothing at ${width} pixels, ${colours}`, async () => {
      const page = await open(person.browser, person.server, "", { viewport: { width, height: 900 }, colorScheme: colours, bypassCSP: true });
      await page.addScriptTag({ path: axePath });
      for (const name of ["", "not-soa.history.harbour.example", "pivot.203.0.113.66", "names.*.test", "mxx.history.a.example", "changes.harbour.example", "summary.harbour.example", "by-year.mx.summary.harbour.example", "projects:"]) {
        await goTo(page, name);
        await settled(page); // with all that comes after the answer: days, events, the graph
        const found = await page.evaluate(async () => (await globalThis.axe.run()).violations.map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`));
        assert.deepEqual(found, [], `${name} at ${width}`);
      }
      await page.context().close();
    });
  }

  test("on a phone a record comes early, and nothing is wider than the screen", () =>
    use("history.harbour.example", async (page) => {
      const first = await page.locator("tr.r").first().boundingBox();
      assert.ok(first.y < 844, `${first.y}`);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
    }, { viewport: { width: 390, height: 844 } }));

  test("at 360 pixels fields can be typed in, and nothing is cut", () =>
    use("history.mail.nightowl.example", async (page) => {
      const cut = await page.evaluate(() => [...document.querySelectorAll(".head, .head p, .head h1 *")].filter((each) => each.scrollHeight > each.clientHeight + 2 && getComputedStyle(each).overflowY !== "visible").map((each) => each.className));
      assert.deepEqual(cut, []);
      const wide = async (field) => (await page.locator(field).boundingBox()).width;
      await page.click("text=Edit");
      assert.ok((await wide("#edited")) > 250, "the question");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await page.keyboard.press("a");
      await page.waitForSelector(".said >> text=Added mail.nightowl.example");
      await page.click("nav >> text=Projects");
      await page.click("text=My project");
      assert.ok((await wide("[aria-label='Note on mail.nightowl.example']")) > 250, "a note");
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 360);
    }, { viewport: { width: 360, height: 740 } }));

  test("the colours can be chosen and stay", () =>
    use("history.harbour.example", async (page) => {
      const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const light = await ground();
      await page.click("label:has-text('dark')");
      const dark = await ground();
      assert.notEqual(light, dark);
      await page.reload();
      await answered(page);
      assert.equal(await ground(), dark);
    }));
});
