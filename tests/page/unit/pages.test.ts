// Answers by pages and by the stream: what is told, and what only looks like it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { loadAnswer, isComplete, type Answer } from "../../../responder/page/src/app/answer";
import { loadDay } from "../../../responder/page/src/app/day";
import { emptyGraph, addThing, nameId } from "../../../responder/page/src/graph/graph";
import { readThing } from "../../../responder/page/src/graph/read";
import { readChange } from "../../../responder/page/src/project/changes";
import { nameToWire } from "../../../responder/page/src/dns/name";
import { accepted, Refusal } from "../../../responder/page/src/dns/doh";
import { readAnswer } from "../../../responder/page/src/dns/message";
import { pageOf } from "../../../responder/page/src/records/pages";
import { Collection } from "../../../responder/page/src/records/record";
import { takeLine, type StreamEnd } from "../../../responder/page/src/records/stream";

const NOERROR = 0x8400;
const SERVFAIL = 0x8402;
const TRUNCATED = 0x8600;

// A response with the texts as TXT, and the extended errors of an OPT.
function response(flags: number, texts: string[], errors: string[] = []): Uint8Array {
  const name = nameToWire("a.pdns.local");
  const u16 = (value: number) => [value >> 8, value & 255];
  const strings = (text: string) => {
    const octets = [...new TextEncoder().encode(text)];
    const parts: number[] = [];
    do parts.push(Math.min(255, octets.length), ...octets.splice(0, 255));
    while (octets.length > 0);
    return parts;
  };
  const record = (type: number, rdata: number[]) => [...u16(0xc00c), ...u16(type), 0, 1, 0, 0, 0, 5, ...u16(rdata.length), ...rdata];
  const options = errors.flatMap((text) => [0, 15, ...u16(2 + text.length), 0, 0, ...new TextEncoder().encode(text)]);
  return new Uint8Array([0, 0, ...u16(flags), 0, 1, ...u16(texts.length), 0, 0, 0, 1, ...name, 0, 16, 0, 1,
    ...texts.flatMap((text) => record(16, strings(text))), 0, 0, 41, 4, 208, 0, 0, 0, 0, ...u16(options.length), ...options]);
}

const answerOf = (texts: string[], errors: string[] = [], flags = NOERROR) => readAnswer(response(flags, texts, errors))!;
const json = (rdata: string, more = {}) => JSON.stringify({ count: 1, time_first: 1, time_last: 2, rrname: "a.", rrtype: "TXT", rdata, ...more });

// Answers each question in turn; a number is flags without texts, an Error no answer at all.
async function served<T>(answers: (Uint8Array | number | Error)[], work: () => Promise<T>): Promise<T> {
  const kept = globalThis.fetch;
  globalThis.fetch = (async (path: string) => {
    if (path !== "/dns-query") return new Response("", { status: 404 });
    const next = answers.length > 1 ? answers.shift()! : answers[0]!;
    if (next instanceof Error) throw next;
    return new Response((typeof next === "number" ? response(next, []) : next) as BodyInit);
  }) as typeof fetch;
  try {
    return await work();
  } finally {
    globalThis.fetch = kept;
  }
}

const MORE = "# more: 9 lines, this is 1-1; next: page-2.json.limit-99.history.a.pdns.local.";
const signal = new AbortController().signal;
async function load(answers: (Uint8Array | number | Error)[]): Promise<Answer> {
  let last: Answer | undefined;
  await served(answers, () => loadAnswer("after-2019.history.a", "pdns.local", (answer) => (last = answer), signal));
  return last!;
}

test("only NOERROR and NXDOMAIN that are whole tell what there is", () => {
  assert.equal(accepted(answerOf([], [], 0x8403)).rcode, 3);
  for (const flags of [SERVFAIL, 0x8405, 0x8401, TRUNCATED]) assert.throws(() => accepted(answerOf([], ["why"], flags)), Refusal);
  assert.throws(() => accepted(answerOf([], ["no key"], 0x8405)), /REFUSED \(no key\)/);
});

test("a first page that was refused is the outcome", async () => {
  const answer = await load([SERVFAIL]);
  assert.deepEqual([answer.code, answer.failed, answer.asking], ["SERVFAIL", "refused", false]);
  assert.equal((await load([TRUNCATED])).failed, "refused");
});

test("a later page that did not come is said, what came stays, and one can go on from there", async () => {
  for (const later of [SERVFAIL, TRUNCATED, new Error("away")]) {
    const answer = await load([response(NOERROR, [json("x"), MORE]), later]);
    assert.equal(answer.failed, "");
    assert.equal(answer.records.length, 1);
    assert.equal(answer.more, "page-2.json.limit-99.history.a");
    assert.match(answer.remarks.map((remark) => remark.text).join(), /the next page could not be read/);
    assert.equal(isComplete(answer), false);
  }
});

test("what could not be asked is no empty day, graph or project", async () => {
  const [day, change] = await served([SERVFAIL], async () => [
    await loadDay("a", 0, "pdns.local", signal),
    await readChange({ value: "a", view: "history", mark: "ours", note: "", added: 0 }, null, 0, "pdns.local"),
  ] as const);
  assert.match(day.failure, /SERVFAIL/);
  assert.match(change.failure, /SERVFAIL/);
  const graph = emptyGraph();
  const thing = addThing(graph, nameId("a"), "", "name", 0, 0);
  await served([SERVFAIL], () => readThing(graph, thing, "pdns.local"));
  assert.equal(thing.read, false);
  assert.match(thing.failure, /SERVFAIL/);
});

test("objects are UTF-8; one that cannot be read is counted and kept", () => {
  const page = pageOf(answerOf([json("x", { sensor_id: "Z\u00fcrich" }), '{"rrname":', '{"what":1}']), "json.history.a", "pdns.local");
  assert.deepEqual(page.lines.map((line) => line.kind === "record" && line.sources), [[{ sensor: "Z\u00fcrich" }]]);
  assert.deepEqual(page.unread, ['{"rrname":', '{"what":1}']);
});

test("texts of `at` are the store's and no remarks, but for an error that the server says as well", () => {
  const texts = [MORE, "# error: did you mean 'history.evil.test'?", json("x"), "{", "Z\u00fcrich"];
  const page = pageOf(answerOf(texts, ["another"]), "2019.at.a", "pdns.local");
  assert.deepEqual([page.remarks, page.unread, page.next], [[], [], ""]);
  assert.deepEqual(page.lines, [...texts.slice(0, 4), "Z\\195\\188rich"].map((text) => ({ kind: "plain", text })));
  const wrong = pageOf(answerOf(["# error: 'x' is no time"], ["'x' is no time"]), "x.at.a", "pdns.local");
  assert.equal(wrong.remarks[0]!.kind, "error");
});

test("a stream says how it ended, and counts what it could not read", () => {
  const read = (lines: string[]) => {
    const end: StreamEnd = { complete: false, tooLong: false, unread: 0, remark: "" };
    let records = 0;
    for (const line of lines) takeLine(line, end, () => (records += 1));
    return { ...end, records };
  };
  assert.deepEqual(read([`{"obj":${json("x")}}`, "{broken", '{"obj":{}}', '{"cond":"succeeded"}']), { complete: true, tooLong: false, unread: 2, remark: "succeeded", records: 1 });
  assert.deepEqual(read(['{"cond":"limited","msg":"1 records longer than 64 KiB are left out"}']).tooLong, true);
  assert.deepEqual(read(['{"cond":"limited","msg":"Result limit reached"}']).tooLong, false);
});

test("records whose runs did not come are known", () => {
  const line = (rdata: string) => ({ kind: "record", owner: "a.", type: "A", rdata, run: { first: 1, last: 9, zone: false }, runs: [{ first: 1, last: 9, zone: false }], count: 2, sources: [] }) as const;
  const records = new Collection();
  for (const rdata of ["1", "2", "3"]) records.addRecord({ ...line(rdata), runs: [...line(rdata).runs], sources: [] }, true);
  records.addRun({ ...line("1"), runs: [], sources: [], run: { first: 1, last: 2, zone: false } });
  records.addRun({ ...line("1"), runs: [], sources: [], run: { first: 8, last: 9, zone: false } });
  records.addRun({ ...line("2"), runs: [], sources: [] });
  assert.equal(records.withoutRuns, 1);
  assert.equal(records.records[0]!.runs.length, 2);
  records.doubtLastRun();
  assert.equal(records.withoutRuns, 2);
});
