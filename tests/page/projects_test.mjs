// Projects in Debian's chromium: node --test tests/page/projects_test.mjs

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { person, use } from "./person.mjs";
import { answered, open } from "./servers.mjs";

describe("projects", () => {
  test("indicators with notes are kept over a reload, exported, imported, and told what changed", () =>
    use("pivot.203.0.113.66", async (page) => {
      await page.click("text=Add all to project");
      await page.waitForSelector(".said >> text=Added 4 indicators");
      await page.click("nav >> text=Projects");
      await page.click("text=My project");
      await page.waitForSelector(".proj tr.r >> nth=3");
      await page.fill("[aria-label='Note on harbour.example']", "nine hours");
      await page.press("[aria-label='Note on harbour.example']", "Tab");
      await page.selectOption("[aria-label='Mark of harbour.example']", "ours");
      await page.fill("#add", "owl-verify=7c41e9d2\nj.doe[at]inbox[.]example");
      await page.click("button:text-is('Add')");
      await page.waitForSelector(".proj tr.r >> nth=5");
      await page.fill("#notes", "Who was it?\nSee the letter.");
      await page.press("#notes", "Tab");
      await page.emulateMedia({ media: "print" });
      await page.waitForFunction(() => /Who was it\?\s+See the letter\./.test(document.querySelector("main").innerText));
      await page.emulateMedia({ media: "screen" });
      await page.reload();
      await page.waitForSelector(".proj tr.r >> nth=5");
      assert.equal(await page.inputValue("[aria-label='Note on harbour.example']"), "nine hours");
      assert.equal(await page.inputValue("[aria-label='Mark of harbour.example']"), "ours");
      await page.waitForFunction(() => /27/.test(document.querySelector(".proj").innerText));
      const files = {};
      for (const kind of ["JSON", "CSV", "MISP event"]) {
        const [download] = await Promise.all([page.waitForEvent("download"), page.click(`button:text-is('${kind}')`)]);
        files[kind] = readFileSync(await download.path(), "utf8");
      }
      assert.equal(JSON.parse(files["MISP event"]).Event.Attribute.length, 6);
      assert.match(files.CSV, /"harbour\.example","ours","nine hours"/);
      // As if one had last looked in August 2024.
      const earlier = JSON.parse(files.JSON);
      assert.equal(earlier.indicators.length, 6);
      await page.click("text=Mark as looked at");
      await page.waitForFunction(() => /nothing has/.test(document.querySelector(".read").innerText));
      await page.evaluate(() => new Promise((resolve, reject) => {
        const request = indexedDB.open("dnshist");
        request.onerror = reject;
        request.onsuccess = () => {
          const store = request.result.transaction("projects", "readwrite").objectStore("projects");
          store.getAll().onsuccess = ({ target }) => {
            const [project] = target.result;
            project.looked.store = Date.UTC(2024, 7, 15) / 1000;
            store.put(project, project.id).onsuccess = resolve;
          };
        };
      }));
      await page.reload();
      await page.waitForSelector(".since >> text=payroll-update.test.");
      assert.match(await page.innerText(".proj"), /\+2/);
      await page.click("text=Delete this project");
      await page.click("text=Delete it");
      await page.waitForSelector("text=A new project");
      const path = join(person.server.store, "../event.json");
      writeFileSync(path, files["MISP event"]);
      await page.setInputFiles("input[type=file]", path);
      await page.waitForSelector(".proj tr.r >> nth=5");
      assert.equal(await page.inputValue("[aria-label='Note on harbour.example']"), "nine hours");
    }));
});

describe("two tabs", () => {
  test("do not take each other's indicators away", async () => {
    const one = await open(person.browser, person.server, "history.harbour.example");
    await answered(one);
    await one.keyboard.press("a");
    await one.waitForSelector(".said >> text=Added harbour.example");
    const two = await one.context().newPage();
    await two.goto(`${person.server.url}/#/history.www.harbour.example`);
    await answered(two);
    for (const page of [one, two]) await page.click("nav >> text=Projects");
    for (const page of [one, two]) await page.click("text=My project");
    await one.fill("#add", "203.0.113.66");
    await one.click("button:text-is('Add')");
    await two.waitForSelector(".proj tr.r >> nth=1");
    // Both change it before either has heard of the other.
    await Promise.all([one, two].map(async (page, at) => {
      await page.fill("#add", `h${at}.example\n  `);
      await page.click("button:text-is('Add')");
    }));
    for (const page of [one, two]) {
      await page.waitForSelector(".proj tr.r >> nth=3");
      assert.match(await page.innerText(".proj"), /h0\.example[\s\S]*h1\.example|h1\.example[\s\S]*h0\.example/);
    }
    await one.fill("#add", "h0.example");
    await one.click("button:text-is('Add')");
    await one.waitForSelector(".said >> text=Already in My project");
    await one.fill("#add", "()");
    await one.click("button:text-is('Add')");
    await one.waitForSelector(".said >> text=There is no indicator in this");
    assert.deepEqual(one.faults, []);
    await one.context().close();
  });
});
