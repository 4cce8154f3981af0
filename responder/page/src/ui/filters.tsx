// The filters of the language as controls. They follow the question, and the question follows them.

import { goTo } from "../app/actions";
import { update, type State } from "../app/state";
import { filterValue, hasWord, withFilter, withWord, type Question } from "../language/question";
import { dateText, timeText, DAY } from "../time/instant";
import { Button } from "./text";

export function Filters({ state, question }: { state: State; question: Question }) {
  const set = (word: string, value: string) => goTo(withFilter(question, word, value.trim()));
  const field = (word: string, label: string, hint: string) => (
    <span class="fld">
      <label for={`f-${word}`}>{label}</label>
      <input id={`f-${word}`} type="text" value={filterValue(question, word)} placeholder={hint} autocomplete="off" onChange={(event) => set(word, event.currentTarget.value)} />
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
          <input id="f-min" type="number" min="1" value={filterValue(question, "min") || "1"} onChange={(event) => set("min", Number(event.currentTarget.value) > 1 ? event.currentTarget.value : "")} />
          <span>times</span>
        </span>
        {field("first-after", "new since", "90d")}
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

const isNarrow = () => matchMedia("(max-width: 44rem)").matches;

// Whole days where the window is longer than some days.
function inWindow(question: Question, span: { from: number; to: number }): Question {
  const long = span.to - span.from > 10 * DAY;
  const time = (at: number) => (long ? dateText(at) : timeText(at));
  return withFilter(withFilter(question, "after", time(span.from)), "before", time(span.to));
}
