// The filters of the language as controls. They follow the question, and the question follows them.

import { goTo } from "../app/actions";
import { update, type State } from "../app/state";
import { filterValue, hasWord, patternOf, withFilter, withPattern, withWord, type Question } from "../language/question";
import { dateText, timeText, DAY } from "../time/instant";
import { Field } from "./field";
import { Button } from "./text";

export function Filters({ state, question }: { state: State; question: Question }) {
  const set = (word: string, value: string) => goTo(withFilter(question, word, value.trim()));
  const field = (word: string, label: string, hint: string) => (
    <span class="fld">
      <label for={`f-${word}`}>{label}</label>
      <Field id={`f-${word}`} type="text" value={filterValue(question, word)} placeholder={hint} autocomplete="off" onCommit={(text) => set(word, text)} />
    </span>
  );
  const records = question.view === "history" || question.view === "pivot";
  const used = question.filters.length;
  return (
    <details class="tools" open={!isNarrow() || used > 0}>
      <summary>Filters{used > 0 ? `, ${used} in use` : ""}</summary>
      <div class="tools-in">
        {field("after", "Visible after", "2019-06")}
        {field("before", "before", "2021")}
        <span class="fld">
          <label for="f-min">at least</label>
          <Field id="f-min" type="number" min="1" value={filterValue(question, "min") || "1"} onCommit={(text) => set("min", Number(text) > 1 ? text : "")} />
          <span>times</span>
        </span>
        {field("first-after", "new since", "90d")}
        <span class="fld">
          <label for="f-like">{question.view === "pivot" ? "values like" : "names like"}</label>
          <Field id="f-like" type="text" value={patternOf(question)} placeholder="*mail*" autocomplete="off" onCommit={(text) => goTo(withPattern(question, text))} />
        </span>
        {field("sensor", "seen by sensor", "")}
        {question.view === "summary" && (
          <span class="seg" role="group" aria-label="Sums of">
            {(["", "by-year", "by-month"] as const).map((word) => (
              <button type="button" key={word} aria-pressed={word === intervalOf(question)} onClick={() => goTo(withInterval(question, word))}>{word === "" ? "All time" : word === "by-year" ? "Years" : "Months"}</button>
            ))}
          </span>
        )}
        {records && (
          <label>
            <input type="checkbox" checked={hasWord(question, "runs")} onChange={(event) => goTo(withWord(question, "runs", event.currentTarget.checked))} /> each run
          </label>
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
