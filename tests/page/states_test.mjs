// What the page says where there are no records: node --test tests/page/states_test.mjs

import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { person, rows, use } from "./person.mjs";
import { answered, open, sample, serve } from "./servers.mjs";

describe("states", () => {
  const STATES = [
    ["history.harbor.example", "Never seen", "NXDOMAIN"],
    ["aaaa.history.mail.nightowl.example", "Seen, but not with AAAA", "NOERROR"],
    ["on-2018-12-01.history.harbour.example", "Seen, but not then", "NOERROR"],
    ["lookalike.nightowl.example", "No name that looks like it", "NOERROR"],
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
      assert.equal(await page.locator(".chip:has-text('MXX')").count(), 0); // it is no type
      await page.click(".state .btn");
      await answered(page);
      assert.equal(await rows(page).count(), 6);
    }));

  test("what was never seen may have been written otherwise", () =>
    use("history.night-owl.example", async (page) => {
      await page.click(".state .btn:has-text('Names that look like it')");
      await answered(page);
      assert.match(await page.innerText(".rec"), /nightowl\.example\.[\s\S]*omission/);
    }));

  test("the network is away, and comes back", () =>
    use("history.harbour.example", async (page) => {
      await page.context().setOffline(true);
      await page.fill("#q", "www.harbour.example");
      await page.press("#q", "Enter");
      await page.waitForSelector(".state >> text=No answer from the server");
      assert.equal((await page.innerText(".took")).trim(), ""); // no answer is not 0 records
      await page.evaluate(() => (location.hash = "#/cname.history.www.harbour.example"));
      await page.waitForSelector(".state >> text=cname.history.www.harbour.example");
      await page.waitForSelector(".chips");
      assert.match(await page.innerText(".chips"), /^All\s+CNAME\s*$/);
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

  // A server of its own, which does not allow all or loses its store.
  async function elsewhere(t, settings, name, feed = sample) {
    const server = await serve(feed, settings);
    const page = await open(person.browser, server, name);
    t.after(async () => {
      await page.context().close();
      await server.close();
    });
    return { server, page };
  }

  test("a view that is not allowed: it says which, and leads to what is", async (t) => {
    const { page } = await elsewhere(t, "[responder.views]\npivot = []\n", "pivot.203.0.113.66");
    await page.waitForSelector(".state >> text=You may not use \u201cpivot\u201d here");
    assert.match(await page.innerText(".state .why"), /^REFUSED, EDE 18/);
    assert.equal(await page.locator(".rec").count(), 0);
    await page.click(".state .btn:has-text('history of 203.0.113.66')");
    await answered(page);
    assert.match(await page.innerText(".rec"), /customer-66\.anyhost\.example\.net\./);
    await page.evaluate(() => (location.hash = "#/history.harbour.example"));
    await answered(page);
    assert.equal(await rows(page).count(), 40);
    assert.deepEqual(page.faults, []);
  });

  const contact = (roles, organisation, mailbox) => ({ roles, vcardArray: ["vcard", [["org", {}, "text", organisation], ["email", {}, "text", mailbox]]] });
  const event = (eventAction, eventDate) => ({ eventAction, eventDate });
  const REGISTRATION = {
    objectClassName: "domain", ldhName: "owl.example",
    events: [event("registration", "2019-06-01T12:00:00Z"), event("last update of RDAP database", "2024-05-01T10:00:00Z")],
    entities: [contact(["registrant"], "Owl Ltd", "j.doe@inbox.example"), { roles: ["registrar"], vcardArray: ["vcard", [["fn", {}, "text", "Nest Inc"]]] }],
  };

  test("registrations: in words for whom they are open, and what is said to others", async (t) => {
    const { page } = await elsewhere(t, '[responder.types]\nwhois = ["127.0.0.0/8"]\n', "whois.history.owl.example", [REGISTRATION]);
    await answered(page);
    assert.equal(await rows(page).count(), 2);
    await page.click("tr.r:has-text('registrant') .opener");
    assert.match(await page.innerText(".detail"), /Role\s+Registrant\s+Mailbox\s+j\.doe@inbox\.example\s+Organisation\s+Owl Ltd/);
    await page.click("tr.r:has-text('registrar ') .opener");
    assert.match(await page.innerText(".detail"), /Name\s+Nest Inc[^]*Created\s+2019-06-01 12:00:00Z/);
    await page.click(".rec a:has-text('inbox.example')");
    await page.waitForFunction(() => location.hash === "#/soa.rp.whois.pivot.j.doe@inbox.example");
    await answered(page);
    assert.equal(await rows(page).count(), 1);
    // Where nothing else is found, the page leads to them.
    await page.evaluate(() => (location.hash = "#/history.owl.example"));
    await page.waitForSelector(".state >> text=Nothing but registrations");
    await page.click(".state .btn:has-text('Show them')");
    await page.waitForFunction(() => location.hash === "#/whois.history.owl.example");
    await answered(page);
    assert.equal(await rows(page).count(), 2);
    assert.deepEqual(page.faults, []);
    const other = await elsewhere(t, "", "whois.history.harbour.example");
    await other.page.waitForSelector(".state >> text=You may not see registrations here");
    await other.page.waitForSelector(".chip:has-text('MX')");
    assert.equal((await other.page.innerText(".chip:has-text('WHOIS')")).trim(), "WHOIS");
    await other.page.click(".state .btn:has-text('Without registrations')");
    await answered(other.page);
    assert.equal(await rows(other.page).count(), 40);
  });

  test("a client that may not ask at all is told so instead of the page", async (t) => {
    const { page } = await elsewhere(t, 'deny = ["127.0.0.0/8"]\n', "history.harbour.example");
    assert.match(await page.innerText("body"), /^this client may not ask here\s*$/);
  });

  test("a store that cannot be read, until it can again", async (t) => {
    const { server, page } = await elsewhere(t, "", "history.harbour.example");
    await answered(page);
    const [data, away] = ["data.mdb", "away"].map((file) => join(server.store, file));
    renameSync(data, away);
    await asks(page, () => page.locator(".state >> text=The server cannot read its store").count());
    assert.match(await page.innerText(".state .why"), /^SERVFAIL, EDE 14 \(the store cannot be read\)/);
    assert.equal(await page.locator(".rec").count(), 0);
    renameSync(away, data);
    await asks(page, () => rows(page).count());
    assert.equal(await rows(page).count(), 40);
    assert.deepEqual(page.faults, []);
  });

  // The server looks at its store once a second: one asks again until it has seen what became of it.
  async function asks(page, seen) {
    for (let tries = 0; tries < 300 && (await seen()) === 0; ++tries) {
      await page.fill("#q", "harbour.example");
      await page.press("#q", "Enter");
      await answered(page);
    }
  }
});
