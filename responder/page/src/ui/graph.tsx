// The graph in columns, and below it always the same as a table.

import { useState } from "preact/hooks";
import { goTo } from "../app/actions";
import { grow, lookFurther, unreadAround } from "../app/pivots";
import { questionHref } from "../app/route";
import type { State } from "../app/state";
import { neighboursOf, type Graph, type Thing } from "../graph/graph";
import { COLUMN_NAMES, layOutGraph, type Box, type Edge } from "../graph/layout";
import { familyOf } from "../language/family";
import { questionOf } from "../graph/read";
import { readQuestion } from "../language/question";
import { dateText } from "../time/instant";
import { once } from "../app/once";
import { Ask } from "./link";
import { Button, plural, Stored, visible } from "./text";

const [WIDE, HIGH, ACROSS, DOWN, TOP] = [216, 40, 324, 54, 40];
const layoutOf = once(layOutGraph);
const MOST_LETTERS = 25;

export function GraphSection({ state }: { state: State }) {
  const { graph } = state;
  if (!graph || graph.ties.size === 0) return null;
  const layout = layoutOf(graph);
  const unread = unreadAround(graph);
  const x = (box: Box) => 16 + layout.columns.indexOf(box.column) * ACROSS;
  const y = (box: Box) => TOP + box.row * DOWN;
  const width = 16 + (layout.columns.length - 1) * ACROSS + WIDE + 16;
  const height = TOP + layout.rows * DOWN;
  const here = graph.way[graph.way.length - 1];
  return (
    <section class="sect" aria-labelledby="h-graph">
      <h2 id="h-graph">What ties them <span class="quiet">what was pivoted through, and what two things share</span></h2>
      <figure class="graph">
        <div class="scroll" tabIndex={0} role="region" aria-label="Graph">
          <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="group" aria-label="Names, addresses, name servers, mailboxes and tokens, and what ties them; the table below says the same">
            {layout.columns.map((column, at) => <text key={column} class="col" x={16 + at * ACROSS} y="22">{COLUMN_NAMES[column]}</text>)}
            {layout.edges.filter((edge) => !edge.way).map((edge) => <path key={`${edge.from.id} ${edge.to.id}`} class="e" d={curve(edge, x, y)} />)}
            {layout.edges.filter((edge) => edge.way).map((edge) => <path key={`${edge.from.id} ${edge.to.id}`} class="e past" d={curve(edge, x, y)} />)}
            {layout.boxes.map((box) => <BoxPicture key={box.id} box={box} x={x(box)} y={y(box)} here={box.things.some((thing) => thing.id === here)} />)}
          </svg>
        </div>
        <figcaption>
          <span>Heavy border: shared by several.</span><span>Orange: the way you came.</span><span>Grey boxes are groups.</span>
          <span>{plural(graph.things.size, "thing")}{layout.grouped > 0 ? `, ${layout.grouped} in groups` : ""}</span>
          {unread > 0 && <Button onClick={() => void lookFurther(graph)}>Look what {unread > 8 ? "8 more names share" : unread === 1 ? "1 more name shares" : `${unread} more names share`}</Button>}
        </figcaption>
      </figure>
      <Shared graph={graph} />
    </section>
  );
}

function curve(edge: Edge, x: (box: Box) => number, y: (box: Box) => number): string {
  const [x1, y1, x2, y2] = [x(edge.from) + WIDE, y(edge.from) + HIGH / 2, x(edge.to), y(edge.to) + HIGH / 2];
  const middle = (x1 + x2) / 2;
  return `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
}

// The end of a long name says more than its beginning; the link's name has all of it.
const shortened = (label: string): string => (label.length > MOST_LETTERS ? label.slice(0, 10) + "\u2026" + label.slice(-(MOST_LETTERS - 11)) : label);

function BoxPicture({ box, x, y, here }: { box: Box; x: number; y: number; here: boolean }) {
  const [open, setOpen] = useState(false);
  const thing = box.things[0]!;
  const group = box.things.length > 1;
  const kind = group ? "a group; open it in the table" : thing.name ? "name" : [thing.type, thing.kind].filter(Boolean).join(", ");
  const read = group || thing.read ? "" : thing.failure ? " \u00b7 could not be asked" : " \u00b7 not looked at";
  const below = `${kind}${read}${thing.more ? " \u00b7 and more" : ""}`;
  const label = visible(shortened(box.label));
  const classes = [`f-${familyOf(thing.type || "none")}`, box.shared ? "shared" : "", group ? "many" : "", here ? "here" : ""].join(" ");
  const picture = (
    <>
      <rect class="box" x={x} y={y} width={WIDE} height={HIGH} rx="2" />
      <rect class="stripe" x={x} y={y} width="4" height={HIGH} />
      <text x={x + 12} y={y + 17}>{label}</text>{" "}
      <text class="k" x={x + 12} y={y + 32}>{below}</text>
    </>
  );
  if (group) return <g class={classes} data-open={open} onClick={() => { setOpen(!open); document.getElementById("h-shared")?.scrollIntoView(); }}>{picture}</g>;
  const question = questionOf(thing);
  return (
    <a
      href={questionHref(question)} class={classes} aria-label={`${label} ${below}${label === visible(box.label) ? "" : `: ${visible(box.label)}`}`}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        if (!thing.read) void grow(thing);
        else goTo(readQuestion(question)!, thing.type || "name");
      }}
    >
      <title>{visible(box.label)}: {thing.read ? "go there" : thing.failure ? `${visible(thing.failure)}; ask again` : "look what it is tied to"}</title>
      {picture}
    </a>
  );
}

const MOST_ROWS = 60;

// Values with the names that share them, most first.
function Shared({ graph }: { graph: Graph }) {
  const neighbours = neighboursOf(graph);
  const degree = (thing: Thing) => neighbours.get(thing.id)?.size ?? 0;
  const values = [...graph.things.values()].filter((thing) => !thing.name && degree(thing) > 0).sort((a, b) => degree(b) - degree(a) || (a.label < b.label ? -1 : 1));
  const shown = values.slice(0, MOST_ROWS);
  return (
    <>
      <h2 id="h-shared">Shared <span class="quiet">the same, as a table{values.length > shown.length ? `: the first ${shown.length} of ${values.length}` : ""}</span></h2>
      <table class="plain cards">
        <thead><tr><th scope="col">Value</th><th scope="col">Kind</th><th scope="col" class="num">Names</th><th scope="col">Which</th><th scope="col">Seen</th></tr></thead>
        <tbody>
          {shown.map((thing) => {
            const names = [...(neighbours.get(thing.id) ?? [])].map((id) => graph.things.get(id)!).filter((each) => each.name);
            return (
              <tr key={thing.id} class={`f-${familyOf(thing.type)}`}>
                <th scope="row" class="n"><span class="sw" /> <Ask to={readQuestion(questionOf(thing))!} by={thing.type}><bdi>{visible(thing.label)}</bdi></Ask></th>
                <td>{[thing.type, thing.kind].filter(Boolean).join(", ")}</td>
                <td class="num">{names.length}{thing.more ? "+" : ""}</td>
                <td class="which"><NameList names={names} /></td>
                <td class="w">{Number.isFinite(thing.first) ? `${dateText(thing.first)} \u2013 ${dateText(thing.last)}` : ""}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}

function NameList({ names }: { names: Thing[] }) {
  const link = (thing: Thing) => <Ask key={thing.id} to={readQuestion(questionOf(thing))!} by="name"><Stored>{thing.label}</Stored></Ask>;
  if (names.length <= 6) return <>{names.map((thing) => <span key={thing.id}>{link(thing)} </span>)}</>;
  return <details><summary>{plural(names.length, "name")}</summary>{names.map((thing) => <div key={thing.id}>{link(thing)}</div>)}</details>;
}
