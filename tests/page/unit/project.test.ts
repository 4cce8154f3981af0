// Projects as files, and an answer to take along.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addIndicators, mergeProjects, newProject, type Project } from "../../../responder/page/src/project/project";
import { indicatorOf, readCsv, readTransfer, toCsv, toJson, toMisp, TransferError } from "../../../responder/page/src/project/transfer";
import { streamPath } from "../../../responder/page/src/records/stream";
import { readQuestion } from "../../../responder/page/src/language/question";
import { asCof, asTable, digCommand, lineOf } from "../../../responder/page/src/report/copies";

const indicators = [
  indicatorOf("harbour[.]example", "ours", 'nine hours, "ours"', 1700000000)!,
  indicatorOf("203.0.113.66", "actor", "=1+1", 1700000000)!,
  indicatorOf("j.doe@inbox.example", "shared", "two\nlines", 1700000000)!,
  indicatorOf("owl-verify=7c41e9d2", "shared", "", 1700000000)!,
];
const project = { ...addIndicators(newProject("Night owl", "x"), indicators), notes: "n" };
const kept = (list: typeof indicators) => list.map(({ value, mark, note }) => [value, mark, note]);

test("JSON, CSV and MISP come back as they went", () => {
  assert.deepEqual(readTransfer(toJson(project), 0).indicators, indicators);
  for (const file of [toCsv(project), toMisp(project, 1700000000)]) assert.deepEqual(kept(readTransfer(file, 0).indicators), kept(indicators));
  for (const file of [toJson(project), toCsv(project), toMisp(project, 0)]) assert.deepEqual([readTransfer(file, 0).notes, readTransfer(file, 0).skipped], ["n", 0]);
  const { name, notes } = readTransfer(toMisp(project, 0), 0);
  assert.deepEqual([name, notes], ["Night owl", "n"]);
});

test("a cell is no formula", () => {
  assert.match(toCsv(project), /"203\.0\.113\.66","actor","'=1\+1",/);
  assert.match(toCsv({ ...project, indicators: [{ ...indicators[0]!, note: '"=1+1"' }] }), /,"'""=1\+1""",/);
  assert.deepEqual(readCsv('a,"b ""c""\r\nd"\r\n\r\ne,f'), [["a", 'b "c"\r\nd'], ["e", "f"]]);
});

test("an event of MISP with objects and pairs is read; what is no indicator is counted", () => {
  const event = { response: [{ Event: { info: "i", Attribute: [{ type: "domain|ip", value: "a.test|192.0.2.1" }, { type: "sha256", value: "00" }, { type: "ip-dst|port", value: "192.0.2.2|443" }],
    Object: [{ Attribute: [{ type: "url", value: "http://b.test/x", comment: "c" }] }] } }] };
  const read = readTransfer(JSON.stringify(event), 0);
  assert.deepEqual(read.indicators.map((each) => each.value), ["a.test", "192.0.2.1", "192.0.2.2", "b.test"]);
});

test("what has neither a letter nor a digit is no indicator", () => {
  assert.deepEqual(readTransfer("()\n.\n---\na.test", 0), { name: "", notes: "", indicators: [indicatorOf("a.test", "", "", 0)!], skipped: 3 });
});

test("a name with the word of a view in it is that name", () => {
  const names = ["orf.at", "www.history.com", "pivot.shop", "names.co.uk", "mx.history.harbour.example"];
  assert.deepEqual(readTransfer(names.join("\n"), 0).indicators.map((each) => [each.value, each.view]), names.map((name) => [name, "history"]));
  const event = { Event: { info: "i", Attribute: [{ type: "hostname", value: "www.history.com" }] } };
  assert.deepEqual(readTransfer(JSON.stringify(event), 0).indicators.map((each) => each.value), ["www.history.com"]);
});

test("a time that is none is now, so that every file can be written", () => {
  const file = JSON.stringify({ format: "dnshist-project", name: "n", indicators: [{ value: "a.test", added: 1e300 }, { value: "b.test", added: -1e20 }] });
  const read = readTransfer(file, 7);
  assert.deepEqual(read.indicators.map((each) => each.added), [7, 7]);
  assert.match(toCsv({ ...newProject("n", "x"), indicators: read.indicators }), /1970-01-01T00:00:07/);
});

test("a list of values without a head is CSV too", () => {
  assert.deepEqual(readTransfer("a[.]test\n192.0.2.1\n", 0).indicators.map((each) => each.value), ["a.test", "192.0.2.1"]);
});

test("what is no project is said to be none", () => {
  for (const file of ["", "{", '{"a":1}', "[]"]) assert.throws(() => readTransfer(file, 0), TransferError);
});

test("an indicator is in a project once", () => {
  const twice = addIndicators(project, [{ ...indicators[0]!, note: "other", mark: "actor" }]);
  assert.equal(twice.indicators.length, 4);
  assert.equal(twice.indicators[0]!.note, 'nine hours, "ours"');
});

test("100,000 indicators are added at once", () => {
  const many = Array.from({ length: 100_000 }, (_, n) => ({ ...indicators[0]!, value: `h${n}.test` }));
  const first = addIndicators(newProject("n", "x"), many);
  assert.equal(addIndicators(first, many).indicators.length, 100_000);
});

test("what another tab stored comes in; what could not be stored here stays", () => {
  const [a, b, c] = ["a", "b", "c"].map((id) => newProject(id, id)) as [Project, Project, Project];
  const merged = mergeProjects([c, { ...a, notes: "of another tab" }], [a, b, { ...c, notes: "mine" }], new Set(["b", "c"]));
  assert.deepEqual(merged.map((each) => [each.id, each.notes]), [["a", "of another tab"], ["b", ""], ["c", "mine"]]);
});

test("a cell that is copied is no formula, behind a quote neither", () => {
  const record = { owner: "-a.test.", type: "TXT", rdata: '"=cmd|1"', first: 0, last: 1, count: null, runs: [], sources: [] };
  assert.equal(asTable([record]).split("\n")[1], "1970-01-01 00:00:00Z\t1970-01-01 00:00:01Z\t\t\"'-a.test.\"\tTXT\t\"'\"\"=cmd|1\"\"\"");
});

test("the stream takes what it can express, and leaves the rest to pages", () => {
  const path = (name: string) => streamPath(readQuestion(name)!);
  assert.equal(path("history.*.test"), "/dnsdb/v2/lookup/rrset/name/*.test");
  assert.equal(path("sort-count.mx.history.a.test"), "/dnsdb/v2/lookup/rrset/name/a.test/MX");
  assert.equal(path("pivot.203.0.113.64/27"), "/dnsdb/v2/lookup/rdata/ip/203.0.113.64,27");
  assert.equal(path("pivot.ns1.a.test"), "/dnsdb/v2/lookup/rdata/name/ns1.a.test");
  for (const name of ["after-2019.history.a.test", "history.+.test", "pivot.a@b.test", "names.test", "history.192.0.2.1"]) assert.equal(path(name), null);
});

test("a record is copied as a line, as COF, as a command", () => {
  const record = { owner: "a.", type: "A", rdata: "192.0.2.1", first: 0, last: 1, count: 2, runs: [{ first: 0, last: 1, zone: true }], sources: [] };
  assert.equal(lineOf(record), "1970-01-01T00:00:00Z 1970-01-01T00:00:01Z 2 a. A 192.0.2.1");
  assert.equal(asCof([record]), '{"count":2,"zone_time_first":0,"zone_time_last":1,"rrname":"a.","rrtype":"A","rdata":"192.0.2.1"}\n');
  assert.equal(digCommand("pivot.a b;c.pdns.local", "@127.0.0.1 -p 5300 "), "dig @127.0.0.1 -p 5300 +short TXT 'pivot.a b;c.pdns.local'");
});
