// An answer as text to take along: a table, dig commands, objects of the Common Output Format.

import type { Rec } from "../records/record";
import { dateAndClock, timeText } from "../time/instant";
import { cellText } from "./cells";

const numberOf = (record: Rec): string => String(record.seconds ?? record.count ?? "-");

// The lines of the language: FIRST LAST COUNT OWNER TYPE RDATA; of `cohost` SECONDS for COUNT.
export const lineOf = (record: Rec): string =>
  `${timeText(record.first)} ${timeText(record.last)} ${numberOf(record)} ${record.owner} ${record.type} ${record.rdata}`;

// In quotes only where it must be, so that it can be read where it is pasted as text.
const pasted = (cell: string): string => (/^(?:[\w*][\w.:/ *-]*)?$/.test(cell) ? cell : cellText(cell));

export function asTable(records: readonly Rec[]): string {
  const head = ["first", "last", records.some((each) => each.seconds !== undefined) ? "seconds" : "count", "name", "type", "value"];
  const rows = records.map((each) => [dateAndClock(each.first), dateAndClock(each.last), numberOf(each).replace("-", ""), each.owner, each.type, each.rdata]);
  return [head, ...rows].map((row) => row.map(pasted).join("\t")).join("\n") + "\n";
}

export const digCommand = (name: string, server: string, type = "TXT"): string => `dig ${server}+short ${type} ${shellQuoted(name)}`;

// Quoted where the shell would read it as more than a word.
export const shellQuoted = (word: string): string => (/^[\w.@%+=:,/-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`);

export function asCof(records: readonly Rec[]): string {
  return records
    .map((record) => {
      const zone = record.runs.every((run) => run.zone);
      const times = zone
        ? { zone_time_first: record.first, zone_time_last: record.last }
        : { time_first: record.first, time_last: record.last };
      const count = record.count === null ? {} : { count: record.count };
      const source = record.sources.length === 1 ? record.sources[0]! : {};
      const { bailiwick, sensor, origin } = source;
      return JSON.stringify({
        ...count, ...times, rrname: record.owner, rrtype: record.type, rdata: record.rdata,
        ...(bailiwick ? { bailiwick } : {}), ...(sensor ? { sensor_id: sensor } : {}), ...(origin ? { origin } : {}),
      });
    })
    .join("\n") + "\n";
}
