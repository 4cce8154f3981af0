// Pasted text, questions, lines, RDATA.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readLine } from "../../../responder/page/src/language/line";
import { questionOf } from "../../../responder/page/src/language/pasted";
import { unicodeOf } from "../../../responder/page/src/language/punycode";
import { filterValue, isOneName, readQuestion, stripCommand, timeOf, typedValue, typesLeftOut, typesOf, withFilter, withTyped, withTypes, withTypesLeftOut, writeQuestion } from "../../../responder/page/src/language/question";
import { historyOf, mailboxOf, partsOf } from "../../../responder/page/src/language/rdata";

const PASTED: [string, string][] = [
  ["harbour.example", "history.harbour.example"],
  ["Harbour[.]Example.", "history.harbour.example"],
  ["  harbour(dot)example ", "history.harbour.example"],
  ["hxxps://www[.]harbour[.]example:8443/login?a=b", "history.www.harbour.example"],
  ["https://user@www.harbour.example/", "history.www.harbour.example"],
  ["www.harbour.example:443", "history.www.harbour.example"],
  ["www.harbour.example/path", "history.www.harbour.example"],
  ["192.0.2[.]1", "pivot.192.0.2.1"],
  ["192.0.2.1:53", "pivot.192.0.2.1"],
  ["http://192.0.2.1/x", "pivot.192.0.2.1"],
  ["203.0.113.64/27", "pivot.203.0.113.64/27"],
  ["[2001:db8::9]:443", "pivot.2001:db8::9"],
  ["2001:db8::/32", "pivot.2001:db8::/32"],
  ["j.doe[at]inbox[.]example", "pivot.j.doe@inbox.example"],
  ["mailto:j.doe@inbox.example?subject=x", "pivot.j.doe@inbox.example"],
  ["<j.doe@inbox.example>,", "pivot.j.doe@inbox.example"],
  ["owl-verify=7c41e9d2", "pivot.owl-verify=7c41e9d2"],
  ["192.0.2.5 - 192.0.2.40", "pivot.192.0.2.5-192.0.2.40"],
  ["192.0.2.5\u2013192.0.2.40", "pivot.192.0.2.5-192.0.2.40"],
  ["0x763d73706631", "pivot.hex-763d73706631"],
  ["*@inbox.example", "pivot.*@inbox.example"],
  ['"v=spf1"', "pivot.v=spf1"],
  ["h\u00e1rbour.test", "history.xn--hrbour-pta.test"],
  ["mx.history.harbour.example.pdns.local.", "mx.history.harbour.example"],
  ["dig @127.0.0.1 -p 5300 +short TXT ns.pivot.ns1.example.pdns.local", "ns.pivot.ns1.example"],
  ["history.history.com", "history.history.com"],
  ["orf.at", "history.orf.at"],
  ["1und1.at", "history.1und1.at"],
  ["2019.at", "history.2019.at"],
  ["2019.at.orf.at", "2019.at.orf.at"],
  ["a.2019.at.orf.at", "history.a.2019.at.orf.at"],
  ["history.com", "history.history.com"],
  ["www.history.com", "history.www.history.com"],
  ["www.history.harbour.example", "history.www.history.harbour.example"],
  ["pivot.shop", "history.pivot.shop"],
  ["names.co.uk", "history.names.co.uk"],
  ["ns.min-3.history.harbour.example", "ns.min-3.history.harbour.example"],
  ["history.*.com", "history.*.com"],
  ["pivot.192.0.2.1", "pivot.192.0.2.1"],
  ["pivot.v=spf1", "pivot.v=spf1"],
  ["orf.at.pdns.local", "orf.at"],
  [".", "history"],
];

for (const [text, name] of PASTED) {
  test(`${text} asks ${name}`, () => assert.equal(writeQuestion(questionOf(text, "pdns.local", "")!), name));
}

test("the view that was chosen wins", () => {
  assert.equal(writeQuestion(questionOf("harbour.example", "pdns.local", "names")!), "names.harbour.example");
  assert.equal(questionOf("  ", "pdns.local", ""), null);
});

test("a token that is too long is asked for by its beginning", () => {
  const question = questionOf("site-verification=" + "x".repeat(80), "pdns.local", "")!;
  assert.equal(question.subject.length, 63);
  assert.ok(question.subject.endsWith("*"));
});

test("the first view ends the filters", () => {
  assert.deepEqual(readQuestion("mx.after-2019.HISTORY.history.com"), { filters: ["mx", "after-2019"], view: "history", subject: "history.com" });
  assert.equal(readQuestion("help"), null);
  assert.deepEqual(readQuestion("ns.history"), { filters: ["ns"], view: "history", subject: "" }); // of the root
  assert.equal(stripCommand("history.a.PDNS.local.", "pdns.local"), "history.a");
});

test("controls change their own filter and no other", () => {
  const question = readQuestion("mx.after-2019.min-3.sort-count.history.a")!;
  assert.deepEqual(typesOf(question), ["MX"]);
  assert.equal(filterValue(question, "after"), "2019");
  assert.equal(filterValue(question, "before"), "");
  assert.equal(writeQuestion(withFilter(question, "after", "")), "mx.min-3.sort-count.history.a");
  assert.equal(writeQuestion(withTypes(question, ["A", "NS"])), "after-2019.min-3.sort-count.a.ns.history.a");
  assert.deepEqual(typesOf(readQuestion("first-after-90d.2019.at.a")!), []);
});

test("a record has its runs; those of sensors and of copies of the zone that overlap are one", () => {
  const line = readLine(JSON.stringify({
    count: 10, zone_count: 2, time_first: 100, time_last: 900, zone_time_first: 50, zone_time_last: 2000,
    runs: [[100, 200], [800, 900]], zone_runs: [[50, 150], [1900, 2000]], rrname: "a.", rrtype: "NS", rdata: "b.",
    sources: [{ bailiwick: "a.", sensor_id: "s" }, {}],
  }));
  assert.equal(line.kind, "record");
  if (line.kind !== "record") return;
  assert.equal(line.count, 12);
  assert.deepEqual(line.run, { first: 50, last: 2000, zone: false });
  assert.deepEqual(line.runs, [{ first: 50, last: 200, zone: false }, { first: 800, last: 900, zone: false }, { first: 1900, last: 2000, zone: true }]);
  assert.deepEqual(line.sources, [{ bailiwick: "a.", sensor: "s" }]);
});

test("remarks are no data", () => {
  assert.deepEqual(readLine("# more: 47 lines, this is 1-2; next: page-2.line-x0.limit-2.history.a.pdns.local."),
    { kind: "more", text: "# more: 47 lines, this is 1-2; next: page-2.line-x0.limit-2.history.a.pdns.local.", next: "page-2.line-x0.limit-2.history.a.pdns.local.", total: 47 });
  const error = readLine("# error: no record type or filter 'mxx'; did you mean 'mx'? (dig TXT help.pdns.local)");
  assert.equal(error.kind === "error" && error.next, "mx");
  assert.equal(readLine("{broken").kind, "unread");
  assert.equal(readLine("01 history.NAME").kind, "plain");
});

test("each name, mailbox, address and token in RDATA leads on by itself", () => {
  const pivots = (type: string, rdata: string) => partsOf(type, rdata).flatMap((part) => part.pivot ?? []);
  assert.deepEqual(pivots("A", "192.0.2.1"), ["192.0.2.1"]);
  assert.deepEqual(pivots("MX", "10 mail.example."), ["mail.example"]);
  assert.deepEqual(pivots("MX", "0 ."), []);
  assert.deepEqual(pivots("SOA", "ns1.example. j\\.doe.inbox.example. 1 2 3 4 5"), ["ns1.example", "j.doe@inbox.example"]);
  assert.deepEqual(pivots("TXT", '"owl-verify=7c41e9d2; x"'), ["owl-verify=7c41e9d2", "x"]);
  assert.deepEqual(pivots("CAA", '0 iodef "mailto:security@harbour.example"'), ["security@harbour.example"]);
  for (const rdata of ['"<script>alert(1)</script>"', '"\\000\\001"', '""', '"\\"']) assert.equal(partsOf("TXT", rdata).map((part) => part.text).join(""), rdata);
});

test("a mailbox of DNS is a mailbox of mail", () => {
  assert.equal(mailboxOf("j\\.doe.inbox.example."), "j.doe@inbox.example");
  assert.equal(writeQuestion(historyOf("*.harbour.example.")), "history.=.*.harbour.example");
  assert.equal(writeQuestion(historyOf("WWW.example.")), "history.WWW.example");
});

test("punycode is read (RFC 3492), and left alone where it is malformed", () => {
  assert.equal(unicodeOf("www.xn--hrbour-pta.test."), "www.h\u00e1rbour.test.");
  assert.equal(unicodeOf("xn--egbpdaj6bu4bxfgehfvwxn."), "\u0644\u064a\u0647\u0645\u0627\u0628\u062a\u0643\u0644\u0645\u0648\u0634\u0639\u0631\u0628\u064a\u061f.");
  assert.equal(unicodeOf("xn--99999999."), null);
  assert.equal(unicodeOf("plain.test."), null);
});

test("the words of all views and filters are known", () => {
  for (const [text, name] of [
    ["lookalike.harbour.example", "lookalike.harbour.example"],
    ["sort-duration.mx.cohost.harbour.example", "sort-duration.mx.cohost.harbour.example"],
    ["seen.192.0.2.1", "seen.192.0.2.1"],
    ["not-mx.sensor-a*.in-2.count.history.harbour.example", "not-mx.sensor-a*.in-2.count.history.harbour.example"],
    ["unix-1559347200.at.harbour.example", "unix-1559347200.at.harbour.example"],
    ["now.at.harbour.example", "now.at.harbour.example"],
    ["seen.com", "history.seen.com"],
    ["cohost.co.uk", "history.cohost.co.uk"],
  ] as const) {
    assert.equal(writeQuestion(questionOf(text, "pdns.local", "")!), name);
  }
  assert.deepEqual(typesOf(readQuestion("mx.not-ns.by-year.in-2.count.summary.harbour.example")!), ["MX"]);
});

test("a pattern is one label of the question", () => {
  const question = withTyped(readQuestion("names.harbour.example")!, "like", " *.Mail.* ");
  assert.equal(writeQuestion(question), "like-*\\.mail\\.*.names.harbour.example");
  assert.equal(typedValue(question, "like"), "*.mail.*");
  assert.equal(writeQuestion(withTyped(question, "like", typedValue(question, "like"))), writeQuestion(question));
  assert.equal(writeQuestion(withTyped(question, "like", "")), "names.harbour.example");
});

test("an expression is written as the server can read it, and read as it was typed", () => {
  const names = readQuestion("names.harbour.example")!;
  for (const [typed, label, again] of [
    ["^mail\\.", "re-^mail[\\.]", "^mail\\."],
    ["^m.il[\\.]x", "re-^m\\.il[\\.]x", "^m.il\\.x"],
    ["\\d+$", "re-[0-9]+$", "[0-9]+$"],
    ["mail\\", "re-mail", "mail"],
  ] as const) {
    const question = withTyped(names, "re", typed);
    assert.equal(writeQuestion(question), `${label}.names.harbour.example`);
    assert.equal(typedValue(readQuestion(writeQuestion(question))!, "re"), again);
  }
});

test("of several patterns a control has the first, and the others stay", () => {
  const question = readQuestion("like-*a*.like-*b*.not-like-*c*.names.harbour.example")!;
  assert.equal(typedValue(question, "like"), "*a*");
  assert.equal(writeQuestion(withTyped(question, "like", "*d*")), "like-*d*.like-*b*.not-like-*c*.names.harbour.example");
  assert.equal(writeQuestion(withTyped(question, "like", "")), "like-*b*.not-like-*c*.names.harbour.example");
  assert.equal(writeQuestion(withTyped(question, "in", "Example.com")), "in-example\\.com.like-*a*.like-*b*.not-like-*c*.names.harbour.example");
});

test("types that are left out are no patterns and no types", () => {
  const question = readQuestion("not-txt.not-re-x.not-soa.mx.history.harbour.example")!;
  assert.deepEqual(typesLeftOut(question), ["TXT", "SOA"]);
  assert.deepEqual(typesOf(question), ["MX"]);
  assert.equal(writeQuestion(withTypesLeftOut(question, ["NS"])), "not-ns.not-re-x.mx.history.harbour.example");
});

test("the time behind the name, and subjects that are many names", () => {
  const past = readQuestion("www.history.com.2019-06.asof")!;
  assert.deepEqual([past.view, past.subject, timeOf(past)], ["at", "www.history.com", "2019-06"]);
  assert.equal(readQuestion("example.now.asof")?.subject, "example");
  for (const subject of ["*.a.example", "+.a.example", "harbour.*", "192.0.2.0/24", "192.0.2.5-192.0.2.40", "2001:db8::1-2001:db8::9"]) {
    assert.ok(!isOneName(readQuestion(`history.${subject}`)!), subject);
  }
  for (const subject of ["a-b.example", "mail-1.a-2.example", "=.*.example"]) assert.ok(isOneName(readQuestion(`history.${subject}`)!), subject);
});

test("lines of views that have no records", () => {
  const line = (object: object) => readLine(JSON.stringify(object));
  assert.deepEqual(line({ month: "2019-06", values: 3, rrtype: "MX" }), { kind: "sum", when: "2019-06", type: "MX", values: 3 });
  assert.deepEqual(line({ lines: 40 }), { kind: "plain", text: "40 lines" });
  assert.deepEqual(line({ count: 2, time_first: 0, time_last: 86400 }), { kind: "plain", text: "Seen 2 times, first 1970-01-01T00:00:00Z, last 1970-01-02T00:00:00Z" });
  const name = line({ count: 2, time_first: 0, time_last: 9, rrname: "a.example.", rrtype: ["A"], trick: "omission" });
  assert.equal(name.kind === "name" && name.trick, "omission");
  const together = line({ seconds: 9, time_first: 0, time_last: 9, rrname: "a.example.", rrtype: "A", rdata: "192.0.2.1" });
  assert.equal(together.kind === "record" && together.count, null);
  assert.equal(together.kind === "record" && together.seconds, 9);
});
