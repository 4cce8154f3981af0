// Records as one table; the timeline is a column of it. Of a long table only the rows in sight are drawn.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { goTo, setDay, wholeSpan } from "../app/actions";
import { update, type State } from "../app/state";
import { withFilter, type Question } from "../language/question";
import { sortOf, type Row } from "../records/order";
import { keyOf } from "../records/record";
import { heightsOf, inSight, LINE, linesOf, ROW, wrappedLines, type Heights } from "../records/window";
import { ticksOf } from "../time/ticks";
import { dateText, startOfDay } from "../time/instant";
import { move, timeAt, xOf, zoom } from "../time/scale";
import { paletteOf } from "../timeline/paint";
import { once } from "../app/once";
import type { Axis } from "./lane";
import { Detail, GroupRow, RecordRow, rowText, type Look } from "./rows";

const VALUE_PADDING = 12 + 18.4; // pixels left and right of a value: the sign that opens a row stands there
const ALL_DRAWN = 250; // so many rows are drawn without a window

// Pixels of a lane on A4 with its margins; on other paper the picture is scaled.
const PAPER_LANE = 206;
export const PAPER_LANE_OF_LIST = 160;
const PAPER_FINE = 4; // dots of a canvas to a pixel

export interface Measures {
  lane: number;
  columns: number; // characters of a line of a value
  narrow: boolean;
  scroll: number; // of the table's top above the window's top
  height: number; // of the window
}

const heights = once((rows: Row[], columns: number, narrow: boolean, look: Look, open: string | null, detail: number): Heights =>
  heightsOf(rows.length, (at) => {
    const row = rows[at]!;
    if (row.kind === "group") return narrow ? 33 : ROW;
    const lines = linesOf(rowText(row.record, look).length, columns) * LINE + 4;
    return (narrow ? lines + ROW + LINE + 13 : lines) + (keyOf(row.record) === open ? detail : 0);
  }));

const ticksOnce = once((from: number, to: number, width: number) => ticksOf({ from, to, width }));
const paletteOnce = once((_theme: string, printing: boolean, _dark: boolean) => paletteOf(document.body, printing));
const axisOnce = once((from: number, to: number, width: number, end: number, day: number | null, palette: Axis["palette"], fine: number): Axis =>
  ({ scale: { from, to, width }, ticks: ticksOnce(from, to, width), end, day, palette, fine }));

export function axisOf(state: State, width: number): Axis {
  const span = state.span ?? wholeSpan();
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return axisOnce(span.from, span.to, width, state.facts?.latest ?? Infinity, state.printing ? null : state.day, paletteOnce(state.theme, state.printing, dark), state.printing ? PAPER_FINE : devicePixelRatio || 1);
}

// Widths and the scroll, measured after each drawing and when the window changes.
function useMeasures(table: { current: HTMLTableElement | null }, printing: boolean): Measures {
  const [measures, setMeasures] = useState<Measures>({ lane: 400, columns: 48, narrow: false, scroll: 0, height: 900 });
  useLayoutEffect(() => {
    const measure = () => {
      const element = table.current;
      if (!element) return;
      const narrow = matchMedia("screen and (max-width: 44rem)").matches;
      const lane = element.querySelector(".axis-cell")?.clientWidth ?? 400;
      const value = narrow ? element.clientWidth - 32 : (element.querySelector(".value-head")?.clientWidth ?? 400) - VALUE_PADDING;
      const next: Measures = {
        lane: Math.max(60, lane - (narrow ? 32 : 0)), columns: Math.floor(value / letterWidth()), narrow,
        scroll: Math.max(0, Math.round(-element.getBoundingClientRect().top / 200) * 200), height: window.innerHeight,
      };
      setMeasures((old) => (Object.keys(next).every((key) => old[key as keyof Measures] === next[key as keyof Measures]) ? old : next));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(table.current!);
    addEventListener("scroll", measure, { passive: true });
    addEventListener("resize", measure);
    return () => {
      observer.disconnect();
      removeEventListener("scroll", measure);
      removeEventListener("resize", measure);
    };
  }, [printing]);
  return measures;
}

const letterWidth = once((): number => {
  const probe = document.createElement("span");
  probe.className = "letter-probe";
  probe.textContent = "0".repeat(100);
  document.body.append(probe);
  const width = probe.getBoundingClientRect().width / 100;
  probe.remove();
  return width || 7.3;
});

export function RecordTable({ state, rows, total, question, look }: { state: State; rows: Row[]; total: number; question: Question; look: Look }) {
  const table = useRef<HTMLTableElement>(null);
  const [detail, setDetail] = useState(120);
  const measures = useMeasures(table, state.printing);
  const timeline = state.shown === "timeline";
  const axis = axisOf(state, state.printing ? PAPER_LANE : measures.lane);
  const top = heights(rows, measures.columns, measures.narrow, look, state.open, detail);
  const all = rows.length <= ALL_DRAWN || state.printing;
  const sight = all ? { from: 0, to: rows.length } : inSight(top, measures.scroll, measures.height);
  const columns = timeline ? 5 : 4;
  const before = top.top[sight.from]!;
  const after = top.top[rows.length]! - top.top[sight.to]!;
  const spacer = (height: number) => height > 0 && <tr class="spacer" aria-hidden="true"><td colSpan={columns} height={height} /></tr>;

  // The row of the keyboard is brought into sight, once: whoever scrolls on is not pulled back.
  const brought = useRef(state.focus);
  useLayoutEffect(() => {
    if (state.focus < 0) brought.current = -1;
    if (state.focus < 0 || !table.current || brought.current === state.focus) return;
    const row = table.current.querySelector<HTMLElement>(`[data-row="${state.focus}"]`);
    if (row) {
      brought.current = state.focus;
      if (!row.contains(document.activeElement)) row.focus({ preventScroll: false });
    } else window.scrollTo(0, table.current.getBoundingClientRect().top + scrollY + top.top[state.focus]! - innerHeight / 2);
  }, [state.focus, sight.from]);

  // Rows of a long table are filled anew as one scrolls: the focus stays with its record, or goes.
  const under = useRef(-1);
  const placeOf = (element: Element | null): number => Number(element?.closest("tr[data-row]")?.getAttribute("data-row") ?? -1);
  useLayoutEffect(() => {
    const active = document.activeElement as HTMLElement | null;
    if (all || !active || !table.current?.contains(active) || placeOf(active) < 0 || placeOf(active) === under.current) return;
    const row = table.current.querySelector<HTMLElement>(`[data-row="${under.current}"]`);
    if (row) row.focus({ preventScroll: true });
    else active.blur();
  });

  return (
    <table onFocusIn={(event) => (under.current = placeOf(event.target as Element))} class={`rec${look.owners ? " owners" : ""}${question.view === "cohost" ? " together" : ""}${all ? "" : " windowed"}`} ref={table} role="table" aria-rowcount={rows.length + 1}>
      <caption class="sr">{plainCaption(question, total)}</caption>
      <Header state={state} question={question} axis={axis} look={look} timeline={timeline} />
      <tbody role="rowgroup">
        {spacer(before)}
        {rows.slice(sight.from, sight.to).map((row, at) => {
          const place = sight.from + at;
          if (row.kind === "group") return <GroupRow key={`group ${row.type}`} row={row} place={place} axis={axis} timeline={timeline} toggled={state.toggled} focused={state.focus === place} />;
          // Of a long table the same rows are filled anew: making their canvases takes longer than painting them.
          const key = all ? keyOf(row.record) + (look.perRun ? row.record.first : "") : `row ${at}`;
          const open = state.open === keyOf(row.record);
          return [
            <RecordRow key={key} record={row.record} place={place} axis={axis} timeline={timeline} look={look} open={open} day={state.day} end={state.facts?.latest ?? Infinity} lines={measures.narrow || state.printing ? 1 : all ? wrappedLines(rowText(row.record, look), measures.columns) : linesOf(rowText(row.record, look).length, measures.columns)} most={measures.columns * 3 + Math.floor(measures.columns / 2)} focused={state.focus === place || (state.focus < 0 && place === firstRecord(rows))} />,
            open && <Detail key={`${key} detail`} record={row.record} columns={columns} onHeight={setDetail} />,
          ];
        })}
        {spacer(after)}
      </tbody>
    </table>
  );
}

const firstRecord = once((rows: Row[]): number => rows.findIndex((row) => row.kind === "record"));
const plainCaption = (question: Question, total: number): string => `${total} records, ${question.view} of ${question.subject}; a row for each, with a bar for each run`;

function Header({ state, question, axis, look, timeline }: { state: State; question: Question; axis: Axis; look: Look; timeline: boolean }) {
  const sort = sortOf(question);
  const column = (word: string, label: string, kind: string) => (
    <th scope="col" role="columnheader" class={kind} aria-sort={sort === word ? "descending" : undefined}>
      <button type="button" class="sort" onClick={() => goTo(withFilter(question, "sort", word))}>{label}{sort === word ? " \u2193" : ""}</button>
    </th>
  );
  return (
    <thead role="rowgroup">
      <tr role="row">
        <th scope="col" role="columnheader" class="value-head c-value-head" aria-sort={sort === "name" || sort === "data" ? "ascending" : undefined}>
          <button type="button" class="sort" onClick={() => goTo(withFilter(question, "sort", look.owners ? "name" : "data"))}>{look.owners ? "Name" : "Value"}{sort === "name" || sort === "data" ? " \u2191" : ""}</button>
        </th>
        {timeline && <th scope="col" role="columnheader" class="c-lane axis-cell"><AxisPicture state={state} axis={axis} /></th>}
        {column("first", "First", "c-time")}
        {column("last", "Last", "c-time")}
        {question.view === "cohost" ? column("duration", "Together", "c-num") : column("count", "Count", "c-num")}
      </tr>
    </thead>
  );
}

export function AxisPicture({ state, axis }: { state: State; axis: Axis }) {
  const { scale, ticks } = axis;
  const drag = useRef<{ x: number; from: number; to: number } | null>(null);
  const label = state.day === null ? "" : dateText(state.day);
  const x = state.day === null ? 0 : xOf(scale, state.day);
  const near = Math.min(Math.max(x, 34), scale.width - 34);
  return (
    <svg
      class="axis" width={scale.width} height="36" viewBox={`0 0 ${scale.width} 36`} role="img" aria-label={`From ${dateText(scale.from)} to ${dateText(scale.to)}`}
      onWheel={(event) => {
        event.preventDefault();
        update({ span: zoom(scale, event.deltaY > 0 ? 1.25 : 0.8, timeAt(scale, event.offsetX), wholeSpan()) });
      }}
      onPointerDown={(event) => {
        drag.current = { x: event.clientX, from: scale.from, to: scale.to };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const from = drag.current;
        if (!from || Math.abs(event.clientX - from.x) < 4) return;
        update({ span: move(from, ((from.x - event.clientX) / scale.width) * (from.to - from.from), wholeSpan()) });
      }}
      onPointerUp={(event) => {
        const from = drag.current;
        drag.current = null;
        if (from && Math.abs(event.clientX - from.x) < 4) setDay(startOfDay(timeAt(scale, event.offsetX)));
      }}
    >
      {ticks.map((tick) => (
        <g key={tick.time}>
          <line class="tick" x1={tick.x} x2={tick.x} y1={tick.label ? 16 : 28} y2="36" />
          {tick.label && <text class={tick.strong ? "ax" : "ax minor"} x={tick.x + 3} y="28">{tick.label}</text>}
        </g>
      ))}
      {state.day !== null && x >= 0 && x <= scale.width && (
        <g>
          <line class="dayline" x1={x} x2={x} y1="14" y2="36" />
          <text class="ax lampt" x={near} y="11" text-anchor="middle">{label}</text>
        </g>
      )}
    </svg>
  );
}

