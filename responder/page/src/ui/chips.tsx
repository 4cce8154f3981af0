// Record types with their counts; pressed, a chip is a filter of the question.

import { go } from "../app/actions";
import type { State } from "../app/state";
import { byType, familyOf } from "../language/family";
import { typesOf, withTypes, writeQuestion, type Question } from "../language/question";
import { once } from "../app/once";
import { countTypes } from "../records/order";
import type { Rec } from "../records/record";
import { Count } from "./text";

export function Chips({ state, question }: { state: State; question: Question }) {
  const counts = typeCounts(state);
  const chosen = typesOf(question);
  const types = [...new Set([...counts.keys(), ...chosen])].sort(byType);
  if (types.length === 0) return null;
  const known = state.answer?.failed === ""; // what was not answered has no count
  const total = [...counts.values()].reduce((sum, each) => sum + each, 0);
  const choose = (next: string[]) => go(writeQuestion(withTypes(question, next)));
  return (
    <div class="chips" role="group" aria-label="Record types">
      <button type="button" class="chip" aria-pressed={chosen.length === 0} onClick={() => choose([])}>All {(known || total > 0) && <b><Count of={total} /></b>}</button>
      {types.map((type) => {
        const pressed = chosen.includes(type);
        const count = counts.get(type) ?? 0;
        return (
          <button
            type="button" key={type} class={`chip f-${familyOf(type)}`} aria-pressed={pressed} disabled={count === 0 && !pressed}
            onClick={(event) => choose(pressed ? chosen.filter((each) => each !== type) : event.shiftKey || event.ctrlKey ? [...chosen, type] : [type])}
          >
            <span class="sw" />{type} {(known || count > 0) && <b><Count of={count} /></b>}
          </button>
        );
      })}
    </div>
  );
}

const counted = once((records: Rec[], _version: number) => countTypes(records));

function typeCounts(state: State): Map<string, number> {
  const { types } = state.around;
  if (types && types.length > 0 && types.every((line) => line.kind === "summary")) return new Map(types.map((line) => [line.type, line.values]));
  return state.answer ? counted(state.answer.records, state.version) : new Map();
}
