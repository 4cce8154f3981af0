// The tab of pivots: the way one came, and the graph of it.

import type { State } from "../app/state";
import { GraphSection } from "./graph";
import { Path } from "./head";

export function Pivots({ state }: { state: State }) {
  const empty = !state.graph || state.graph.ties.size === 0;
  return (
    <>
      <Path state={state} />
      <div class="head">
        <h1 class="words">Pivots</h1>
        <p class="read">{empty ? "Ask for a name or a value, then click what its records name. The way that you go is drawn here, with what the names at its end share." : "A click on a box that was not looked at reads what it is tied to; a click on another goes there."}</p>
      </div>
      <GraphSection state={state} />
    </>
  );
}
