// Paints a lane onto a canvas; colours are those of the style sheet.

import { familyOf, type Family } from "../language/family";
import { xOf, type Scale } from "../time/scale";
import type { Tick } from "../time/ticks";
import type { Lane } from "./lanes";

export interface Palette {
  family: Record<Family, string>;
  rule: string;
  hatch: string;
  lamp: string;
  paper: string;
}

// The colours in force at an element, as the style sheet resolves them; on paper those of the light page.
export function paletteOf(element: Element, paper: boolean): Palette {
  const probe = document.createElement("span");
  element.append(probe);
  const color = (name: string): string => {
    probe.className = `c-${name}${paper ? " on-paper" : ""}`;
    return getComputedStyle(probe).color;
  };
  const family = (name: Family) => color(`t-${name}`);
  const palette = {
    family: {
      address: family("address"), alias: family("alias"), delegation: family("delegation"), mail: family("mail"), text: family("text"), service: family("service"),
    },
    rule: color("rule"), hatch: color("rule-2"), lamp: color("lamp"), paper: color("paper"),
  };
  probe.remove();
  return palette;
}

export interface Background {
  scale: Scale;
  ticks: readonly Tick[];
  end: number; // where the store ends; hatched behind it
  day: number | null;
}

const HEIGHT = 24;

// Sizes the canvas to its place, with `ratio` dots to a pixel; null where it has no place.
export function begin(canvas: HTMLCanvasElement, width: number, height: number, ratio: number): CanvasRenderingContext2D | null {
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

export function paintBackground(context: CanvasRenderingContext2D, place: Background, palette: Palette, height: number): void {
  const { scale } = place;
  context.fillStyle = palette.rule;
  for (const tick of place.ticks) context.fillRect(Math.round(tick.x), 0, 1, height);
  const beyond = xOf(scale, place.end);
  if (beyond < scale.width) {
    context.save();
    context.beginPath();
    context.rect(Math.max(0, beyond), 0, scale.width, height);
    context.clip();
    context.strokeStyle = palette.hatch;
    context.lineWidth = 1;
    context.beginPath();
    for (let x = Math.floor(Math.max(0, beyond) / 7) * 7 - height; x < scale.width + height; x += 7) {
      context.moveTo(x, height);
      context.lineTo(x + height, 0);
    }
    context.stroke();
    context.restore();
  }
  if (place.day !== null) {
    context.fillStyle = palette.lamp;
    context.fillRect(Math.round(xOf(scale, place.day)), 0, 1, height);
  }
}

export function paintLane(context: CanvasRenderingContext2D, lane: Lane, type: string, palette: Palette, top = 0): void {
  const color = palette.family[familyOf(type)];
  context.fillStyle = color;
  context.strokeStyle = color;
  context.lineWidth = 1;
  for (const gap of lane.gaps) for (let x = Math.ceil(gap.from) + 1; x < gap.to - 1; x += 4) context.fillRect(x, top + HEIGHT / 2, 1, 1);
  for (const mark of lane.marks) {
    if (mark.kind === "pin") {
      context.fillStyle = color;
      context.fillRect(mark.x - 1.5, top + 4, 3, 16);
      if (mark.zone) {
        context.fillStyle = palette.paper;
        context.fillRect(mark.x - 0.5, top + 5, 1, 14);
      }
    } else if (mark.zone) {
      context.lineWidth = 1.5;
      context.fillStyle = palette.paper;
      context.fillRect(mark.x + 0.75, top + 8.75, mark.width - 1.5, 6.5);
      context.strokeRect(mark.x + 0.75, top + 8.75, mark.width - 1.5, 6.5);
    } else {
      context.fillStyle = color;
      context.fillRect(mark.x, top + 8, mark.width, 8);
    }
  }
}

// An arrow at the side to which the runs lie.
export function paintBeyond(context: CanvasRenderingContext2D, side: -1 | 1, width: number, type: string, palette: Palette): void {
  const [tip, foot] = side < 0 ? [1, 6] : [width - 1, width - 6];
  context.fillStyle = palette.family[familyOf(type)];
  context.beginPath();
  context.moveTo(tip, HEIGHT / 2);
  context.lineTo(foot, HEIGHT / 2 - 4);
  context.lineTo(foot, HEIGHT / 2 + 4);
  context.fill();
}

export function paintCover(context: CanvasRenderingContext2D, stretches: readonly { x: number; width: number }[], type: string, palette: Palette): void {
  context.globalAlpha = 0.38;
  context.fillStyle = palette.family[familyOf(type)];
  for (const each of stretches) context.fillRect(each.x, 10, Math.max(each.width, 1), 4);
  context.globalAlpha = 1;
}
