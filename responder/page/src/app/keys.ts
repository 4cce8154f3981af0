// The keyboard: each key does what a control of the page does. Not while one types.

import { copy, currentQuestion, goTo, setDay, toEvent, wholeSpan } from "./actions";
import { addToProject } from "./projects";
import { historyOf, partsOf, pivotOf } from "../language/rdata";
import { keyOf } from "../records/record";
import type { Row } from "../records/order";
import { addMonths, DAY, startOfDay } from "../time/instant";
import { zoom } from "../time/scale";
import { state, update } from "./state";

export const KEYS: [string, string][] = [
  ["/", "ask"], ["j k", "rows"], ["Enter", "details"], ["p", "pivot"], ["h", "history of the name"], ["[ ]", "events"], ["\u2190 \u2192", "a day; with Shift a month"],
  ["+ \u2212", "zoom"], ["0", "all"], ["t", "types"], ["c", "copy the question"], ["a", "add to the project"], ["Esc", "close"], ["?", "keys"],
];

export function onKey(event: KeyboardEvent, rows: Row[]): void {
  const target = event.target instanceof HTMLElement || event.target instanceof SVGElement ? event.target : document.body;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") return escape(target);
  if (target.closest("input, textarea, select, [role=slider]")) return;
  const done = run(event, rows, target);
  if (done) event.preventDefault();
}

function escape(target: HTMLElement | SVGElement): void {
  if (state.keys || state.open) update({ keys: false, open: null });
  else target.blur();
}

function run(event: KeyboardEvent, rows: Row[], target: Element): boolean {
  const question = currentQuestion();
  const row = rows[state.focus];
  const record = row?.kind === "record" ? row.record : null;
  switch (event.key) {
    case "/":
      document.querySelector<HTMLInputElement>("#q")?.select();
      return true;
    case "?":
      update({ keys: !state.keys });
      return true;
    case "j":
    case "k":
      if (rows.length === 0) return false;
      update({ focus: Math.min(rows.length - 1, Math.max(0, state.focus + (event.key === "j" ? 1 : -1))) });
      return true;
    case "Enter":
      if (!row || target.closest("a, button, summary")) return false;
      if (record) update({ open: state.open === keyOf(record) ? null : keyOf(record) });
      else if (row.kind === "group") toggle(row.type);
      return true;
    case "p": {
      const part = record && partsOf(record.type, record.rdata).find((each) => each.pivot);
      if (part?.pivot) goTo(pivotOf(part.pivot, record!.type), record!.type);
      else if (question) goTo(pivotOf(question.subject), "name");
      return true;
    }
    case "h":
      if (record) goTo(historyOf(record.owner), "name");
      else if (question) goTo(historyOf(question.subject), "name");
      return true;
    case "a":
      if (record) void addToProject(question?.view === "pivot" ? record.owner : partsOf(record.type, record.rdata).find((each) => each.pivot)?.pivot ?? record.owner);
      else if (question) void addToProject(question.subject);
      return true;
    case "[":
    case "]":
      toEvent(event.key === "]");
      return true;
    case "ArrowLeft":
    case "ArrowRight":
      return moveDay(event.key === "ArrowRight" ? 1 : -1, event.shiftKey);
    case "+":
    case "=":
    case "-":
      zoomBy(event.key === "-" ? 2 : 0.5);
      return true;
    case "0":
      update({ span: null });
      return true;
    case "t":
      document.querySelector<HTMLButtonElement>(".chips button[aria-pressed=true]")?.focus();
      return true;
    case "c":
      if (state.route.tab === "dns" && state.answer) void copy(`${state.route.question}.${state.settings.zone}`, "the question");
      return true;
    default:
      return false;
  }
}

function toggle(type: string): void {
  const next = new Set(state.toggled);
  if (!next.delete(type)) next.add(type);
  update({ toggled: next });
}

function moveDay(by: number, month: boolean): boolean {
  if (state.day === null) return false;
  setDay(month ? startOfDay(addMonths(state.day, by)) : state.day + by * DAY);
  return true;
}

function zoomBy(factor: number): void {
  const whole = wholeSpan();
  const span = state.span ?? whole;
  const around = state.day !== null && state.day >= span.from && state.day <= span.to ? state.day : (span.from + span.to) / 2;
  const next = zoom(span, factor, around, whole);
  update({ span: next.from <= whole.from && next.to >= whole.to ? null : next });
}

