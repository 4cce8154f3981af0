// Ticks of the time axis: the least distance that keeps labels 48 pixels apart.

import { utcDay, utcHour, utcMonth, utcYear, type TimeInterval } from "d3-time";
import { xOf, type Scale } from "./scale";

export interface Tick {
  time: number;
  x: number;
  label: string; // empty where there is no room for one
  strong: boolean; // begins a longer period
}

interface Step {
  seconds: number;
  every: TimeInterval;
  label: (date: Date) => string;
  strong: (date: Date) => boolean;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (number: number): string => String(number).padStart(2, "0");
const midnight = (date: Date) => date.getUTCHours() === 0;
const firstOfMonth = (date: Date) => date.getUTCDate() === 1;
const january = (date: Date) => date.getUTCMonth() === 0;

const hour = (n: number): Step => ({
  seconds: n * 3600,
  every: utcHour.every(n)!,
  label: (date) => (midnight(date) ? `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}` : `${two(date.getUTCHours())}:00`),
  strong: midnight,
});
const day = (n: number): Step => ({
  seconds: n * 86400,
  every: n === 1 ? utcDay : utcDay.filter((date) => [1, 8, 15, 22].includes(date.getUTCDate())),
  label: (date) => `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`,
  strong: firstOfMonth,
});
const month = (n: number): Step => ({
  seconds: n * 30 * 86400,
  every: utcMonth.every(n)!,
  label: (date) => (january(date) ? `${date.getUTCFullYear()}` : MONTHS[date.getUTCMonth()]!),
  strong: january,
});
const year = (n: number): Step => ({
  seconds: n * 365 * 86400,
  every: utcYear.every(n)!,
  label: (date) => `${date.getUTCFullYear()}`,
  strong: (date) => date.getUTCFullYear() % (n * 2) === 0,
});

const STEPS = [hour(1), hour(3), hour(6), hour(12), day(1), day(7), month(1), month(3), month(6), year(1), year(2), year(5), year(10)];
const APART = 48;
const LETTER = 7; // pixels of a letter of the axis, about

export function ticksOf(scale: Scale): Tick[] {
  const perPixel = (scale.to - scale.from) / scale.width;
  const step = STEPS.find((each) => each.seconds / perPixel >= APART) ?? STEPS[STEPS.length - 1]!;
  const dates = step.every.range(new Date(scale.from * 1000), new Date(scale.to * 1000 + 1)).slice(0, 400);
  let free = 0;
  return dates.map((date) => {
    const time = date.getTime() / 1000;
    const x = xOf(scale, time);
    const label = step.label(date);
    const right = x + 3 + label.length * LETTER;
    const room = x >= free && right <= scale.width;
    if (room) free = right + 6;
    return { time, x, label: room ? label : "", strong: step.strong(date) };
  });
}
