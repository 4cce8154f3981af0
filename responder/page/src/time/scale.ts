// The time axis: seconds to pixels, linear; and how it is zoomed and moved.

export interface Span {
  from: number;
  to: number;
}

export interface Scale extends Span {
  width: number; // pixels
}

export const xOf = (scale: Scale, time: number): number => ((time - scale.from) / (scale.to - scale.from)) * scale.width;
export const timeAt = (scale: Scale, x: number): number => scale.from + (x / scale.width) * (scale.to - scale.from);

// From 1 % before the first to 3 % after the last, and never less than a day.
export function fit(first: number, last: number): Span {
  const length = Math.max(last - first, 86400);
  return { from: Math.floor(first - length * 0.01), to: Math.ceil(last + length * 0.03) };
}

const LEAST = 6 * 3600;

// Zooms in (factor below 1) or out around a time, within what there is.
export function zoom(span: Span, factor: number, around: number, whole: Span): Span {
  const length = Math.min(Math.max((span.to - span.from) * factor, LEAST), whole.to - whole.from);
  const share = (around - span.from) / (span.to - span.from);
  return within({ from: around - length * share, to: around - length * share + length }, whole);
}

export const move = (span: Span, by: number, whole: Span): Span => within({ from: span.from + by, to: span.to + by }, whole);

function within(span: Span, whole: Span): Span {
  const length = Math.min(span.to - span.from, whole.to - whole.from);
  const from = Math.min(Math.max(span.from, whole.from), whole.to - length);
  return { from: Math.round(from), to: Math.round(from + length) };
}

// Moves one end of the window, leaving the least that can be shown.
export function setEnd(span: Span, end: "from" | "to", time: number, whole: Span): Span {
  if (end === "from") return { from: Math.round(Math.max(whole.from, Math.min(time, span.to - LEAST))), to: span.to };
  return { from: span.from, to: Math.round(Math.min(whole.to, Math.max(time, span.from + LEAST))) };
}
