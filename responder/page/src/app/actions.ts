// What the page does: each action changes the state, and the page is drawn from it.

import { questionOf as questionOfPasted, wholeQuestion } from "../language/pasted";
import { readQuestion, stripCommand, withoutShape, writeQuestion, isOneName, type Question, type View } from "../language/question";
import { suggestionIn } from "../language/line";
import { extentOf } from "../records/order";
import { fit, type Span } from "../time/scale";
import { DAY, readTime, startOfDay } from "../time/instant";
import { timeOf } from "../language/question";
import { emptyAnswer, goOn, isFailure, loadAnswer, type Answer } from "./answer";
import { loadAround } from "./around";
import { loadDay } from "./day";
import { once } from "./once";
import { questionHref, readRoute, type Route } from "./route";
import { nothingAround, state, update, type Step } from "./state";

let asking = new AbortController();
let dayAsking = new AbortController();
let followed = ""; // a pasted text whose suggestion may be followed

// --- where one is ---

export function currentQuestion(): Question | null {
  return state.route.tab === "dns" ? readQuestion(state.route.question) : null;
}

function pathAfter(question: string, by: string | null): Step[] {
  if (by === null) return [];
  const read = readQuestion(question);
  const here = state.route.tab === "dns" ? readQuestion(state.route.question) : null;
  const before = state.path.length > 0 || !here ? state.path : [{ question: writeQuestion(here), subject: here.subject, by: "" }];
  const known = before.findIndex((step) => step.subject === read?.subject);
  if (known >= 0) return before.slice(0, known + 1);
  return [...before, { question, subject: read?.subject ?? question, by }];
}

// Goes to a question. `by` is the type of the record that led there; null begins a new path, and undefined
// keeps the one that is there (a filter was changed).
export function go(question: string, by?: string | null): void {
  const path = by === undefined ? state.path : pathAfter(question, by);
  if (questionHref(question) === location.hash) return enter({ path }, true);
  history.pushState({ path }, "", questionHref(question));
  enter({ path }, false);
}

export const goTo = (question: Question, by?: string | null): void => go(writeQuestion(question), by);

export function goHref(href: string): void {
  history.pushState({ path: state.path }, "", href);
  enter({ path: state.path }, false);
}

// Reads the address, as at the start and after back or forward.
export function enter(kept: { path?: Step[] } | null, again: boolean): void {
  const route = readRoute(location.hash);
  const path = kept?.path ?? [];
  if (route.tab !== "dns") {
    update({ route, path, editing: null, said: "" });
    return;
  }
  if (!again && canReshape(route)) {
    update({ route, path, editing: null, focus: -1, version: state.version + 1 });
    showTyped(route.question);
    return;
  }
  update({ route, path, editing: null, said: "" });
  showTyped(route.question);
  if (route.question === "") {
    asking.abort();
    update({ answer: null, around: nothingAround });
  } else askNow(route.question);
}

// Types and order can change without asking where all records are here.
function canReshape(route: Route & { tab: "dns" }): boolean {
  const answer = state.answer;
  const question = readQuestion(route.question);
  if (!answer?.question || !question || answer.asking || answer.more !== "" || isFailure(answer)) return false;
  if (answer.records.length === 0 || question.view !== answer.question.view) return false;
  if (answer.question.filters.some((label) => /^(?:limit|page)-/i.test(label)) || question.filters.some((label) => /^(?:limit|page)-/i.test(label))) return false;
  return withoutShape(question) === withoutShape(answer.question) && isWider(answer.question, question);
}

const isWider = (wide: Question, narrow: Question): boolean => {
  const plain = withoutShape(wide).split(".");
  const types = wide.filters.map((label) => label.toLowerCase()).filter((label) => !plain.includes(label) && !/^(?:any$|sort-|json$|runs$)/.test(label));
  return types.length === 0 || types.every((type) => narrow.filters.some((label) => label.toLowerCase() === type)) && narrow.filters.length <= wide.filters.length;
};

function showTyped(question: string): void {
  const read = readQuestion(question);
  update({ typed: read ? read.subject || "." : question, view: read ? read.view : "" });
}

// --- asking ---

// The search line: what was pasted becomes a question.
export function search(text: string, view: View | ""): void {
  const { zone } = state.settings;
  const whole = wholeQuestion(text, zone, view);
  const question = questionOfPasted(text, zone, view);
  if (!question) return;
  const name = writeQuestion(question);
  followed = whole ? "" : name;
  update({ readAs: "" });
  go(name, null);
}

// The question as it was edited: it is asked as it stands, even where it has no view.
export function askEdited(text: string): void {
  followed = "";
  const name = stripCommand(text, state.settings.zone);
  update({ editing: null, readAs: "" });
  if (name !== "") go(name, null);
}

function askNow(text: string): void {
  asking.abort();
  dayAsking.abort();
  clearTimeout(dayTimer);
  asking = new AbortController();
  const { signal } = asking;
  const { zone } = state.settings;
  update({ answer: emptyAnswer(text), around: nothingAround, span: null, open: null, focus: -1, toggled: new Set(), dayAnswer: null, day: null, version: state.version + 1 });
  const question = readQuestion(text);
  let first = true;
  const shown = (answer: Answer) => {
    if (signal.aborted) return;
    // The surroundings of the answer are asked after it, so that nothing is in its way.
    if (first && question) {
      void loadAround(question, zone, (patch) => {
        if (!signal.aborted) update({ around: { ...state.around, ...patch } });
      }, signal);
    }
    first = false;
    update({ answer: { ...answer }, version: state.version + 1 });
    if (!answer.asking) arrived(answer, signal);
  };
  void loadAnswer(text, zone, shown, signal);
}

function arrived(answer: Answer, signal: AbortSignal): void {
  const suggestion = suggestionOf(answer);
  if (isFailure(answer) && followed === answer.text && isWhole(suggestion)) {
    followed = "";
    update({ readAs: suggestion });
    history.replaceState({ path: state.path }, "", questionHref(suggestion));
    enter({ path: state.path }, true);
    return;
  }
  followed = "";
  if (!answer.question || answer.question.view !== "history" || !isOneName(answer.question)) {
    if (answer.question?.view === "at") {
      const time = readTime(timeOf(answer.question), Math.floor(Date.now() / 1000));
      if (time !== null) setDay(startOfDay(time), answer.question.subject);
    }
    return;
  }
  const extent = extentOf(answer.records);
  if (extent && state.day === null && !signal.aborted) setDay(startOfDay(extent.last));
}

// What the server suggests, as a question without the zone; empty where it is a word or nothing.
export function suggestionOf(answer: Answer): string {
  const texts = [...answer.remarks.map((remark) => remark.text), ...answer.errors.map((error) => error.text)];
  const found = texts.map(suggestionIn).find((text) => text !== "") ?? "";
  return stripCommand(found, state.settings.zone);
}

// A suggestion is a question, or a word of one.
export const isWhole = (suggestion: string): boolean => suggestion.includes(".") && readQuestion(suggestion) !== null;

export function askAgain(): void {
  if (state.route.tab === "dns") askNow(state.route.question);
}

export function stop(): void {
  asking.abort();
  const { answer } = state;
  if (!answer) return;
  const nothing = answer.code === "";
  update({ answer: { ...answer, asking: false, failed: nothing ? "stopped" : answer.failed }, said: "Stopped" });
}

export function readOn(): void {
  const answer = state.answer;
  if (!answer || answer.more === "" || answer.asking) return;
  asking = new AbortController();
  const { signal } = asking;
  void goOn(answer, state.settings.zone, (next) => {
    if (!signal.aborted) update({ answer: { ...next }, version: state.version + 1 });
  }, signal);
}

// --- time ---

const spanOf = once((answer: Answer | null): Span => {
  const lines = [...(answer?.names ?? []), ...(answer?.summary ?? [])].map((line) => line.run);
  const extent = extentOf(answer && answer.records.length > 0 ? answer.records : lines);
  if (!extent) return { from: 0, to: DAY };
  return fit(extent.first, extent.last);
});

export const wholeSpan = (): Span => spanOf(state.answer);

let dayTimer = 0;

export function setDay(day: number, subject = currentQuestion()?.subject ?? ""): void {
  update({ day });
  const question = currentQuestion();
  if (!question || (question.view !== "history" && question.view !== "at") || !isOneName(question)) return;
  clearTimeout(dayTimer);
  const wait = state.dayAnswer === null ? 0 : 120;
  dayTimer = window.setTimeout(() => {
    dayAsking.abort();
    dayAsking = new AbortController();
    const { signal } = dayAsking;
    loadDay(subject, day, state.settings.zone, signal)
      .then((dayAnswer) => signal.aborted || update({ dayAnswer }))
      .catch(() => undefined);
  }, wait);
}

// The days on which something appeared or went, for `[` and `]`.
export function eventDays(): number[] {
  const days = new Set<number>();
  for (const change of state.around.changes) days.add(startOfDay(change.time));
  if (days.size === 0) {
    for (const record of state.answer?.records ?? []) for (const run of record.runs) days.add(startOfDay(run.first)).add(startOfDay(run.last));
  }
  return [...days].sort((a, b) => a - b);
}

export function toEvent(forward: boolean): void {
  const days = eventDays();
  const here = state.day ?? 0;
  const day = forward ? days.find((each) => each > here) : days.filter((each) => each < here).pop();
  if (day !== undefined) setDay(day);
}

// --- the clipboard and files ---

export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    update({ said: `Copied ${what}` });
  } catch {
    update({ said: copyByHand(text) ? `Copied ${what}` : "The browser does not let this page copy" });
  }
}

// Where the page is served without TLS to another machine, there is no clipboard but this.
function copyByHand(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "sr";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

export function download(name: string, type: string, content: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
