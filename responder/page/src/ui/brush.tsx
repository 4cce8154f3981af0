// The whole time, with how many records were visible, and the window of it that the lanes show. Its two
// ends are sliders.

import { useRef } from "preact/hooks";
import { update } from "../app/state";
import { density } from "../timeline/lanes";
import { dateText, longDate } from "../time/instant";
import { move, setEnd, timeAt, xOf, zoom, type Scale, type Span } from "../time/scale";
import { ticksOf } from "../time/ticks";
import { once } from "../app/once";
import type { Rec } from "../records/record";

const HEIGHT = 40;

const areaOf = once((records: Rec[], _version: number, from: number, to: number, width: number): string => {
  const counts = density(records, { from, to, width });
  const most = counts.reduce((high, count) => Math.max(high, count), 1);
  let path = `M0 ${HEIGHT}`;
  let before = -1;
  counts.forEach((count, x) => {
    if (count === before) return;
    before = count;
    path += `H${x}V${(HEIGHT - (count / most) * (HEIGHT - 6)).toFixed(1)}`;
  });
  return `${path}H${width}V${HEIGHT}Z`;
});

export function Brush({ records, version, whole, span, width }: { records: Rec[]; version: number; whole: Span; span: Span | null; width: number }) {
  const box = useRef<SVGSVGElement>(null);
  const drag = useRef<{ kind: "from" | "to" | "move" | "new"; time: number; span: Span } | null>(null);
  const scale: Scale = { ...whole, width };
  const now = span ?? whole;
  const set = (next: Span) => update({ span: next.from <= whole.from && next.to >= whole.to ? null : next });
  const timeOf = (event: PointerEvent) => timeAt(scale, event.clientX - box.current!.getBoundingClientRect().left);

  const down = (event: PointerEvent) => {
    const time = timeOf(event);
    const near = 8 * ((whole.to - whole.from) / width);
    const kind = Math.abs(time - now.from) < near ? "from" : Math.abs(time - now.to) < near ? "to" : span && time > now.from && time < now.to ? "move" : "new";
    drag.current = { kind, time, span: now };
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  };
  const moved = (event: PointerEvent) => {
    const from = drag.current;
    if (!from) return;
    const time = timeOf(event);
    if (from.kind === "move") set(move(from.span, time - from.time, whole));
    else if (from.kind === "new") {
      if (Math.abs(xOf(scale, time) - xOf(scale, from.time)) < 4) return;
      set(setEnd({ from: Math.min(time, from.time), to: Math.max(time, from.time) }, "to", Math.max(time, from.time), whole));
    } else set(setEnd(from.span, from.kind, time, whole));
  };
  const ticks = ticksOf(scale);
  const step = Math.max(86400, (ticks[1]?.time ?? whole.to) - (ticks[0]?.time ?? whole.from));
  const grip = (end: "from" | "to", label: string) => (
    <rect
      class="grip" x={xOf(scale, now[end]) - 4} y="12" width="8" height="16" rx="2" role="slider" tabindex={0} aria-label={label}
      aria-valuemin={whole.from} aria-valuemax={whole.to} aria-valuenow={now[end]} aria-valuetext={longDate(now[end])}
      onKeyDown={(event: KeyboardEvent) => {
        const by = { ArrowLeft: -step, ArrowDown: -step, ArrowRight: step, ArrowUp: step, PageDown: -step * 5, PageUp: step * 5 }[event.key];
        const time = event.key === "Home" ? whole.from : event.key === "End" ? whole.to : by === undefined ? null : now[end] + by;
        if (time === null) return;
        event.preventDefault();
        event.stopPropagation();
        set(setEnd(now, end, time, whole));
      }}
    />
  );
  return (
    <figure class="brush" aria-label={`How many records were visible, ${dateText(whole.from)} to ${dateText(whole.to)}`}>
      <svg
        ref={box} height="60" width={width} viewBox={`0 0 ${width} 60`} onPointerDown={down} onPointerMove={moved}
        onPointerUp={() => (drag.current = null)} onPointerCancel={() => (drag.current = null)} onDblClick={() => update({ span: null })}
        onWheel={(event) => {
          event.preventDefault();
          set(zoom(now, event.deltaY > 0 ? 1.25 : 0.8, timeAt(scale, event.offsetX), whole));
        }}
      >
        <path class="area" d={areaOf(records, version, whole.from, whole.to, width)} />
        <rect class="frame" x="0.5" y="0.5" width={Math.max(0, width - 1)} height={HEIGHT} />
        <rect class="win" x={Math.max(1, xOf(scale, now.from))} y="0.75" width={Math.max(2, xOf(scale, now.to) - xOf(scale, now.from) - 1)} height={HEIGHT - 0.5} />
        {grip("from", "The window\u2019s begin")}
        {grip("to", "The window\u2019s end")}
        {ticks.map((tick) => tick.label && <text key={tick.time} class="ax" x={tick.x} y="55">{tick.label}</text>)}
      </svg>
    </figure>
  );
}
