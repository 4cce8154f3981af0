// One line of an answer, from the JSON form of the language (QUERIES.md, Lines), or a remark.

import { timeText } from "../time/instant";

export interface Run {
  first: number; // seconds since 1970
  last: number;
  zone: boolean; // known from copies of the zone alone
}

export interface Source {
  bailiwick?: string;
  sensor?: string;
  origin?: string;
}

export interface RecordLine {
  kind: "record";
  owner: string;
  type: string;
  rdata: string;
  run: Run; // from first to last
  runs: Run[]; // oldest first; at least one
  count: number | null;
  seconds?: number; // of `cohost`: how long both were there
  sources: Source[];
}
export interface NameLine {
  kind: "name";
  owner: string;
  types: string[];
  run: Run;
  count: number;
  trick: string; // of a lookalike, or empty
}
export interface SummaryLine {
  kind: "summary";
  type: string;
  values: number;
  run: Run;
  count: number;
}
export interface SumLine {
  kind: "sum";
  when: string; // 2019-06 or 2019
  type: string;
  values: number;
}
export interface ChangeLine {
  kind: "change";
  time: number;
  appeared: boolean;
  owner: string;
  type: string;
  rdata: string;
}
export interface Remark {
  kind: "more" | "note" | "error";
  text: string;
  next: string; // the name of the next page of `# more:`, the suggestion of `# error:`, or empty
  total: number | null;
}
export interface PlainLine {
  kind: "plain" | "unread"; // an object that cannot be read is "unread"
  text: string;
}
export type Line = RecordLine | NameLine | SummaryLine | SumLine | ChangeLine | Remark | PlainLine;

// The text of a TXT record, `\ddd` as octetsToText wrote it. Whatever is not understood is shown as it is.
export function readLine(text: string): Line {
  if (text.startsWith("#")) return readRemark(text);
  if (text.startsWith("{")) {
    try {
      return readObject(JSON.parse(text) as Record<string, unknown>) ?? { kind: "unread", text };
    } catch {
      return { kind: "unread", text };
    }
  }
  return { kind: "plain", text };
}

function readRemark(text: string): Remark {
  const [, kind = "note", rest = ""] = /^#\s*(more|note|error):\s*(.*)$/s.exec(text) ?? [];
  const next = kind === "more" ? /next: (\S+)$/.exec(rest)?.[1] : suggestionIn(rest);
  const total = /^([\d]+) lines/.exec(rest)?.[1];
  return { kind: kind as Remark["kind"], text, next: next ?? "", total: total ? Number(total) : null };
}

// What "did you mean 'X'?" names, in a remark or an extended error.
export function suggestionIn(text: string): string {
  return /did you mean '([^']+)'/.exec(text)?.[1] ?? "";
}

const number = (value: unknown): number | null => (typeof value === "number" ? value : null);
const string = (value: unknown): string => (typeof value === "string" ? value : "");

// First and last of a COF object: of sensors where they saw it, else of copies of the zone; of both, the
// whole.
export function timesOf(object: Record<string, unknown>): Run | null {
  const seen = [number(object.time_first), number(object.time_last)];
  const zone = [number(object.zone_time_first), number(object.zone_time_last)];
  const first = [seen[0], zone[0]].filter((time) => time !== null) as number[];
  const last = [seen[1], zone[1]].filter((time) => time !== null) as number[];
  if (first.length === 0 || last.length === 0) return null;
  return { first: Math.min(...first), last: Math.max(...last), zone: seen[0] === null };
}

// The runs of sensors and of copies of the zone as one list: what overlaps is one run, of the zone alone
// only where no sensor saw any of it.
function runsOf(object: Record<string, unknown>, whole: Run): Run[] {
  const list = (key: string, zone: boolean): Run[] => {
    const pairs = object[key];
    if (Array.isArray(pairs)) return (pairs as [number, number][]).map(([first, last]) => ({ first, last, zone }));
    const [first, last] = [number(object[zone ? "zone_time_first" : "time_first"]), number(object[zone ? "zone_time_last" : "time_last"])];
    return first === null || last === null ? [] : [{ first, last, zone }];
  };
  const runs: Run[] = [];
  for (const run of [...list("runs", false), ...list("zone_runs", true)].sort((a, b) => a.first - b.first)) {
    const before = runs[runs.length - 1];
    if (before && run.first <= before.last) {
      before.last = Math.max(before.last, run.last);
      before.zone &&= run.zone;
    } else runs.push(run);
  }
  return runs.length > 0 ? runs : [whole];
}

// The count of sensors and that of copies of the zone together.
function countOf(object: Record<string, unknown>): number | null {
  const count = number(object.count);
  return count === null ? null : count + (number(object.zone_count) ?? 0);
}

function sourcesOf(object: Record<string, unknown>): Source[] {
  const each = (one: Record<string, unknown>): Source => {
    const source: Source = {};
    if (one.bailiwick) source.bailiwick = string(one.bailiwick);
    if (one.sensor_id ?? one.sensor) source.sensor = string(one.sensor_id ?? one.sensor);
    if (one.origin) source.origin = string(one.origin);
    return source;
  };
  const many = Array.isArray(object.sources) ? (object.sources as Record<string, unknown>[]).map(each) : [each(object)];
  return many.filter((source) => Object.keys(source).length > 0);
}

function readObject(object: Record<string, unknown>): Line | null {
  const owner = string(object.rrname);
  const type = string(object.rrtype);
  if (typeof object.change === "string") {
    const time = number(object.time) ?? 0;
    return { kind: "change", time, appeared: object.change === "+", owner, type, rdata: string(object.rdata) };
  }
  const when = string(object.month) || string(object.year) || (number(object.year)?.toString() ?? "");
  if (when !== "") return { kind: "sum", when, type, values: number(object.values) ?? 0 };
  if (typeof object.lines === "number") return { kind: "plain", text: `${object.lines} lines` };
  const run = timesOf(object);
  if (!run) return null;
  const count = countOf(object);
  if (Array.isArray(object.rrtype)) return { kind: "name", owner, types: object.rrtype.map(String), run, count: count ?? 0, trick: string(object.trick) };
  if (typeof object.values === "number") return { kind: "summary", type, values: object.values, run, count: count ?? 0 };
  if (owner === "" && type === "") return { kind: "plain", text: `Seen ${count ?? 0} times, first ${timeText(run.first)}, last ${timeText(run.last)}` };
  const rdata = Array.isArray(object.rdata) ? object.rdata.map(String).join(" ") : string(object.rdata);
  const seconds = number(object.seconds);
  return { kind: "record", owner, type, rdata, run, runs: runsOf(object, run), count, sources: sourcesOf(object), ...(seconds === null ? {} : { seconds }) };
}
