// The rows of the table: records in the question's order, in groups by type.

import { byType } from "../language/family";
import { filterValue, hasWord, typesOf, type Question } from "../language/question";
import type { Rec } from "./record";

export type Row =
  | { kind: "group"; type: string; records: Rec[]; open: boolean; count: number }
  | { kind: "record"; record: Rec; place: number };

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const backwards = (name: string): string => name.toLowerCase().split(".").reverse().join(".");

const secondsOf = (record: Rec): number => record.seconds ?? record.last - record.first;

export const SORTS: Record<string, (a: Rec, b: Rec) => number> = {
  last: (a, b) => b.last - a.last || b.first - a.first,
  first: (a, b) => b.first - a.first || b.last - a.last,
  count: (a, b) => (b.count ?? 0) - (a.count ?? 0),
  duration: (a, b) => secondsOf(b) - secondsOf(a) || b.last - a.last,
  name: (a, b) => text(backwards(a.owner), backwards(b.owner)) || byType(a.type, b.type) || b.last - a.last,
  data: (a, b) => text(a.rdata, b.rdata),
};

// The records of the types that are asked for, sorted; as they came where nothing is said and the
// language has no order of its own for them.
export function arrange(records: Rec[], question: Question): Rec[] {
  const types = typesOf(question);
  const wanted = types.length === 0 ? records : records.filter((record) => types.includes(record.type));
  const kept = hasWord(question, "runs") ? wanted.flatMap(perRun) : wanted;
  const sort = SORTS[sortOf(question)];
  return sort ? [...kept].sort(sort) : kept;
}

// A row a run; the count is that of the whole record, so it is left out where there are several.
function perRun(record: Rec): Rec[] {
  if (record.runs.length === 1) return [record];
  return record.runs.map((run) => ({ ...record, first: run.first, last: run.last, count: null, runs: [run] }));
}

export const sortOf = (question: Question): string => filterValue(question, "sort") || "last";

// With one type there are no groups. Those of over 200 records begin closed.
export function rowsOf(records: Rec[], toggled: ReadonlySet<string>, allOpen = false): Row[] {
  const groups = new Map<string, Rec[]>();
  for (const record of records) {
    const group = groups.get(record.type);
    if (group) group.push(record);
    else groups.set(record.type, [record]);
  }
  if (groups.size <= 1) return records.map((record, place) => ({ kind: "record", record, place }));
  const rows: Row[] = [];
  let place = 0;
  for (const type of [...groups.keys()].sort(byType)) {
    const group = groups.get(type)!;
    const open = allOpen || group.length <= MOST_OPEN !== toggled.has(type);
    const count = group.reduce((sum, record) => sum + (record.count ?? 0), 0);
    rows.push({ kind: "group", type, records: group, open, count });
    if (open) for (const record of group) rows.push({ kind: "record", record, place: place++ });
  }
  return rows;
}

const MOST_OPEN = 200;

// More would be a heap of paper, and a browser that stands still.
export const MOST_PRINTED = 5000;

// On paper every group is open. Groups keep the count of all their records.
export function printedRows(records: Rec[]): Row[] {
  const rows = rowsOf(records, new Set(), true);
  const end = rows.findIndex((row) => row.kind === "record" && row.place === MOST_PRINTED);
  return end < 0 ? rows : rows.slice(0, end);
}

export function countTypes(records: Rec[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const record of records) counts.set(record.type, (counts.get(record.type) ?? 0) + 1);
  return counts;
}

export function extentOf(records: readonly { first: number; last: number }[]): { first: number; last: number } | null {
  if (records.length === 0) return null;
  let [first, last] = [Infinity, -Infinity];
  for (const record of records) {
    if (record.first < first) first = record.first;
    if (record.last > last) last = record.last;
  }
  return { first, last };
}
