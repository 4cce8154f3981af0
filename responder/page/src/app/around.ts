// Asks for what stands around an answer: the types with their counts, names below, changes, the prefix
// around an address and its reverse name.

import { isAddress, isOneName, isPrefix, isTypeFilter, writeQuestion, type Question } from "../language/question";
import type { ChangeLine, NameLine, RecordLine, SummaryLine } from "../language/line";
import { readPage, readPages } from "../records/pages";
import type { Around } from "./state";

const SHAPING = /^(?:sort-|limit-|page-|line-|from-|runs$|json$|any$)/i;
const narrowing = (question: Question): string[] => question.filters.filter((label) => !isTypeFilter(label) && !SHAPING.test(label));

export function prefixAround(address: string): string {
  const octets = address.split(".");
  if (octets.length === 4) return `${octets[0]}.${octets[1]}.${octets[2]}.0/24`;
  const groups = address.includes("::") ? expand(address) : address.split(":");
  return `${groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, "")).join(":")}::/64`.replace(/(?::0)+::/, "::");
}

function expand(address: string): string[] {
  const [left = "", right = ""] = address.split("::");
  const before = left === "" ? [] : left.split(":");
  const after = right === "" ? [] : right.split(":");
  return [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0"), ...after];
}

type Tell = (patch: Partial<Around>) => void;

export async function loadAround(question: Question, zone: string, tell: Tell, signal: AbortSignal): Promise<void> {
  const { view, subject } = question;
  const address = isAddress(subject);
  const asked: Promise<unknown>[] = [];
  if (view === "history" || (view === "pivot" && (address || isPrefix(subject)))) {
    const name = writeQuestion({ filters: ["json", ...narrowing(question)], view: "summary", subject: view === "history" && address ? `=.${subject}` : subject });
    if (!(view === "history" && address)) asked.push(readPage(name, zone, signal).then(({ lines, next }) => next === "" && tell({ types: lines as SummaryLine[] })));
  }
  if (view === "history" && isOneName(question) && subject !== "") {
    const plain = subject.replace(/^=\./, "");
    asked.push(
      readPage(`json.limit-20.names.*.${plain}`, zone, signal).then(({ lines, next }) =>
        tell({ below: lines.filter((line): line is NameLine => line.kind === "name"), belowMore: next !== "" })),
    );
    const changes: ChangeLine[] = [];
    asked.push(
      readPages(writeQuestion({ filters: ["json", "limit-99"], view: "changes", subject }), zone, 3, ({ lines }) =>
        changes.push(...lines.filter((line): line is ChangeLine => line.kind === "change")), signal)
        .then((next) => tell({ changes, changesMore: next !== "" }))
        .catch((error: unknown) => tell({ changes, changesFailure: error instanceof Error ? error.message : String(error) })),
    );
  }
  if (view === "pivot" && address) {
    const prefix = prefixAround(subject);
    asked.push(readPage(`json.summary.${prefix}`, zone, signal).then(({ lines, next }) => tell({ wider: { prefix, lines: lines as SummaryLine[], more: next !== "" } })));
    asked.push(
      readPage(`json.ptr.limit-5.history.${subject}`, zone, signal).then(({ lines }) =>
        tell({ reverse: (lines.filter((line) => line.kind === "record") as RecordLine[]).map((line) => ({ rdata: line.rdata, ...line.run })) })),
    );
  }
  await Promise.allSettled(asked);
}
