// A lane: the runs of a record laid out on the time axis. No drawing here.

import type { Run } from "../language/line";
import { xOf, type Scale } from "../time/scale";

export interface Mark {
  kind: "bar" | "pin";
  x: number; // of a pin its middle
  width: number;
  zone: boolean;
}

export interface Lane {
  marks: Mark[];
  gaps: { from: number; to: number }[];
}

const LEAST_BAR = 3;

// What is shorter than can be drawn is a pin, so that it does not look like length. Pins at the same pixel
// are one; bars are not joined unless they touch.
export function layOut(runs: readonly Run[], scale: Scale): Lane {
  const lane: Lane = { marks: [], gaps: [] };
  let before: Run | null = null;
  for (const run of runs) {
    if (before && run.first > before.last) {
      const [from, to] = [xOf(scale, before.last), xOf(scale, run.first)];
      if (to > 0 && from < scale.width && to - from > 1) lane.gaps.push({ from: Math.max(from, 0), to: Math.min(to, scale.width) });
    }
    before = run;
    const from = xOf(scale, run.first);
    const to = xOf(scale, run.last);
    if (to < 0 || from > scale.width) continue;
    const width = to - from;
    if (width >= LEAST_BAR) {
      const left = Math.max(from, -2);
      lane.marks.push({ kind: "bar", x: left, width: Math.min(to, scale.width + 2) - left, zone: run.zone });
      continue;
    }
    const middle = Math.round(from + width / 2);
    const last = lane.marks[lane.marks.length - 1];
    if (last?.kind === "pin" && last.x === middle) continue;
    lane.marks.push({ kind: "pin", x: middle, width: LEAST_BAR, zone: run.zone });
  }
  return lane;
}

// Runs that lie wholly before the window: -1; wholly after it: 1.
export function beyond(runs: readonly Run[], scale: Scale): -1 | 0 | 1 {
  if (runs.length === 0) return 0;
  if (xOf(scale, runs[runs.length - 1]!.last) < 0) return -1;
  return xOf(scale, runs[0]!.first) > scale.width ? 1 : 0;
}

// The union of many runs, one bin a pixel: the stretches of pixels in which anything was visible.
export function cover(records: readonly { runs: readonly Run[] }[], scale: Scale): { x: number; width: number }[] {
  const width = Math.max(1, Math.ceil(scale.width));
  const steps = new Int32Array(width + 2);
  for (const record of records) {
    for (const run of record.runs) {
      const from = Math.floor(xOf(scale, run.first));
      const to = Math.floor(xOf(scale, run.last));
      if (to < 0 || from >= width) continue;
      steps[Math.max(0, from)]! += 1;
      steps[Math.min(width, to + 1)]! -= 1;
    }
  }
  const stretches: { x: number; width: number }[] = [];
  let depth = 0;
  for (let x = 0; x <= width; ++x) {
    const before = depth;
    depth += x < width ? steps[x]! : -depth;
    if (before === 0 && depth > 0) stretches.push({ x, width: 1 });
    if (before > 0 && depth === 0) stretches[stretches.length - 1]!.width = x - stretches[stretches.length - 1]!.x;
  }
  return stretches;
}

// How many records were visible in each pixel, for the brush.
export function density(records: readonly { runs: readonly Run[] }[], scale: Scale): Int32Array {
  const width = Math.max(1, Math.ceil(scale.width));
  const steps = new Int32Array(width + 1);
  for (const record of records) {
    for (const run of record.runs) {
      const from = Math.min(width - 1, Math.max(0, Math.floor(xOf(scale, run.first))));
      const to = Math.min(width - 1, Math.max(0, Math.floor(xOf(scale, run.last))));
      steps[from]! += 1;
      steps[to + 1]! -= 1;
    }
  }
  for (let x = 1; x <= width; ++x) steps[x]! += steps[x - 1]!;
  return steps.subarray(0, width);
}

// Stretches longer than `least` seconds in which nothing was visible, oldest first.
export function silences(records: readonly { runs: readonly Run[] }[], least: number): { from: number; to: number }[] {
  const runs = records.flatMap((record) => record.runs).sort((a, b) => a.first - b.first);
  const found: { from: number; to: number }[] = [];
  let end = runs[0]?.last ?? 0;
  for (const run of runs) {
    if (run.first - end > least) found.push({ from: end, to: run.first });
    end = Math.max(end, run.last);
  }
  return found;
}
