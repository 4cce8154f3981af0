// Reads what a thing of the graph is tied to: a name's history, or a value's pivot. One page of 99 lines.

import { historyOf, pivotOf } from "../language/rdata";
import { writeQuestion } from "../language/question";
import { readPage } from "../records/pages";
import { addLine, addPivotLine, type Graph, type Thing } from "./graph";

export const questionOf = (thing: Thing): string => writeQuestion(thing.name ? historyOf(thing.label) : pivotOf(thing.label));

export async function readThing(graph: Graph, thing: Thing, zone: string): Promise<void> {
  if (thing.read) return;
  thing.read = true;
  thing.failure = "";
  try {
    const page = await readPage(`json.limit-99.${questionOf(thing)}`, zone);
    thing.more = page.next !== "" || page.unread.length > 0;
    for (const line of page.lines) {
      if (line.kind !== "record") continue;
      if (thing.name) addLine(graph, line);
      else addPivotLine(graph, thing.label, line);
    }
  } catch (error) {
    thing.read = false;
    thing.failure = error instanceof Error ? error.message : String(error);
  }
}
