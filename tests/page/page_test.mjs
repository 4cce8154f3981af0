// The page in Debian's chromium, used as a person would: node --test tests/page/page_test.mjs

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { answered, copied, launch, open, question, sample, serve } from "./servers.mjs";

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const shots = process.env.DNSHIST_PAGE_SHOTS; // a folder to write pictures to

let browser;
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve(sample)]);
});
after(async () => {
  await browser?.close();
  await server?.close();
});

// One page for all that need no other: each test begins at its question.
const pages = new Map();
async function pageOf(options) {
  const key = JSON.stringify(options);
  if (!pages.has(key)) pages.set(key, await open(browser, server, "", options));
  return pages.get(key);
}

async function use(name, work, options = {}) {
  const page = await pageOf(options);
  await page.emulateMedia({ media: "screen" });
  await page.evaluate(() => (location.hash = "#/"));
  await page.waitForSelector(".welcome");
  await page.evaluate((hash) => (location.hash = hash), `#/${name}`);
  if (name !== "") await answered(page);
  await work(page);
  assert.deepEqual(page.faults.splice(0), []);
  if (shots) await page.screenshot({ path: join(shots, `${name.replace(/[^\w.-]/g, "_") || "start"}-${Date.now()}.png`), fullPage: true });
}

const rows = (page) => page.locator(".rec tr.r");
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
      await page.check("text=each run");
      await page.waitForFunction(() => document.querySelectorAll(".rec tr.r").length > 45);
    }));

  test("a page that the user cut says so and goes on", () =>
    use("limit-3.history.harbour.example", async (page) => {
      assert.match(await page.innerText(".cutbox"), /3 lines of 40 lines, and there is more/);
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
      await page.waitForSelector(".chain"); // of the last day, which is asked first
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
      assert.ok((await rows(page).count()) > 40);
    }));
});

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
      const path = join(server.store, "../event.json");
      writeFileSync(path, files["MISP event"]);
      await page.setInputFiles("input[type=file]", path);
      await page.waitForSelector(".proj tr.r >> nth=5");
      assert.equal(await page.inputValue("[aria-label='Note on harbour.example']"), "nine hours");
    }));
});

describe("two tabs", () => {
  test("do not take each other's indicators away", async () => {
    const one = await open(browser, server, "history.harbour.example");
    await answered(one);
    await one.keyboard.press("a");
    await one.waitForSelector(".said >> text=Added harbour.example");
    const two = await one.context().newPage();
    await two.goto(`${server.url}/#/history.www.harbour.example`);
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
      assert.match(paper, /2023-08-12 01:16:40Z/);
      assert.ok(!(await page.isVisible(".mast")) && !(await page.isVisible(".tools")));
      await page.emulateMedia({ media: "screen" });
      await page.click(".chip:has-text('MX')");
      await page.waitForFunction(() => document.querySelectorAll(".rec tr.r").length === 6);
      await page.emulateMedia({ media: "print" });
      assert.match(await page.innerText(".evidence"), /Asked\s+\S+ history\.harbour[\s\S]*Shown\s+mx\.history\.harbour\.example\.pdns\.local: 6 rows, filtered here from history\.harbour/);
      assert.ok((await page.pdf({ ...(shots ? { path: join(shots, "paper.pdf") } : {}) })).length > 10_000);
    }));
});

describe("states", () => {
  const STATES = [
    ["history.harbor.example", "Never seen", "NXDOMAIN"],
    ["aaaa.history.mail.nightowl.example", "Seen, but not with AAAA", "NOERROR"],
    ["on-2018-12-01.history.harbour.example", "Seen, but not then", "NOERROR"],
    ["mxx.history.harbour.example", "No record type or filter \u201cmxx\u201d", "did you mean 'mx'"],
    ["pivot.203.0.113.0/33", "\u201c203.0.113.0/33\u201d is no prefix", "# error"],
    ["history." + "a".repeat(70), "This cannot be asked", "not sent"],
  ];
  for (const [name, title, code] of STATES) {
    test(title, () =>
      use(name, async (page) => {
        await page.waitForSelector(".state");
        assert.ok((await page.innerText(".state h2")).startsWith(title), await page.innerText(".state"));
        assert.ok((await page.innerText(".state .why")).includes(code), await page.innerText(".state .why"));
      }));
  }

  test("what was meant is one click away", () =>
    use("mxx.history.harbour.example", async (page) => {
      assert.equal(await page.innerText(".state mark"), "mxx");
      await page.click(".state .btn");
      await answered(page);
      assert.equal(await rows(page).count(), 6);
    }));

  test("the network is away, and comes back", () =>
    use("history.harbour.example", async (page) => {
      await page.context().setOffline(true);
      await page.fill("#q", "www.harbour.example");
      await page.press("#q", "Enter");
      await page.waitForSelector(".state >> text=No answer from the server");
      await page.context().setOffline(false);
      await page.click("text=Ask again");
      await page.waitForSelector(".rec");
    }));

  test("an answer that was stopped goes on from there", () =>
    use("", async (page) => {
      let held;
      await page.route("**/dns-query", (route) => {
        const body = route.request().postDataBuffer().toString("latin1");
        if (body.includes("page-2") && held === undefined) held = route;
        else void route.continue();
      });
      await page.evaluate(() => (location.hash = "#/after-2001.history.*"));
      await page.waitForFunction(() => /records so far/.test(document.querySelector(".waiting")?.innerText ?? ""));
      await page.click(".waiting >> text=Stop");
      await page.waitForSelector(".cutbox");
      const before = await page.innerText(".end-of");
      await page.click("text=Go on from here");
      await page.waitForFunction((old) => !document.querySelector(".waiting") && document.querySelector(".end-of").innerText !== old, before);
      assert.match(await page.innerText(".end-of"), /All 336 records/);
      await held.abort().catch(() => undefined);
      await page.unroute("**/dns-query");
    }));
});

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
      const page = await open(browser, server, "", { viewport: { width, height: 900 }, colorScheme: colours, bypassCSP: true });
      await page.addScriptTag({ path: axePath });
      for (const name of ["", "history.harbour.example", "pivot.203.0.113.66", "names.*.test", "mxx.history.a.example", "changes.harbour.example", "summary.harbour.example", "projects:"]) {
        await page.evaluate((hash) => (location.hash = hash), `#/${name}`);
        if (name !== "" && !name.startsWith("projects")) await answered(page);
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
