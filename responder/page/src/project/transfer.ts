// Projects as files: our JSON, CSV, and the event of MISP. What is read is checked; what is no project is
// said to be none.

import { valueOf } from "../language/pasted";
import { isAddress, isPrefix } from "../language/question";
import { cellText, unguarded } from "../report/cells";
import { isMark, MARKS, type Indicator, type Mark, type Project } from "./project";

export class TransferError extends Error {}

export const FORMAT = "dnshist-project";

export interface Imported {
  name: string;
  notes: string;
  indicators: Indicator[];
  skipped: number; // that were no indicators
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

// A value as it is found, as an indicator; null where it is none.
export function indicatorOf(value: string, mark: string, note: string, added: number): Indicator | null {
  const found = valueOf(value);
  if (!found || !/[\p{L}\p{N}]/u.test(found.subject)) return null;
  return { value: found.subject, view: found.view === "pivot" ? "pivot" : "history", mark: isMark(mark) ? mark : "to check", note, added };
}

// --- JSON ---

export function toJson(project: Project): string {
  const { name, notes, indicators, looked } = project;
  return JSON.stringify({ format: FORMAT, version: 1, name, notes, looked, indicators }, null, 2) + "\n";
}

// Seconds since 1970, up to the year 9999.
const isTime = (value: unknown): value is number => typeof value === "number" && value >= 0 && value <= 253402300799;

function fromJson(object: Record<string, unknown>, now: number): Imported {
  const list = Array.isArray(object.indicators) ? (object.indicators as Record<string, unknown>[]) : [];
  const indicators = list.flatMap((one): Indicator[] => {
    const value = text(one?.value);
    if (value === "") return [];
    const view = one.view === "history" || one.view === "pivot" ? one.view : indicatorOf(value, "", "", now)?.view ?? "pivot";
    const mark: Mark = isMark(text(one.mark)) ? (one.mark as Mark) : "to check";
    return [{ value, view, mark, note: text(one.note), added: isTime(one.added) ? one.added : now }];
  });
  return { name: text(object.name), notes: text(object.notes), indicators, skipped: list.length - indicators.length };
}

// --- CSV (RFC 4180) ---

const NOTES = "project"; // the mark of a row without a value: its note is that of the project

export function toCsv(project: Project): string {
  const rows = project.indicators.map(({ value, mark, note, added }) => [value, mark, note, new Date(added * 1000).toISOString()]);
  const notes = project.notes ? [["", NOTES, project.notes, ""]] : [];
  return [["value", "mark", "note", "added"], ...rows, ...notes].map((row) => row.map(cellText).join(",") + "\r\n").join("");
}

export function readCsv(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\r|$)/g)) {
    row.push(unguarded(quoted === undefined ? plain! : quoted.replace(/""/g, '"')));
    if (end === ",") continue;
    if (row.length > 1 || row[0] !== "") rows.push(row);
    row = [];
    if (end === "") break;
  }
  return rows;
}

function fromCsv(csv: string, now: number): Imported {
  const rows = readCsv(csv.replace(/^\ufeff/, ""));
  const head = rows[0]?.map((cell) => cell.trim().toLowerCase()) ?? [];
  const named = head.includes("value");
  const column = (name: string, place: number) => (named ? head.indexOf(name) : place);
  const [value, mark, note] = [column("value", 0), column("mark", 1), column("note", 2)];
  const isNotes = (row: string[]) => named && row[value] === "" && row[mark] === NOTES;
  const body = (named ? rows.slice(1) : rows).filter((row) => !isNotes(row));
  const notes = rows.filter(isNotes).map((row) => row[note] ?? "").join("\n\n");
  const indicators = body.flatMap((row) => indicatorOf(row[value] ?? "", row[mark] ?? "", row[note] ?? "", now) ?? []);
  return { name: "", notes, indicators, skipped: body.length - indicators.length };
}

// --- MISP ---

const COLOURS: Record<Mark, string> = { ours: "#1955b1", actor: "#581163", shared: "#9c7510", "to check": "#85898d" };

function mispType(value: string): { type: string; category: string } {
  if (isAddress(value) || isPrefix(value)) return { type: "ip-dst", category: "Network activity" };
  if (value.includes("@")) return { type: "email", category: "Payload delivery" };
  if (value.includes("=") || value.includes(" ") || !value.includes(".")) return { type: "text", category: "Other" };
  return { type: value.split(".").length > 2 ? "hostname" : "domain", category: "Network activity" };
}

// Each mark is a tag `dnshist:mark="actor"`, so that it comes back.
export function toMisp(project: Project, now: number): string {
  const attributes = project.indicators.map(({ value, mark, note, added }) => ({
    ...mispType(value), value, comment: note, to_ids: mark === "actor", distribution: "5", timestamp: String(added),
    Tag: [{ name: `dnshist:mark="${mark}"`, colour: COLOURS[mark] }],
  }));
  const event = {
    info: project.name, date: new Date(now * 1000).toISOString().slice(0, 10), threat_level_id: "4", analysis: "1", distribution: "0", published: false, Attribute: attributes,
    ...(project.notes ? { EventReport: [{ name: "Notes", content: project.notes, distribution: "5" }] } : {}),
  };
  return JSON.stringify({ Event: event }, null, 2) + "\n";
}

const USEFUL = /^(?:domain|hostname|ip-(?:src|dst)|domain\|ip|hostname\|port|ip-(?:src|dst)\|port|email(?:-src|-dst)?|url|uri|dns-soa-email|whois-registrant-email|text)$/;

interface MispAttribute {
  type?: unknown;
  value?: unknown;
  comment?: unknown;
  Tag?: { name?: unknown }[];
}

function fromMisp(event: Record<string, unknown>, now: number): Imported {
  const objects = Array.isArray(event.Object) ? (event.Object as { Attribute?: MispAttribute[] }[]) : [];
  const own = Array.isArray(event.Attribute) ? (event.Attribute as MispAttribute[]) : [];
  const attributes = [...own, ...objects.flatMap((object) => object.Attribute ?? [])];
  const indicators = attributes.flatMap((attribute): Indicator[] => {
    const type = text(attribute.type);
    if (!USEFUL.test(type)) return [];
    const values = type.includes("|") && !type.endsWith("|port") ? text(attribute.value).split("|") : [text(attribute.value).split("|")[0]!];
    const marks = (attribute.Tag ?? []).map((tag) => /^dnshist:mark="(.+)"$/.exec(text(tag.name))?.[1] ?? "");
    const mark = marks.find((each) => (MARKS as readonly string[]).includes(each)) ?? "to check";
    return values.flatMap((value) => indicatorOf(value, mark, text(attribute.comment), now) ?? []);
  });
  const reports = Array.isArray(event.EventReport) ? (event.EventReport as ({ content?: unknown } | null)[]) : [];
  const notes = reports.map((report) => text(report?.content)).filter(Boolean).join("\n\n");
  return { name: text(event.info), notes, indicators, skipped: attributes.length - indicators.length };
}

// --- any of them ---

export function readTransfer(content: string, now: number): Imported {
  const trimmed = content.trim();
  if (trimmed === "") throw new TransferError("The file is empty.");
  if (!/^[[{]/.test(trimmed)) return fromCsv(content, now);
  let parsed: unknown;
  try {
    parsed = JSON.parse(trimmed);
  } catch (error) {
    throw new TransferError(`The file is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const object = (Array.isArray(parsed) ? parsed[0] : parsed) as Record<string, unknown> | null;
  const response = object?.response;
  const event = object?.Event ?? (Array.isArray(response) ? (response[0] as Record<string, unknown> | undefined)?.Event : undefined);
  if (event && typeof event === "object") return fromMisp(event as Record<string, unknown>, now);
  if (object?.format === FORMAT) return fromJson(object, now);
  throw new TransferError("The file is JSON, but neither a project of this page nor an event of MISP.");
}
