// An answer as the page has it: records, names, changes or plain lines, or the state that stands in their
// place. `loadAnswer` asks for it, a few pages over DNS first and the rest from the REST stream.

import { codeOf, Refusal } from "../dns/doh";
import { NameError } from "../dns/name";
import type { Answer as Message } from "../dns/message";
import type { ChangeLine, NameLine, RecordLine, Remark, SumLine, SummaryLine } from "../language/line";
import { filterValue, readQuestion, withWord, writeQuestion, type Question } from "../language/question";
import { pageOf, readPage, readPages, type Page } from "../records/pages";
import { Collection, type Rec } from "../records/record";
import { readStream, streamPath, type StreamEnd } from "../records/stream";

export interface Answer {
  text: string; // the question without the zone
  question: Question | null; // null for the zone's own names, as help
  asking: boolean;
  askedAt: number;
  took: number; // milliseconds to the first answer
  code: string; // NOERROR
  errors: Message["errors"];
  failure: string; // no answer came, or the question is no name
  failed: "network" | "name" | "stopped" | "refused" | "";
  collection: Collection;
  records: Rec[]; // of the collection
  names: NameLine[];
  summary: SummaryLine[];
  sums: SumLine[]; // of months or years
  changes: ChangeLine[];
  plain: string[];
  unread: string[]; // lines that could not be read
  remarks: Remark[];
  total: number | null;
  more: string; // the name that goes on; empty where the answer is complete
  how: "pages" | "stream";
}

export function emptyAnswer(text: string): Answer {
  const collection = new Collection();
  return {
    text, question: readQuestion(text), asking: true, askedAt: Math.floor(Date.now() / 1000), took: 0, code: "", errors: [], failure: "",
    failed: "", collection, records: collection.records, names: [], summary: [], sums: [], changes: [], plain: [], unread: [], remarks: [], total: null, more: "", how: "pages",
  };
}

export const isFailure = (answer: Answer): boolean =>
  answer.failed !== "" || (!answer.asking && countOf(answer) === 0 && answer.plain.length + answer.unread.length === 0);

// Everything that was asked for is here: nothing was cut, left out, or could not be read.
export const isComplete = (answer: Answer): boolean =>
  answer.more === "" && !answer.asking && answer.unread.length === 0 && !answer.remarks.some((remark) => remark.kind === "note");

const note = (text: string): Remark => ({ kind: "note", text: `# note: ${text}`, next: "", total: null });
const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const countOf = (answer: Answer): number =>
  answer.records.length + answer.names.length + answer.summary.length + answer.sums.length + answer.changes.length;

const FIRST_PAGES = 4;
const MOST_PAGES = 12;

export async function loadAnswer(text: string, zone: string, onChange: (answer: Answer) => void, signal: AbortSignal): Promise<void> {
  const answer = emptyAnswer(text);
  const began = performance.now();
  const take = (page: Page) => {
    if (answer.took === 0) answer.took = performance.now() - began;
    addRecords(answer, page);
    onChange(answer);
  };
  try {
    const question = answer.question;
    if (!question) take(await readPage(text, zone, signal));
    else if (question.view === "history" || question.view === "pivot") await loadRecords(answer, question, zone, take, onChange, signal);
    else await loadLines(question, zone, take, signal);
  } catch (error) {
    if (signal.aborted) return;
    fail(answer, error, zone);
  }
  answer.asking = false;
  if (!signal.aborted) onChange(answer);
}

// A first page that did not come is the answer's outcome; of a later one it is said, and `more` goes on there.
function fail(answer: Answer, error: unknown, zone: string): void {
  if (answer.code !== "") {
    answer.remarks.push(note(`the next page could not be read: ${wordsOf(error)}`));
    return;
  }
  if (error instanceof Refusal) addPage(answer, { ...pageOf(error.answer, answer.text, zone), lines: [], next: "" });
  answer.failed = error instanceof NameError ? "name" : error instanceof Refusal ? "refused" : "network";
  answer.failure = wordsOf(error);
}

function addPage(answer: Answer, page: Page): void {
  answer.code = codeOf(page.answer);
  answer.errors = page.answer.errors;
  for (const remark of page.remarks) {
    if (remark.kind !== "more") answer.remarks.push(remark);
    answer.total ??= remark.total;
  }
  answer.more = page.next;
  answer.unread.push(...page.unread);
  for (const line of page.lines) {
    if (line.kind === "name") answer.names.push(line);
    else if (line.kind === "summary") answer.summary.push(line);
    else if (line.kind === "sum") answer.sums.push(line);
    else if (line.kind === "change") answer.changes.push(line);
    else if (line.kind === "plain") answer.plain.push(line.text);
  }
}

// The user's own limit and page are kept; otherwise pages are as long as they can be.
const isCut = (question: Question): boolean => filterValue(question, "limit") !== "" || filterValue(question, "page") !== "";
function asJson(question: Question): Question {
  const json = withWord(question, "json", true);
  return isCut(question) ? json : { ...json, filters: [...json.filters, "limit-99"] };
}

async function loadLines(question: Question, zone: string, take: (page: Page) => void, signal: AbortSignal): Promise<void> {
  const asked = question.view === "at" ? question : asJson(question);
  await readPages(writeQuestion(asked), zone, isCut(question) ? 1 : MOST_PAGES, take, signal);
}

function addRecords(answer: Answer, page: Page): void {
  for (const line of page.lines) if (line.kind === "record") answer.collection.addRecord(line);
  addPage(answer, page);
}

async function loadRecords(
  answer: Answer, question: Question, zone: string, take: (page: Page) => void, onChange: (answer: Answer) => void, signal: AbortSignal,
): Promise<void> {
  const name = writeQuestion(withWord(asJson(question), "runs", false));
  const cut = isCut(question);
  answer.more = await readPages(name, zone, cut ? 1 : FIRST_PAGES, take, signal);
  if (answer.more === "" || cut || (await loadStream(answer, question, onChange, signal))) return;
  answer.more = await readPages(answer.more, zone, MOST_PAGES - FIRST_PAGES, take, signal);
}

// False where there is no stream for the question, or it has not all; what came is kept.
async function loadStream(
  answer: Answer, question: Question, onChange: (answer: Answer) => void, signal: AbortSignal,
): Promise<boolean> {
  const path = streamPath(question);
  if (path === null) return false;
  const records = answer.collection;
  // Each telling draws the page anew, so it is told when there is half as much again.
  let told = records.records.length;
  const tell = () => {
    if (records.records.length < told * 1.5) return;
    told = records.records.length;
    onChange(answer);
  };
  const read = (runs: boolean, onLine: (line: RecordLine) => void): Promise<StreamEnd> =>
    readStream(path, runs, onLine, signal).catch((error: unknown) => {
      if (signal.aborted) throw new DOMException("stopped", "AbortError");
      return { complete: false, tooLong: false, unread: 0, remark: wordsOf(error) };
    });
  const end = await read(false, (line) => (records.addRecord(line, true), tell()));
  const runs = await read(true, (line) => records.addRun(line));
  if (!runs.complete && !runs.tooLong) records.doubtLastRun();
  sayEnd(answer, end, runs);
  if (!end.complete && !end.tooLong) return false;
  answer.how = "stream";
  answer.more = "";
  return true;
}

function sayEnd(answer: Answer, end: StreamEnd, runs: StreamEnd): void {
  const missing = answer.collection.withoutRuns;
  if (!end.complete) answer.remarks.push(note(`the stream: ${end.remark}`));
  if (end.unread > 0) answer.remarks.push(note(`${end.unread} lines of the stream could not be read`));
  if (missing > 0) answer.remarks.push(note(`the runs of ${missing} records are not known; each is drawn as one, from first to last (${runs.remark})`));
}

// Reads on where an answer was cut: its next pages are added to it.
export async function goOn(answer: Answer, zone: string, onChange: (answer: Answer) => void, signal: AbortSignal): Promise<void> {
  answer.asking = true;
  answer.remarks = answer.remarks.filter((remark) => !remark.text.startsWith("# note: the next page"));
  onChange(answer);
  try {
    answer.more = await readPages(answer.more, zone, FIRST_PAGES, (page) => addRecords(answer, page), signal);
  } catch (error) {
    if (signal.aborted) return;
    fail(answer, error, zone);
  }
  answer.asking = false;
  onChange(answer);
}
