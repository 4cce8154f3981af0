// The state of the page: one object. Actions change it by `update`, and the whole page is drawn from it.

import type { Answer } from "./answer";
import type { DayAnswer } from "./day";
import type { Facts, Settings } from "./server";
import type { Route } from "./route";
import type { Theme } from "./theme";
import type { ChangeLine, NameLine, SummaryLine } from "../language/line";
import type { View } from "../language/question";
import type { Graph } from "../graph/graph";
import type { Project } from "../project/project";
import type { Changes } from "../project/changes";
import type { Span } from "../time/scale";

export interface Step {
  question: string;
  subject: string;
  by: string; // the type of the record that led here
}

// What stands around an answer; each comes by itself, after the answer.
export interface Around {
  types: SummaryLine[] | null; // null where they are not all counted
  below: NameLine[];
  belowMore: boolean;
  changes: ChangeLine[];
  changesMore: boolean;
  changesFailure: string; // why they, or the rest of them, could not be read
  wider: { prefix: string; lines: SummaryLine[]; more: boolean } | null;
  reverse: { rdata: string; first: number; last: number }[];
}
export const nothingAround: Around = { types: null, below: [], belowMore: false, changes: [], changesMore: false, changesFailure: "", wider: null, reverse: [] };

export interface State {
  settings: Settings;
  facts: Facts | null;
  route: Route;
  typed: string;
  view: View | "";
  editing: string | null; // the question while it is a field
  readAs: string; // what the server made of a pasted text
  answer: Answer | null;
  version: number; // of the answer's records, which grow in place
  around: Around;
  span: Span | null; // the window of the time axis; null is all
  day: number | null;
  dayAnswer: DayAnswer | null;
  open: string | null; // the key of the row with its details
  focus: number; // the row of the keyboard
  toggled: ReadonlySet<string>;
  shown: "timeline" | "table" | "lines";
  path: Step[];
  graph: Graph | null;
  projects: Project[];
  changes: Changes;
  said: string; // the last thing that was done, for all to read: "Copied"
  keys: boolean;
  printing: boolean;
  theme: Theme;
}

export const state: State = {
  settings: { zone: "pdns.local", server: "" }, facts: null, route: { tab: "dns", question: "" }, typed: "", view: "", editing: null,
  readAs: "", answer: null, version: 0, around: nothingAround, span: null, day: null, dayAnswer: null, open: null, focus: -1,
  toggled: new Set(), shown: "timeline", path: [], graph: null, projects: [], changes: new Map(), said: "", keys: false, printing: false,
  theme: "auto",
};

let draw: () => void = () => {};
let scheduled = false;

export function onUpdate(callback: () => void): void {
  draw = callback;
}

export function update(patch: Partial<State>): void {
  Object.assign(state, patch);
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    draw();
  });
}

// Draws at once, as printing needs.
export function drawNow(patch: Partial<State>): void {
  Object.assign(state, patch);
  draw();
}
