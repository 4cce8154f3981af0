// A lane on a canvas, and its words for who cannot see it.

import { useLayoutEffect, useRef } from "preact/hooks";
import type { Run } from "../language/line";
import { beyond, cover, layOut } from "../timeline/lanes";
import { begin, paintBackground, paintBeyond, paintCover, paintLane, type Background, type Palette } from "../timeline/paint";
import { dateAndClock, durationText } from "../time/instant";
import { timeAt } from "../time/scale";

export interface Axis extends Background {
  palette: Palette;
  fine: number; // dots of the canvas to a pixel
}

const ROW = 24;
const LINE = 20;
const MOST_WORDS = 6;

export function Lane(props: { axis: Axis; runs: readonly Run[]; type: string; group?: readonly { runs: readonly Run[] }[]; lines?: number; onDay?: (time: number) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { axis, runs, type, group, lines = 1 } = props;
  const height = ROW + (lines - 1) * LINE;
  useLayoutEffect(() => {
    const context = canvas.current && begin(canvas.current, axis.scale.width, height, axis.fine);
    if (!context) return;
    paintBackground(context, axis, axis.palette, height);
    const side = beyond(runs, axis.scale);
    if (group) paintCover(context, cover(group, axis.scale), type, axis.palette);
    else if (side !== 0) paintBeyond(context, side, axis.scale.width, type, axis.palette);
    else paintLane(context, layOut(runs, axis.scale), type, axis.palette);
  }, [axis, runs, type, group, height]);
  return (
    <>
      <canvas
        ref={canvas} class={`lane lane-${lines}`} aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation();
          props.onDay?.(timeAt(axis.scale, (event.offsetX / event.currentTarget.clientWidth) * axis.scale.width));
        }}
      />
      {!group && <RunWords runs={runs} />}
    </>
  );
}

export const runText = (run: Run): string =>
  `${dateAndClock(run.first)} \u2013 ${dateAndClock(run.last)}, ${durationText(run.last - run.first)}${run.zone ? ", from copies of the zone" : ""}`;

// Shown on hover; always there for a screen reader. The details of the row have all of them.
function RunWords({ runs }: { runs: readonly Run[] }) {
  const shown = runs.slice(-MOST_WORDS);
  return (
    <span class="tip">
      {runs.length > shown.length && <span class="tip-line">{runs.length - shown.length} earlier runs;</span>}
      {shown.map((run) => <span class="tip-line" key={run.first}>{runText(run)}</span>)}
    </span>
  );
}
