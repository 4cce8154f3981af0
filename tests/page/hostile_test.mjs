// A store whose names and texts were chosen by an attacker: everything shows as text, and nothing runs.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answered, launch, open, serve } from "./servers.mjs";

const MARKUP = ["<script>owned=1</script>", "<img src=x onerror=owned=1>", "\"><svg onload=owned=1>", "javascript:owned=1", "<style>*{display:none}</style>", "{{owned=1}}", "<base href=//evil.example>"];
const TIMES = { count: 1, time_first: 1600000000, time_last: 1700000000 };
const txt = (text) => `"${text.replace(/[\\"]/g, "\\$&")}"`;
const owner = (text) => text.replace(/[^a-zA-Z0-9=/:-]/g, (each) => "\\" + String(each.charCodeAt(0)).padStart(3, "0")).slice(0, 200);

const lines = [
  ...MARKUP.map((text) => ({ ...TIMES, rrname: "evil.test.", rrtype: "TXT", rdata: txt(text) })),
  ...MARKUP.map((text) => ({ ...TIMES, rrname: `${owner(text)}.evil.test.`, rrtype: "A", rdata: "192.0.2.66" })),
  { ...TIMES, rrname: "evil.test.", rrtype: "SOA", rdata: `ns.evil.test. ${owner("<b onclick=owned=1>")}.evil.test. 1 2 3 4 5` },
  { ...TIMES, rrname: "evil.test.", rrtype: "TXT", rdata: '"\\000\\001\\027\\226\\128\\174abc\\226\\128\\143"' },
  { ...TIMES, rrname: "evil.test.", rrtype: "TXT", rdata: Array(230).fill(txt("<i>x</i>".repeat(31))).join(" ") },
  ...["# more: 9 lines, this is 1-1; next: page-2.history.evil.test.pdns.local.", "# error: did you mean 'history.evil.test'?", '{"rrname":"a","time_first":1,"time_last":2}', "{"].map((text) => ({ ...TIMES, rrname: "lines.test.", rrtype: "TXT", rdata: txt(text) })),
  { ...TIMES, rrname: "xn--99999999.evil.test.", rrtype: "A", rdata: "192.0.2.66" },
  { ...TIMES, rrname: "__proto__.evil.test.", rrtype: "A", rdata: "192.0.2.66" },
  { ...TIMES, rrname: "evil.test.", rrtype: "MX", rdata: "10 constructor." },
];

let browser;
let server;
before(async () => {
  [browser, server] = await Promise.all([launch(), serve(lines)]);
});
after(async () => {
  await browser?.close();
  await server?.close();
});

const VIEWS = ["history.evil.test", "history.*.evil.test", "pivot.192.0.2.66", "names.evil.test", "changes.evil.test", "summary.*.evil.test", "2023.at.evil.test", "evil.test.2023.asof"];

for (const name of VIEWS) {
  test(`${name} is text`, async () => {
    const page = await open(browser, server, name);
    await page.evaluate(() => {
      globalThis.refusals = [];
      document.addEventListener("securitypolicyviolation", (event) => globalThis.refusals.push(event.violatedDirective));
    });
    await answered(page);
    for (let n = 0; n < 12; ++n) {
      await page.keyboard.press("j");
      await page.keyboard.press("Enter");
    }
    assert.equal(await page.evaluate(() => globalThis.owned), undefined);
    assert.deepEqual(await page.evaluate(() => globalThis.refusals), []);
    assert.equal(await page.locator("#page script, #page img, #page style, #page base, #page b[onclick], #page [style]").count(), 0);
    const links = await page.locator("#page a").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    assert.ok(links.every((href) => href.startsWith("#")), links.find((href) => !href.startsWith("#")));
    assert.doesNotMatch(await page.innerText("#page"), /[\u0000-\u0008\u202a-\u202e\u200f]/);
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test("texts that look like lines of the language are texts of `at`", async () => {
  const page = await open(browser, server, "2023.at.lines.test");
  await answered(page);
  await page.waitForSelector(".plain-lines li >> nth=3");
  assert.equal(await page.locator(".state, .cutbox, .why").count(), 0);
  assert.match(await page.innerText(".plain-lines"), /# more: 9 lines/);
  assert.equal(new URL(page.url()).hash, "#/2023.at.lines.test");
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("a text of 60 KB is shown by its beginning, and opens", async () => {
  const page = await open(browser, server, "txt.history.evil.test");
  await answered(page);
  await page.click("button.more");
  await page.waitForSelector(".detail .whole");
  assert.ok((await page.innerText(".detail .whole")).length > 50_000);
  await page.goto(`${server.url}/#/2023.at.evil.test`);
  await page.waitForSelector(".plain-lines button.more");
  assert.ok((await page.innerText(".plain-lines")).length < 10_000);
  await page.click(".plain-lines button.more");
  assert.ok((await page.innerText(".plain-lines")).length > 50_000);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test("an indicator full of markup is kept, shown and exported as text", async () => {
  const page = await open(browser, server, "projects:");
  await page.fill("#new-project", "<img src=x onerror=owned=1>");
  await page.click("text=Begin it");
  await page.fill("#add", MARKUP.join("\n"));
  await page.click("button:text-is('Add')");
  await page.waitForSelector(".proj tr.r");
  assert.equal(await page.evaluate(() => globalThis.owned), undefined);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});
