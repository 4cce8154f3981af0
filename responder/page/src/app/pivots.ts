// The graph of the way that one came: it is read as one goes, and grows by clicks.

import { addThing, emptyGraph, nameId, neighboursOf, valueId, type Graph, type Thing } from "../graph/graph";
import { readThing } from "../graph/read";
import { isKnownType } from "../language/family";
import { readQuestion } from "../language/question";
import type { Step } from "./state";
import { state, update } from "./state";

const LOOK_FURTHER = 8; // names that are read at a time to find what they share

const idOf = (step: Step): string => {
  const question = readQuestion(step.question);
  return question?.view === "pivot" ? valueId(step.subject) : nameId(step.subject.replace(/^=\./, ""));
};

let running = 0;

// Reads what stands on the way, then some of the names at its end.
export async function readWay(path: readonly Step[], here: Step): Promise<void> {
  const steps = path.length > 0 ? path : [here];
  const run = ++running;
  const graph = state.graph && state.graph.way[0] === idOf(steps[0]!) ? state.graph : emptyGraph();
  graph.way = steps.map(idOf);
  for (const step of steps) {
    const id = idOf(step);
    addThing(graph, id, isKnownType(step.by) ? step.by : "", id.startsWith("name ") ? "name" : "", Infinity, -Infinity);
  }
  show(graph);
  for (const id of graph.way) await readThing(graph, graph.things.get(id)!, state.settings.zone);
  if (run !== running) return;
  show(graph);
  await lookFurther(graph);
}

// Reads more of the names that share what was pivoted to.
export async function lookFurther(graph: Graph): Promise<void> {
  const last = graph.way[graph.way.length - 1]!;
  const around = [...(neighboursOf(graph).get(last) ?? [])].map((id) => graph.things.get(id)!);
  const unread = around.filter((thing) => !thing.read && thing.name).slice(0, LOOK_FURTHER);
  await Promise.all(unread.map((thing) => readThing(graph, thing, state.settings.zone)));
  if (state.graph === graph || state.graph?.way === graph.way) show(graph);
}

export async function grow(thing: Thing): Promise<void> {
  const graph = state.graph;
  if (!graph) return;
  await readThing(graph, thing, state.settings.zone);
  show(graph);
}

export function unreadAround(graph: Graph): number {
  const last = graph.way[graph.way.length - 1];
  if (last === undefined) return 0;
  return [...(neighboursOf(graph).get(last) ?? [])].filter((id) => id.startsWith("name ") && !graph.things.get(id)!.read).length;
}

// A new object around the same maps, so that the page is drawn again.
const show = (graph: Graph) => update({ graph: { ...graph } });
