// The filters of the language as controls. They follow the question, and the question follows them.

import { goTo } from "../app/actions";
import { update, type State } from "../app/state";
import { filterValue, hasWord, typedValue, typesLeftOut, withFilter, withTyped, withTypesLeftOut, withWord, type Question } from "../language/question";
import { dateText, timeText, DAY } from "../time/instant";
import { Field } from "./field";
import { Button } from "./text";

const RECORDS = ["history", "pivot", "cohost"];

export function Filters({ state, question }: { state: State; question: Question }) {
  const records = RECORDS.includes(question.view);
  const used = question.filters.length;
  return (
    <details class="tools" open={!isNarrow() || used > 0}>
      <summary>Filters{used > 0 ? `, ${used} in use` : ""}</summary>
      <div class="tools-in">
        <Typed question={question} word="after" label="Visible after" hint="2019-06" />
        <Typed question={question} word="before" label="before" hint="2021" />
        <label>
          <input type="checkbox" checked={filterValue(question, "on").toLowerCase() === "now"} onChange={(event) => goTo(withFilter(question, "on", event.currentTarget.checked ? "now" : ""))} /> still there
        </label>
        <span class="fld">
          <label for="f-min">at least</label>
          <Field id="f-min" type="number" min="1" value={filterValue(question, "min") || "1"} onCommit={(text) => goTo(withFilter(question, "min", Number(text) > 1 ? text : ""))} />
          <span>times</span>
        </span>
        <Typed question={question} word="like" label={question.view === "pivot" ? "values like" : "names like"} hint="*mail*" />
        {question.view === "summary" && (
          <span class="seg" role="group" aria-label="Sums of">
            {(["", "by-year", "by-month"] as const).map((word) => (
              <button type="button" key={word} aria-pressed={word === intervalOf(question)} onClick={() => goTo(withInterval(question, word))}>{word === "" ? "All time" : word === "by-year" ? "Years" : "Months"}</button>
            ))}
          </span>
        )}
        {state.span && <Button onClick={() => goTo(inWindow(question, state.span!))}>Only this window</Button>}
        {used > 0 && <Button onClick={() => goTo({ ...question, filters: [] })}>Without filters</Button>}
        {records && (
          <span class="seg end" role="group" aria-label="Shown as">
            {(["timeline", "table", "lines"] as const).map((shown) => (
              <button type="button" key={shown} aria-pressed={state.shown === shown} onClick={() => update({ shown })}>{shown[0]!.toUpperCase() + shown.slice(1)}</button>
            ))}
          </span>
        )}
      </div>
      <More question={question} />
    </details>
  );
}

// A filter with a value, typed as text.
function Typed({ question, word, label, hint }: { question: Question; word: string; label: string; hint: string }) {
  return (
    <span class="fld">
      <label for={`f-${word}`}>{label}</label>
      <Field id={`f-${word}`} type="text" value={typedValue(question, word)} placeholder={hint} autocomplete="off" autocapitalize="off" spellcheck={false} onCommit={(text) => goTo(withTyped(question, word, text))} />
    </span>
  );
}

const SEEN: [word: string, label: string, hint: string][] = [
  ["on", "Visible on", "2019-06-01"], ["first-after", "First seen after", "90d"], ["first-before", "First seen before", "2021"],
  ["last-after", "Last seen after", "1y"], ["last-before", "Last seen before", "2021"],
];
const PATTERNS: [word: string, label: string, hint: string][] = [
  ["not-like", "Not like", "*cdn*"], ["re", "Expression", "^mail[0-9]+"], ["not-re", "Not expression", "test"],
];
const BY: [word: string, label: string, hint: string][] = [["sensor", "Sensor", "ams-*"], ["in", "In answers for", "example.com"]];
const ORDERS: [order: string, label: string][] = [
  ["", "as usual"], ["last", "last seen"], ["first", "first seen"], ["count", "count"], ["duration", "how long"], ["name", "name"], ["data", "value"],
];
const MORE_WORDS = [...SEEN, ...PATTERNS, ...BY].map(([word]) => word).filter((word) => word !== "on");

// Filters that are needed less often; open where one of them is in use.
function More({ question }: { question: Question }) {
  const on = filterValue(question, "on");
  const used = MORE_WORDS.some((word) => filterValue(question, word) !== "") || typesLeftOut(question).length > 0 || (on !== "" && on.toLowerCase() !== "now") || ["count", "runs"].some((word) => hasWord(question, word));
  const fields = (all: typeof SEEN) => all.map(([word, label, hint]) => <Typed key={word} question={question} word={word} label={label} hint={hint} />);
  return (
    <details class="more-filters" open={used}>
      <summary>More filters</summary>
      <div class="groups">
        <fieldset><legend>When</legend>{fields(SEEN)}</fieldset>
        <fieldset><legend>{question.view === "pivot" ? "Values" : "Names"}</legend>{fields(PATTERNS)}</fieldset>
        <fieldset><legend>Seen by</legend>{fields(BY)}</fieldset>
        <fieldset>
          <legend>Records</legend>
          <span class="fld">
            <label for="f-not">Not of type</label>
            <Field id="f-not" type="text" value={typesLeftOut(question).join(" ")} placeholder="SOA TXT" autocomplete="off" spellcheck={false} onCommit={(text) => goTo(withTypesLeftOut(question, text.split(/[\s,;.]+/).filter(Boolean)))} />
          </span>
          {question.view !== "at" && (
            <span class="fld">
              <label for="f-sort">Order</label>
              <select id="f-sort" value={filterValue(question, "sort").toLowerCase()} onChange={(event) => goTo(withFilter(question, "sort", event.currentTarget.value))}>
                {ORDERS.map(([order, label]) => <option key={order} value={order}>{label}</option>)}
              </select>
            </span>
          )}
          {(question.view === "history" || question.view === "pivot") && (
            <label><input type="checkbox" checked={hasWord(question, "runs")} onChange={(event) => goTo(withWord(question, "runs", event.currentTarget.checked))} /> each run in a row</label>
          )}
          <label><input type="checkbox" checked={hasWord(question, "count")} onChange={(event) => goTo(withWord(question, "count", event.currentTarget.checked))} /> only how many</label>
        </fieldset>
      </div>
    </details>
  );
}

const intervalOf = (question: Question): string => ["by-year", "by-month"].find((word) => hasWord(question, word)) ?? "";
const withInterval = (question: Question, word: string): Question => {
  const without = withWord(withWord(question, "by-year", false), "by-month", false);
  return word === "" ? without : withWord(without, word, true);
};

const isNarrow = () => matchMedia("(max-width: 44rem)").matches;

// Whole days where the window is longer than some days.
function inWindow(question: Question, span: { from: number; to: number }): Question {
  const long = span.to - span.from > 10 * DAY;
  const time = (at: number) => (long ? dateText(at) : timeText(at));
  return withFilter(withFilter(question, "after", time(span.from)), "before", time(span.to));
}
