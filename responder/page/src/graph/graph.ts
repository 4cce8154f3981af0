// The graph of what was pivoted through: names on one side, what their records name on the other. A tie is
// a record. It grows by what is read; how it is drawn is layout.ts.

import { partsOf } from "../language/rdata";
import type { RecordLine } from "../language/line";
import { isPrefix, isRange } from "../language/question";

export interface Thing {
  id: string;
  name: boolean; // an owner of records, or a value
  label: string;
  type: string; // of the record that led to a value first
  kind: string; // "address", "name server", "mailbox", "token"
  read: boolean; // its records have been read
  more: boolean; // and there are more than were read
  failure: string; // why they could not be read
  first: number;
  last: number;
}

export interface Tie {
  name: string;
  value: string;
  type: string;
}

export interface Graph {
  things: Map<string, Thing>;
  ties: Map<string, Tie>;
  way: string[]; // the things that were pivoted through, in order
}

export const emptyGraph = (): Graph => ({ things: new Map(), ties: new Map(), way: [] });

const bare = (name: string): string => (name === "." ? name : name.replace(/\.$/, "").toLowerCase());
export const nameId = (name: string): string => `name ${bare(name)}`;
export const valueId = (value: string): string => `value ${bare(value)}`;

const KINDS: Record<string, string> = { A: "address", AAAA: "address", NS: "name server", MX: "mail host", CNAME: "alias", PTR: "reverse name" };

// Words of SPF and the like that half of all names share say nothing.
const COMMON = /^(?:v=|[-~?+]?all$|include:|redirect=|a$|mx$|ip4:|ip6:|p=|sp=|k=|adkim=|aspf=|pct=|fo=|rua=|ruf=)/i;

// The values of a record that are worth a tie.
export function tiesOf(line: { owner: string; type: string; rdata: string }): { value: string; kind: string }[] {
  return partsOf(line.type, line.rdata).flatMap((part) => {
    if (!part.pivot || part.kind === "number") return [];
    if (part.kind === "token" && (COMMON.test(part.pivot) || part.pivot.length < 6)) return [];
    if (line.type === "SOA" && part.kind === "name") return [];
    const kind = part.kind === "mailbox" ? "mailbox" : part.kind === "token" ? "token" : KINDS[line.type] ?? "host";
    return [{ value: part.pivot, kind }];
  });
}

// A name that is both an owner and a value is two things, except on the way: both are asked for differently.
export function addThing(graph: Graph, id: string, type: string, kind: string, first: number, last: number): Thing {
  const known = graph.things.get(id);
  if (known) {
    known.first = Math.min(known.first, first);
    known.last = Math.max(known.last, last);
    known.type ||= type;
    known.kind ||= kind;
    return known;
  }
  const name = id.startsWith("name ");
  const thing: Thing = { id, name, label: id.slice(name ? 5 : 6), type, kind, read: false, more: false, failure: "", first, last };
  graph.things.set(id, thing);
  return thing;
}

export function addLine(graph: Graph, line: RecordLine): void {
  const owner = nameId(line.owner);
  for (const { value, kind } of tiesOf(line)) {
    const id = valueId(value);
    addThing(graph, owner, "", "name", line.run.first, line.run.last);
    addThing(graph, id, line.type, kind, line.run.first, line.run.last);
    graph.ties.set(`${owner}\t${id}\t${line.type}`, { name: owner, value: id, type: line.type });
  }
}

// The records of a pivot tie their owners to the one value that was asked for, whatever else they hold.
export function addPivotLine(graph: Graph, value: string, line: RecordLine): void {
  const owner = nameId(line.owner);
  const kind = value.includes("@") ? "mailbox" : isPrefix(value) ? "prefix" : isRange(value) ? "range" : /^[A-Z]+$/.test(line.type) && KINDS[line.type] ? KINDS[line.type]! : "token";
  addThing(graph, owner, "", "name", line.run.first, line.run.last);
  addThing(graph, valueId(value), line.type, kind, line.run.first, line.run.last);
  graph.ties.set(`${owner}\t${valueId(value)}\t${line.type}`, { name: owner, value: valueId(value), type: line.type });
}

export function neighboursOf(graph: Graph): Map<string, Set<string>> {
  const neighbours = new Map<string, Set<string>>();
  for (const id of graph.things.keys()) neighbours.set(id, new Set());
  for (const tie of graph.ties.values()) {
    neighbours.get(tie.name)?.add(tie.value);
    neighbours.get(tie.value)?.add(tie.name);
  }
  return neighbours;
}
