// A question's name as its parts: [filter.]... view . subject (QUERIES.md). The zone is not in it.
// Whether the words are right is for the server to say.

import { readTime } from "../time/instant";
import { isKnownType } from "./family";

export const VIEWS = ["history", "pivot", "names", "changes", "summary", "at", "seen", "lookalike", "cohost"] as const;
export type View = (typeof VIEWS)[number];

export interface Question {
  filters: string[];
  view: View;
  subject: string; // without the final dot; empty for the root
}

const isView = (label: string): label is View => (VIEWS as readonly string[]).includes(label.toLowerCase());

// Labels of presentation form, `\.` kept in them; the dots of a time or number with decimals do not occur.
export function splitLabels(text: string): string[] {
  return text.match(/(?:\\.|[^.\\])+/gs) ?? [];
}

// Null where no label is a view: a name of the zone's own, as help, or a mistake.
export function readQuestion(text: string): Question | null {
  const labels = splitLabels(text);
  const past = labels.length > 2 && labels.at(-1)!.toLowerCase() === "asof" && readTime(labels.at(-2)!, 0) !== null;
  if (past) return { filters: [labels.at(-2)!], view: "at", subject: labels.slice(0, -2).join(".") }; // NAME.T.asof
  const at = labels.findIndex(isView);
  if (at < 0) return null;
  return {
    filters: labels.slice(0, at),
    view: labels[at]!.toLowerCase() as View,
    subject: labels.slice(at + 1).join("."),
  };
}

// A text that someone pasted as a whole question, or null where it is rather a name: orf.at, history.com and
// names.co.uk are. Each label in front of the view is a filter, and what follows the view is more than the
// end of a name alone.
export function readWhole(text: string): Question | null {
  const question = readQuestion(text);
  if (!question || !isAsked(question.subject)) return null;
  const { view, filters } = question;
  const timed = filters.filter((label) => readTime(label, 0) !== null);
  if (view === "at") return filters.length === 1 && timed.length === 1 ? question : null;
  return filters.every(isFilter) ? question : null;
}

const REGISTRY = /^(?:ac|co|com|edu|gob|gouv|gov|go|gv|id|ltd|me|mil|ne|net|nhs|nic|nom|or|org|plc|sch)\.[a-z]{2}$/i;

function isAsked(subject: string): boolean {
  if (/^[*+=]\.|[@=/:\s*]/.test(subject) || isAddress(subject)) return true;
  const labels = splitLabels(subject);
  if (labels.length === 1) return /\d/.test(subject) && !/^xn--/i.test(subject);
  return labels.length > 1 && !REGISTRY.test(subject);
}

export function writeQuestion(question: Question): string {
  return [...question.filters, question.view, ...(question.subject === "" ? [] : [question.subject])].join(".");
}

// The question without the zone that it may end in, a command in front (dig, kdig) and the final dot.
export function stripCommand(text: string, zone: string): string {
  let name = text.trim();
  if (/^\$?\s*(?:[kd]ig|drill|host)\s/.test(name)) {
    const words = name.split(/\s+/).filter((word) => !/^[-+@$]/.test(word));
    name = words.reduce((best, word) => (word.includes(".") && word.length > best.length ? word : best), "");
  }
  name = name.replace(/\.$/, "");
  return zone !== "" && endsIn(name, zone) ? name.slice(0, -zone.length - 1) : name;
}

const endsIn = (name: string, zone: string): boolean => name.toLowerCase().endsWith("." + zone.toLowerCase());

// A text that ends in the zone, or is a command, is meant as it is written.
export const isMeant = (text: string, zone: string): boolean =>
  /^\$?\s*(?:[kd]ig|drill|host)\s/.test(text.trim()) || endsIn(text.trim().replace(/\.$/, ""), zone);

// Filters that shape or narrow are words with a value, or one of these; every other one is a record type.
const VALUED = /^(?:after|before|on|first-after|first-before|last-after|last-before|min|limit|page|sort|from|line|like|re|not|sensor|in|mailbox)-/i;
const PLAIN = /^(?:runs|json|count|by-month|by-year|below|children|mailbox)$/i;
const TIME = /^(?:\d|@|unix-\d|(?:now|latest)$|\d+(?:d|h|w|mo|y)$)/i;

const isFilter = (label: string): boolean =>
  VALUED.test(label) || PLAIN.test(label) || isKnownType(label) || label.toLowerCase() === "any";

export const isTypeFilter = (label: string): boolean =>
  !VALUED.test(label) && !PLAIN.test(label) && !TIME.test(label) && label.toLowerCase() !== "any";

export function typesOf(question: Question): string[] {
  return question.filters.filter(isTypeFilter).map((label) => label.toUpperCase());
}

export function withTypes(question: Question, types: string[]): Question {
  const others = question.filters.filter((label) => !isTypeFilter(label) && label.toLowerCase() !== "any");
  return { ...question, filters: [...others, ...types.map((type) => type.toLowerCase())] };
}

// The value of the first `word-VALUE`, and the question with another one in its place; empty takes that filter
// away. Only patterns may stand there several times.
const hasValue = (label: string, word: string): boolean => label.toLowerCase().startsWith(word + "-");

export function filterValue(question: Question, word: string): string {
  return question.filters.find((each) => hasValue(each, word))?.slice(word.length + 1) ?? "";
}

export function withFilter(question: Question, word: string, value: string): Question {
  const old = question.filters.find((label) => hasValue(label, word));
  const others = question.filters.filter((label) => label !== old);
  return { ...question, filters: value === "" ? others : [`${word}-${value}`, ...others] };
}

// A value is one label: its dots are escaped there, and not where it is read or typed. In an expression an
// escaped dot is any character, so the dot itself is written as a class.
const isExpression = (word: string): boolean => /(?:^|-)re$/.test(word);

export function typedValue(question: Question, word: string): string {
  const value = filterValue(question, word);
  if (!isExpression(word)) return value.replace(/\\(\D)/g, "$1");
  return value.replace(/\[\\\.\]|\\\D/g, (escaped) => (escaped === "[\\.]" ? "\\." : escaped.slice(1)));
}

export function withTyped(question: Question, word: string, typed: string): Question {
  const text = typed.trim().toLowerCase().replace(/\\$/, "");
  if (!isExpression(word)) return withFilter(question, word, text.replace(/\\?\./g, "\\."));
  return withFilter(question, word, text.replace(/\[\\\.\]|\\[.d]|\./g, (part) => (part === "." ? "\\." : part === "\\d" ? "[0-9]" : "[\\.]")));
}

// The types that are left out, as `not-txt`.
const TYPE_LEFT_OUT = /^not-(?!like-|re-)/i;
export const typesLeftOut = (question: Question): string[] =>
  question.filters.filter((label) => TYPE_LEFT_OUT.test(label)).map((label) => label.slice(4).toUpperCase());
export function withTypesLeftOut(question: Question, types: readonly string[]): Question {
  const others = question.filters.filter((label) => !TYPE_LEFT_OUT.test(label));
  return { ...question, filters: [...types.map((type) => `not-${type.toLowerCase()}`), ...others] };
}

export const hasWord = (question: Question, word: string): boolean =>
  question.filters.some((label) => label.toLowerCase() === word);

export function withWord(question: Question, word: string, present: boolean): Question {
  const others = question.filters.filter((label) => label.toLowerCase() !== word);
  return { ...question, filters: present ? [...others, word] : others };
}

// The time in front of `at`.
export const timeOf = (question: Question): string => question.filters.find((label) => TIME.test(label)) ?? "";

// What can change without another question when every record is here: types and order.
export function withoutShape(question: Question): string {
  const filters = question.filters.filter((label) => !isTypeFilter(label) && !/^(?:any$|sort-|limit-|json$|runs$)/i.test(label));
  return writeQuestion({ ...question, filters }).toLowerCase();
}

// True where the subject is one name, and not many names or a value.
export const isOneName = (question: Question): boolean =>
  !/^[*+](?:\.|$)|\.\*$/.test(question.subject) && !isAddress(question.subject) && !isPrefix(question.subject) && !isRange(question.subject);

export const isAddress = (text: string): boolean =>
  /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) || (/^[0-9a-f:.]+$/i.test(text) && (text.match(/:/g)?.length ?? 0) >= 2);

export const isPrefix = (text: string): boolean => {
  const [address, length] = text.split("/");
  return length !== undefined && isAddress(address!) && /^\d{1,3}$/.test(length);
};

// 192.0.2.5-192.0.2.40: all addresses from one to another.
export const isRange = (text: string): boolean => {
  const [from, to, more] = text.split("-");
  return to !== undefined && more === undefined && isAddress(from!) && isAddress(to);
};
