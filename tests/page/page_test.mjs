// The page in Debian's chromium, used as a person would: node --test tests/page/page_test.mjs

import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { rows, shots, use } from "./person.mjs";
import { answered, copied, question, settled } from "./servers.mjs";

const ask = async (page, text) => {
  await page.fill("#q", text);
  await page.press("#q", "Enter");
  await answered(page);
};

describe("search", () => {
  test("whatever is pasted becomes a question, which stands there to copy", () =>
    use("", async (page) => {
      for (const [text, name] of [
        ["hxxps://www[.]harbour[.]example/login", "history.www.harbour.example"],
        ["203.0.113.66:443", "pivot.203.0.113.66"],
        ["203.0.113.64/27", "pivot.203.0.113.64/27"],
        ["j.doe@inbox.example", "pivot.j.doe@inbox.example"],
        ["owl-verify=7c41e9d2", "pivot.owl-verify=7c41e9d2"],
        ["mx.history.harbour.example.pdns.local.", "mx.history.harbour.example"],
      ]) {
        await ask(page, text);
        assert.equal(await question(page), `dig +short TXT ${name}.pdns.local`);
        assert.ok((await rows(page).count()) > 0, text);
      }
      await page.click(".question .btn:has-text('Copy')");
      assert.equal(await copied(page), "mx.history.harbour.example.pdns.local");
      await page.click(".question .btn:has-text('Copy')", { modifiers: ["Shift"] });
      assert.match(await copied(page), /^dig @127\.0\.0\.1 -p \d+ \+short TXT mx\.history\.harbour\.example\.pdns\.local$/);
    }));

  test("the question is edited, and the controls follow it", () =>
    use("history.harbour.example", async (page) => {
      await page.click("text=Edit");
      await page.fill("#edited", "ns.after-2020.history.harbour.example");
      await page.press("#edited", "Enter");
      await answered(page);
      assert.equal(await page.inputValue("#f-after"), "2020");
      assert.equal(await page.getAttribute(".chip:has-text('NS')", "aria-pressed"), "true");
      await page.fill("#f-after", "");
      await page.press("#f-after", "Tab");
      await page.waitForFunction(() => location.hash === "#/ns.history.harbour.example");
    }));

  test("what the server makes of a text is followed, and said", () =>
    use("history.www.harbour.example", async (page) => {
      await page.click("text=Edit");
      await page.fill("#edited", "histroy.harbour.example");
      await page.press("#edited", "Enter");
      await page.click(".state button:has-text('history.harbour.example')");
      await answered(page);
      assert.equal(await rows(page).count(), 40);
    }));
});

describe("the tab", () => {
  test("records with first, last, count and value; nothing is left out", () =>
    use("history.harbour.example", async (page) => {
      assert.equal(await rows(page).count(), 40);
      assert.match(await page.innerText(".rec"), /ns1\.brightdns\.example\.[\s\S]*2016-02-12[\s\S]*2026-06-30[\s\S]*32\s?152/);
      assert.match(await page.innerText(".end-of"), /All 40 records\./);
      assert.match(await page.innerText(".read"), /Nothing was seen from 20 November 2018 to 2 April 2019/);
    }));

  test("chips filter and count, sorting sorts, and the address is the question", () =>
    use("history.harbour.example", async (page) => {
      assert.match(await page.innerText(".chips"), /All\s*40\s*A\s*6\s*AAAA\s*3\s*NS\s*8/);
      await page.click(".chip:has-text('MX')");
      await page.waitForFunction(() => document.querySelectorAll(".rec tr.r").length === 6);
      assert.equal(new URL(page.url()).hash, "#/mx.history.harbour.example");
      await page.click("th button:has-text('Count')");
      await page.waitForFunction(() => location.hash.includes("sort-count"));
      const counts = (await page.locator("tr.r .c-num").allInnerTexts()).map((text) => Number(text.replace(/\D/g, "")));
      assert.deepEqual(counts, [...counts].sort((a, b) => b - a));
      await page.goBack();
      await page.goBack();
      await page.waitForFunction(() => document.querySelectorAll(".rec tr.r").length === 40);
      await page.goForward();
      await page.waitForFunction(() => document.querySelectorAll(".rec tr.r").length === 6);
    }));

  test("filters of the language are controls", () =>
    use("history.harbour.example", async (page) => {
      await page.fill("#f-min", "30000");
      await page.press("#f-min", "Tab");
      await page.waitForFunction(() => document.querySelectorAll(".rec tr.r").length === 2);
      assert.equal(await question(page), "dig +short TXT min-30000.history.harbour.example.pdns.local");
      await page.click("text=Without filters");
      await page.waitForFunction(() => document.querySelectorAll(".rec tr.r").length === 40);
      await page.click(".more-filters summary");
      await page.getByLabel("each run").check();
      await page.waitForFunction(() => document.querySelectorAll(".rec tr.r").length > 45);
      assert.match(await page.innerText(".end-of"), /All 47 runs of 40 records\./);
      assert.match(await page.innerText(".head .read"), /47 runs of 40 records of 9 types/);
    }));

  test("more filters are behind one word, and open where one is in use", () =>
    use("history.harbour.example", async (page) => {
      const open = () => page.locator(".more-filters").evaluate((box) => box.open);
      const becomes = (hash) => page.waitForFunction((text) => decodeURIComponent(location.hash) === text, `#/${hash}`);
      assert.equal(await open(), false);
      await page.focus(".more-filters summary");
      await page.keyboard.press("Enter");
      assert.equal(await open(), true);
      await page.getByLabel("Not of type").fill("soa, txt");
      await page.keyboard.press("Tab");
      await becomes("not-soa.not-txt.history.harbour.example");
      await page.waitForFunction(() => document.querySelectorAll(".rec tr.r").length === 27);
      assert.equal(await page.inputValue("#f-not"), "SOA TXT");
      await page.selectOption("#f-sort", "duration");
      await becomes("sort-duration.not-soa.not-txt.history.harbour.example");
      await page.waitForFunction(() => /ns1\.brightdns/.test(document.querySelector(".rec tr.f-delegation.r")?.innerText ?? ""));
      await page.goto(page.url().replace(/#.*/, "#/sensor-ams-resolver-1.history.harbour.example"));
      await answered(page);
      assert.equal(await open(), true);
      assert.equal(await page.getByLabel("Sensor").inputValue(), "ams-resolver-1");
      assert.ok((await rows(page).count()) > 0);
      await page.click("text=Without filters");
      await becomes("history.harbour.example");
      await page.getByLabel("still there").check();
      await becomes("on-now.history.harbour.example");
      await answered(page);
      assert.ok((await rows(page).count()) < 20);
      await page.click(".more-filters summary");
      await page.getByLabel("only how many").check();
      await page.waitForFunction(() => /^\d+ lines$/.test(document.querySelector(".plain-lines")?.innerText ?? ""));
    }));

  test("expressions and bailiwicks are typed as one knows them", () =>
    use("names.nightowl.example", async (page) => {
      await page.click(".more-filters summary");
      await page.getByLabel("Expression", { exact: true }).fill("^ns[12]\\.");
      await page.keyboard.press("Tab");
      await page.waitForFunction(() => document.querySelectorAll(".rec tr.r").length === 2);
      assert.equal(await question(page), "dig +short TXT re-^ns[12][\\.].names.nightowl.example.pdns.local");
      await page.getByLabel("In answers for").fill("nightowl.example");
      await page.keyboard.press("Tab");
      await page.waitForFunction(() => location.hash.includes("in-nightowl"));
      await answered(page);
      assert.equal(await page.inputValue("#f-in"), "nightowl.example");
      assert.equal(await page.inputValue("#f-re"), "^ns[12]\\.");
    }));

  test("a page that the user cut says so and goes on", () =>
    use("limit-3.history.harbour.example", async (page) => {
      assert.match(await page.innerText(".cutbox"), /3 of 40 lines, and there is more/);
      await page.click("text=Go on from here");
      await page.waitForFunction(() => document.querySelectorAll(".rec tr.r").length > 3);
    }));
});

describe("the timeline", () => {
  test("the brush and the keys zoom; 0 shows all", () =>
    use("history.harbour.example", async (page) => {
      const begin = page.getByRole("slider", { name: "The window\u2019s begin" });
      const whole = Number(await begin.getAttribute("aria-valuenow"));
      await begin.focus();
      for (let n = 0; n < 4; ++n) await page.keyboard.press("ArrowRight");
      assert.ok(Number(await begin.getAttribute("aria-valuenow")) > whole + 3 * 365 * 86400);
      await page.evaluate(() => document.activeElement.blur());
      await page.keyboard.press("0");
      assert.equal(Number(await begin.getAttribute("aria-valuenow")), whole);
      for (let n = 0; n < 16; ++n) await page.keyboard.press("+");
      assert.match(await page.innerText(".axis-cell"), /\d\d:00/, "hours");
      await page.keyboard.press("0");
      const box = await page.locator(".brush svg").boundingBox();
      await page.mouse.move(box.x + 300, box.y + 20);
      await page.mouse.down();
      await page.mouse.move(box.x + 600, box.y + 20, { steps: 4 });
      await page.mouse.up();
      await page.click("text=Only this window");
      await page.waitForFunction(() => /after-\d{4}-\d\d-\d\d/.test(location.hash) && /before-/.test(location.hash));
    }));

  test("the slider shows the name as it was that day, with its alias chain", () =>
    use("history.www.harbour.example", async (page) => {
      await page.fill("#day", "2021-06-01");
      await page.press("#day", "Enter");
      await page.waitForSelector(".chain >> text=edge7.cdn.example.net.");
      const chain = (await page.locator(".chain").first().innerText()).split(/\s+/).filter((word) => word.length > 1);
      assert.deepEqual(chain, ["www.harbour.example.", "www.harbour.example.cdn.example.net.", "edge7.cdn.example.net.", "192.0.2.71", "192.0.2.72"]);
      await page.fill("#day", "2023-08-12");
      await page.press("#day", "Enter");
      await page.waitForSelector(".chain >> text=203.0.113.66");
      await page.locator("input[type=range]").focus();
      await page.keyboard.press("ArrowRight");
      await page.waitForFunction(() => document.querySelector("#day").value === "2023-08-13");
    }));

  test("a day that was asked for shows what the name was, texts or none", () =>
    use("www.harbour.example.2021-06-01.asof", async (page) => {
      await page.waitForSelector(".at-view .chain >> text=192.0.2.72");
      assert.equal(await page.locator(".state").count(), 0);
      assert.equal(await page.inputValue("#q"), "www.harbour.example");
      assert.equal(await page.inputValue("#day"), "2021-06-01");
      await page.click("text=Copy 2021-06-01.asof");
      await page.waitForSelector(".said >> text=Copied the search domain");
      assert.equal(await copied(page), "2021-06-01.asof.pdns.local");
    }));

  test("what is typed stays while more of an answer comes", () =>
    use("", async (page) => {
      const held = [];
      await page.route("**/dns-query", (route) => {
        const name = route.request().postDataBuffer().toString("latin1");
        if (/page-2|\x02at\x03www/.test(name)) held.push(route);
        else void route.continue();
      });
      const release = () => Promise.all(held.splice(0).map((route) => route.continue()));
      await page.evaluate(() => (location.hash = "#/after-2001.history.*"));
      await page.waitForFunction(() => /records so far/.test(document.querySelector(".waiting")?.innerText ?? ""));
      await page.fill("#q", "half a na");
      await release();
      await page.waitForFunction(() => /All 336/.test(document.querySelector(".end-of").innerText));
      assert.equal(await page.inputValue("#q"), "half a na");
      await page.evaluate(() => (location.hash = "#/history.www.harbour.example"));
      await page.waitForSelector("#day");
      await page.fill("#day", "2021-0");
      while (held.length < 2) await page.waitForEvent("request");
      await release();
      await page.waitForSelector(".chain");
      assert.equal(await page.inputValue("#day"), "2021-0");
      await page.press("#day", "Enter");
      await page.waitForFunction(() => document.querySelector("#day").value === "2026-06-30"); // no day, so the one before
      await page.unroute("**/dns-query");
    }));

  test("events are listed by day, and [ and ] go to them", () =>
    use("history.harbour.example", async (page) => {
      assert.match(await page.innerText(".events"), /2023-08-12\s+5 appeared, 5 went: .*NS/);
      await page.keyboard.press("[");
      await page.waitForFunction(() => document.querySelector("#day").value === "2023-08-12");
      await page.waitForSelector(".at .new");
      assert.ok((await page.locator("tr.r.on").count()) >= 4);
      await page.keyboard.press("[");
      await page.waitForFunction(() => document.querySelector("#day").value === "2023-02-01");
    }));

  test("lanes are painted: bars, pins and gaps are different pixels", () =>
    use("a.history.harbour.example", async (page) => {
      const inked = await page.evaluate(() => [...document.querySelectorAll("tr.r canvas")].map((canvas) => {
        const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        let ink = 0;
        for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 200 && data[at + 2] > data[at] + 60) ink += 1;
        return ink;
      }));
      assert.equal(inked.length, 6);
      assert.ok(inked.every((ink) => ink > 10), String(inked));
      assert.ok(Math.max(...inked) > 10 * Math.min(...inked), String(inked));
    }));
});

describe("rows", () => {
  test("the keyboard moves no column, and what is outside the window says at which side", () =>
    use("a.history.harbour.example", async (page) => {
      const edges = () => page.evaluate(() => [...document.querySelectorAll(".rec thead th")].map((cell) => Math.round(cell.getBoundingClientRect().right)));
      const before = await edges();
      await page.keyboard.press("j");
      await page.keyboard.press("j");
      await settled(page);
      assert.match(await page.evaluate(() => document.activeElement.className), /^r /);
      assert.deepEqual(await edges(), before);
      for (let n = 0; n < 7; ++n) await page.keyboard.press("+");
      await page.waitForSelector(".legend >> text=before or after this window");
      const left = await page.evaluate(() => [...document.querySelectorAll("tr.r")].map((row) => {
        const canvas = row.querySelector("canvas");
        const [, , , alpha] = canvas.getContext("2d").getImageData(4, canvas.height / 2, 1, 1).data;
        return alpha > 0;
      }));
      assert.deepEqual(left, Array(6).fill(true)); // a bar or an arrow
    }));

  test("a lane is as high as its row, however its value wraps", () =>
    use("history.harbour.example", async (page) => {
      for (const width of [1280, 1340, 1460]) {
        await page.setViewportSize({ width, height: 900 });
        await settled(page);
        const short = await page.evaluate(() => [...document.querySelectorAll("tr.r")].filter((row) => row.getBoundingClientRect().height - row.querySelector("canvas").getBoundingClientRect().height > 8).map((row) => row.innerText.slice(0, 60)));
        assert.deepEqual(short, [], `at ${width}`);
      }
      await page.setViewportSize({ width: 1280, height: 900 });
    }));
});

describe("pivots", () => {
  test("a value leads to who had it, a path back, and a graph that grows", () =>
    use("history.harbour.example", async (page) => {
      await page.click(".rec a:has-text('203.0.113.66')");
      await answered(page);
      assert.equal(await rows(page).count(), 4);
      assert.match(await page.innerText(".path"), /harbour\.example\s+A\s+203\.0\.113\.66/);
      await page.waitForSelector(".graph .here");
      await page.click(".rec a:has-text('mail.nightowl.example')");
      await answered(page);
      assert.equal(await page.locator(".path li").count(), 3);
      const boxes = page.locator(".graph .box");
      await page.waitForFunction(() => document.querySelectorAll(".graph .box").length > 4);
      assert.ok((await boxes.count()) <= 40);
      await page.click(".path a:has-text('harbour.example')");
      await answered(page);
      assert.equal(await rows(page).count(), 40);
      await page.goBack();
      await answered(page);
      assert.equal(await page.locator(".path li").count(), 3);
    }));

  test("what two things share is found: the token that the attacker forgot", () =>
    use("pivot.ns1.nightowl.example", async (page) => {
      await page.locator(".graph .shared text", { hasText: "owl-verify=7c41e9d2" }).waitFor();
      await page.click(".cards a:has-text('owl-verify=7c41e9d2')");
      await answered(page);
      assert.equal(await rows(page).count(), 27);
      assert.ok((await page.locator(".graph .box").count()) <= 40);
    }));

  test("beside an address: its reverse name and the prefix around it", () =>
    use("pivot.203.0.113.66", async (page) => {
      await page.waitForSelector(".side >> text=customer-66.anyhost.example.net.");
      await page.click(".side a:has-text('203.0.113.0/24')");
      await answered(page);
      await page.waitForSelector(".graph .here >> text=A, prefix");
      assert.ok((await rows(page).count()) > 40);
    }));
});

describe("reports", () => {
  test("copied as a table, as lines, as a command, as COF", () =>
    use("mx.history.harbour.example", async (page) => {
      const takes = async (button) => {
        await page.click(`button:text-is('${button}')`);
        await page.waitForSelector(".said:not(:empty)");
        return copied(page);
      };
      assert.match(await takes("Copy as a table"), /^first\tlast\tcount\tname\ttype\tvalue\n2022-08-31 03:46:33Z\t/);
      assert.match(await takes("Copy lines"), /^2022-08-31T03:46:33Z 2026-06-30T08:34:55Z 17044 harbour\.example\. MX 0 harbour-example\.mail\.bigpost\.example\.\n/);
      assert.match(await takes("Copy as dig"), /^dig @127\.0\.0\.1 -p \d+ \+short TXT mx\.history/);
      assert.equal((await takes("Copy as COF")).trim().split("\n").map(JSON.parse).length, 6);
    }));

  test("on paper: the question, when it was asked, of which store, and whether anything is missing", () =>
    use("history.harbour.example", async (page) => {
      await page.waitForSelector(".store");
      await page.emulateMedia({ media: "print" });
      const paper = await page.innerText("body");
      assert.match(paper, /Asked\s+\d{4}-\d\d-\d\dT[\d:]+Z: history\.harbour\.example\.pdns\.local, answered NOERROR/);
      assert.match(paper, /Store\s+336 records of 125 names/);
      assert.match(paper, /complete: 40; nothing was left out/);
      assert.match(paper, /Printed\s+all 40 records/);
      assert.match(paper, /2023-08-12\s+01:16:40Z/);
      // A browser lays paper out without asking the page how wide a lane is, so lanes are as wide as on A4.
      await settled(page);
      assert.equal(await page.getAttribute(".rec .axis", "width"), "206");
      assert.ok(!(await page.isVisible(".mast")) && !(await page.isVisible(".tools")));
      await page.emulateMedia({ media: "screen" });
      await page.click(".chip:has-text('MX')");
      await page.waitForFunction(() => document.querySelectorAll(".rec tr.r").length === 6);
      await page.emulateMedia({ media: "print" });
      assert.match(await page.innerText(".evidence"), /Asked\s+\S+ history\.harbour[\s\S]*Shown\s+mx\.history\.harbour\.example\.pdns\.local: 6 rows, filtered here from history\.harbour/);
      assert.ok((await page.pdf({ ...(shots ? { path: join(shots, "paper.pdf") } : {}) })).length > 10_000);
    }));
});

describe("what else a name leads to", () => {
  test("names that look like it, and what shared its addresses", () =>
    use("history.night-owl.example", async (page) => {
      await page.fill("#q", "nightowl.example");
      await page.press("#q", "Enter");
      await answered(page);
      await page.click(".further >> text=what shared its addresses");
      await answered(page);
      assert.equal(await question(page), "dig +short TXT cohost.nightowl.example.pdns.local");
      await page.selectOption("#view", "lookalike");
      await page.fill("#q", "night-owl.example");
      await page.press("#q", "Enter");
      await answered(page);
      assert.match(await page.innerText(".rec"), /nightowl\.example\.[\s\S]*omission/);
    }));

  test("records that stood at the same addresses", () =>
    use("cohost.harbour.example", async (page) => {
      assert.match(await page.innerText(".rec"), /ferry-times\.example\./);
      assert.match(await page.innerText("h1"), /what was in the same place/);
      await page.click("th button:has-text('Together')");
      await page.waitForFunction(() => location.hash.includes("sort-duration"));
      await page.waitForFunction(() => /ferry-times\.example[^]*3\.9 years/.test(document.querySelector("tr.r").innerText));
      await page.click("tr.r .opener");
      assert.match(await page.innerText(".detail"), /Together\s+3\.9 years \(124\s271\s378 s\)/);
      await page.click("button:text-is('Copy lines')");
      await page.waitForSelector(".said >> text=Copied");
      assert.match(await copied(page), /^2012-03-06T09:16:31Z 2016-02-12T17:06:09Z 124271378 ferry-times\.example\. A 192\.0\.2\.10\n/);
    }));

  test("whether it was seen, and sums of years", () =>
    use("seen.harbour.example", async (page) => {
      assert.match(await page.innerText(".plain-lines"), /Seen [\d ]+ times, first 2012-03-/);
      await ask(page, "mx.summary.harbour.example");
      await page.click(".tools button:has-text('Years')");
      await page.waitForFunction(() => location.hash === "#/mx.by-year.summary.harbour.example");
      await answered(page);
      assert.match(await page.innerText(".sums"), /2018\s+MX\s+3/);
      assert.equal(await page.getAttribute(".tools button:has-text('Years')", "aria-pressed"), "true");
    }));

  test("a pattern is a control, and a dot in it is typed as a dot", () =>
    use("names.nightowl.example", async (page) => {
      await page.fill("#f-like", "ns?.*");
      await page.press("#f-like", "Tab");
      await page.waitForFunction(() => decodeURIComponent(location.hash).includes("like-ns?"));
      await answered(page);
      assert.equal(await rows(page).count(), 2);
      assert.equal(await page.inputValue("#f-like"), "ns?.*");
    }));
});
