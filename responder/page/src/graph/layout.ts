// The graph in four columns: where one came from, led to, who shares that, what they share. Never more than
// 40 boxes: what is alike and has the same neighbours becomes a group, and so does what is left over.

import { neighboursOf, type Graph, type Thing } from "./graph";

export interface Box {
  id: string;
  column: number;
  row: number;
  things: Thing[]; // more than one: a group
  label: string;
  shared: boolean; // two or more point at it
}

export interface Edge {
  from: Box;
  to: Box;
  way: boolean; // one came along here
}

export interface Layout {
  boxes: Box[];
  edges: Edge[];
  columns: number[]; // those that are there, 0 to 3
  rows: number;
  grouped: number; // things inside groups
}

export const COLUMN_NAMES = ["Where you came from", "Led to", "Who shares that", "What they share in turn"];
const MOST_BOXES = 40;
const MOST_ALIKE = 6;

export function layOutGraph(graph: Graph, most = MOST_BOXES): Layout {
  const neighbours = neighboursOf(graph);
  const column = columnsOf(graph, neighbours);
  const onWay = new Set(graph.way);
  const boxes = toBoxes(graph, neighbours, column, onWay, most);
  const boxOf = new Map<string, Box>();
  for (const box of boxes) for (const thing of box.things) boxOf.set(thing.id, box);
  const edges = edgesOf(graph, boxOf);
  order(boxes, edges);
  const columns = [...new Set(boxes.map((box) => box.column))].sort();
  const rows = Math.max(0, ...boxes.map((box) => box.row + 1));
  const grouped = boxes.reduce((sum, box) => sum + (box.things.length > 1 ? box.things.length : 0), 0);
  return { boxes, edges, columns, rows, grouped };
}

// Steps from the thing that the last three steps of the way began with. Names stand in columns 0 and 2,
// values in 1 and 3.
function columnsOf(graph: Graph, neighbours: Map<string, Set<string>>): Map<string, number> {
  const column = new Map<string, number>();
  const root = graph.way[Math.max(0, graph.way.length - 3)];
  const thing = root === undefined ? undefined : graph.things.get(root);
  if (!thing) return column;
  let front = [thing.id];
  for (let at = thing.name ? 0 : 1; at < 4 && front.length > 0; ++at) {
    for (const id of front) column.set(id, at);
    front = [...new Set(front.flatMap((id) => [...(neighbours.get(id) ?? [])]))].filter((id) => !column.has(id));
  }
  return column;
}

function toBoxes(graph: Graph, neighbours: Map<string, Set<string>>, column: Map<string, number>, onWay: Set<string>, most: number): Box[] {
  const visible = (id: string) => [...(neighbours.get(id) ?? [])].filter((other) => column.has(other)).sort();
  const alike = new Map<string, Thing[]>();
  for (const [id, at] of column) {
    const thing = graph.things.get(id)!;
    const key = onWay.has(id) ? id : `${at}\t${thing.kind}\t${visible(id).join("\t")}`;
    alike.set(key, [...(alike.get(key) ?? []), thing]);
  }
  const boxes: Box[] = [];
  const add = (things: Thing[]) => {
    const first = things[0]!;
    boxes.push({ id: first.id, column: column.get(first.id)!, row: 0, things, label: labelOf(things), shared: visible(first.id).length > 1 && !first.name });
  };
  for (const things of alike.values()) {
    if (things.length > MOST_ALIKE || (things.length > 2 && column.size > MOST_BOXES / 2)) add(things);
    else for (const thing of things) add([thing]);
  }
  return boxes.length <= most ? boxes : limit(boxes, onWay, most, visible);
}

// Keeps what ties most, names by how much of it others share; of a column at most half of the room, so that
// names do not push out what they share. The rest of a column is one group.
function limit(boxes: Box[], onWay: Set<string>, most: number, visible: (id: string) => string[]): Box[] {
  const room = most - 4;
  const ties = new Map(boxes.flatMap((box) => box.things.map((thing) => [thing.id, visible(thing.id)])));
  const shared = (id: string) => (ties.get(id)?.length ?? 0) > 1;
  const worthOf = (box: Box) => {
    const own = ties.get(box.id)!;
    return (box.things.some((thing) => onWay.has(thing.id)) ? 1e6 : 0) + (box.things[0]!.name ? own.filter(shared).length : own.length);
  };
  const worth = new Map(boxes.map((box) => [box, worthOf(box)]));
  const sorted = [...boxes].sort((a, b) => worth.get(b)! - worth.get(a)!);
  const taken = [0, 0, 0, 0];
  const kept = sorted.filter((box) => ++taken[box.column]! <= room / 2).slice(0, room);
  const rest = new Set(sorted);
  for (const box of kept) rest.delete(box);
  for (let column = 0; column < 4; ++column) {
    const things = [...rest].filter((box) => box.column === column).flatMap((box) => box.things);
    if (things.length > 0) kept.push({ id: `rest ${column}`, column, row: 0, things, label: labelOf(things), shared: false });
  }
  return kept;
}

function labelOf(things: Thing[]): string {
  if (things.length === 1) return things[0]!.label;
  const ends = new Set(things.map((thing) => (thing.name ? thing.label.slice(thing.label.lastIndexOf(".") + 1) : "")));
  const end = [...ends][0];
  const kinds = new Set(things.map((thing) => thing.kind));
  const what = things[0]!.name ? "names" : kinds.size === 1 ? plural([...kinds][0]!) : "values";
  return `${things.length} ${what}${ends.size === 1 && end ? ` under .${end}` : ""}`;
}

const plural = (kind: string): string => (/s$/.test(kind) ? `${kind}es` : /x$/.test(kind) ? `${kind}es` : `${kind}s`);

function edgesOf(graph: Graph, boxOf: Map<string, Box>): Edge[] {
  const edges = new Map<string, Edge>();
  const steps = new Set(graph.way.slice(1).map((id, at) => [graph.way[at]!, id].sort().join("\t")));
  for (const tie of graph.ties.values()) {
    const [a, b] = [boxOf.get(tie.name), boxOf.get(tie.value)];
    if (!a || !b || a.column === b.column) continue;
    const [from, to] = a.column < b.column ? [a, b] : [b, a];
    if (to.column - from.column !== 1) continue;
    const key = `${from.id}\t${to.id}`;
    const way = steps.has([tie.name, tie.value].sort().join("\t"));
    const known = edges.get(key);
    if (known) known.way ||= way;
    else edges.set(key, { from, to, way });
  }
  return [...edges.values()];
}

// Rows by the mean of the neighbours' rows, a few times to and fro (the barycentre method of Sugiyama).
function order(boxes: Box[], edges: Edge[]): void {
  const columns = [0, 1, 2, 3].map((column) => boxes.filter((box) => box.column === column).sort((a, b) => (a.label < b.label ? -1 : 1)));
  const place = () => {
    for (const column of columns) column.forEach((box, row) => (box.row = row));
  };
  place();
  for (let sweep = 0; sweep < 6; ++sweep) {
    const forward = sweep % 2 === 0;
    for (const column of forward ? columns.slice(1) : columns.slice(0, 3).reverse()) {
      const middle = new Map(column.map((box) => [box, mean(box, edges, forward)]));
      column.sort((a, b) => middle.get(a)! - middle.get(b)! || a.row - b.row);
    }
    place();
  }
}

function mean(box: Box, edges: Edge[], forward: boolean): number {
  const rows = edges.flatMap((edge) => (forward && edge.to === box ? [edge.from.row] : !forward && edge.from === box ? [edge.to.row] : []));
  return rows.length === 0 ? box.row : rows.reduce((sum, row) => sum + row, 0) / rows.length;
}
