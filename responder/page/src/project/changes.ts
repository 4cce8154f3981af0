// What changed in a project since one last looked: for each indicator the records that are new, and those
// that were last seen since then. "Since" is a time of the store, not of the clock: what it was told later
// has a later time.

import type { RecordLine } from "../language/line";
import { isAddress, isPrefix, writeQuestion } from "../language/question";
import { extentOf } from "../records/order";
import { readPage, type Page } from "../records/pages";
import { DAY, timeText } from "../time/instant";
import type { Indicator, Project } from "./project";

export interface Change {
  asked: boolean;
  failure: string;
  records: number;
  more: boolean; // there are more records than were counted
  first: number;
  last: number;
  appeared: RecordLine[];
  gone: RecordLine[];
}

export type Changes = ReadonlyMap<string, Change>; // by the indicator's value

export async function readChange(indicator: Indicator, looked: Project["looked"], end: number, zone: string, signal?: AbortSignal): Promise<Change> {
  const change: Change = { asked: true, failure: "", records: 0, more: false, first: 0, last: 0, appeared: [], gone: [] };
  const name = (filters: string[]) => writeQuestion({ filters: [...filters, "json", "limit-99"], view: indicator.view, subject: indicator.value });
  const records = (lines: { kind: string }[]) => lines.filter((line): line is RecordLine => line.kind === "record");
  try {
    const all = whole(await readPage(name([]), zone, signal));
    const lines = records(all.lines);
    change.records = lines.length;
    change.more = all.next !== "";
    setExtent(change, lines);
    if (change.more && (indicator.view === "history" || isAddress(indicator.value) || isPrefix(indicator.value))) {
      const counted = whole(await readPage(writeQuestion({ filters: ["json"], view: "summary", subject: indicator.value }), zone, signal));
      const kinds = counted.lines.flatMap((line) => (line.kind === "summary" ? [line] : []));
      change.records = kinds.reduce((sum, line) => sum + line.values, 0);
      setExtent(change, kinds);
      change.more = false;
    }
    if (looked) {
      const [appeared, gone] = await Promise.all([
        readPage(name([`first-after-${timeText(looked.store + 1)}`]), zone, signal).then(whole),
        readPage(name([`last-after-${timeText(looked.store + 1 - 30 * DAY)}`, `last-before-${timeText(end - 30 * DAY)}`]), zone, signal).then(whole),
      ]);
      change.appeared = records(appeared.lines);
      change.gone = records(gone.lines);
    }
  } catch (error) {
    change.failure = error instanceof Error ? error.message : String(error);
  }
  return change;
}

// A page that is no error and could be read.
function whole(page: Page): Page {
  const error = page.remarks.find((remark) => remark.kind === "error");
  if (error) throw new Error(error.text.replace(/^# error: /, ""));
  if (page.unread.length > 0) throw new Error(`${page.unread.length} lines of the answer could not be read`);
  return page;
}

function setExtent(change: Change, lines: readonly { run: { first: number; last: number } }[]): void {
  const extent = extentOf(lines.map((line) => line.run));
  if (extent) Object.assign(change, extent);
}
