// A record with all its runs, as the page shows it: a row, a lane.

import type { RecordLine, Run, Source } from "../language/line";

export interface Rec {
  owner: string;
  type: string;
  rdata: string;
  first: number;
  last: number;
  count: number | null;
  seconds?: number; // of `cohost`: how long both were there
  runs: Run[]; // oldest first; at least one
  sources: Source[];
  runsUnknown?: boolean; // its runs have not come: it is drawn as one
}

export const keyOf = (record: { owner: string; type: string; rdata: string }): string =>
  `${record.owner}\t${record.type}\t${record.rdata}`;

// Records by key, in the order in which they came. A line of the language has all runs of its record; the
// stream has a line a record in one reading, and a line a run in another.
export class Collection {
  private readonly byKey = new Map<string, Rec>();
  private last: Rec | null = null; // whose run came last
  readonly records: Rec[] = [];

  addRecord(line: RecordLine, runsFollow = false): void {
    const record = this.entry(line);
    record.first = line.run.first;
    record.last = line.run.last;
    record.count = line.count;
    record.sources = line.sources;
    record.runs = line.runs;
    if (runsFollow) record.runsUnknown = true;
    else delete record.runsUnknown;
  }

  addRun(line: RecordLine): void {
    const record = this.entry(line);
    if (record.runsUnknown) record.runs = [];
    delete record.runsUnknown;
    this.last = record;
    record.runs.push({ ...line.run });
    record.runs.sort((a, b) => a.first - b.first);
  }

  // Where the runs ended early, the last record may have more.
  doubtLastRun(): void {
    if (this.last) this.last.runsUnknown = true;
  }

  get withoutRuns(): number {
    return this.records.reduce((sum, record) => sum + (record.runsUnknown ? 1 : 0), 0);
  }

  private entry(line: RecordLine): Rec {
    const key = keyOf(line);
    let record = this.byKey.get(key);
    if (!record) {
      const { owner, type, rdata, sources, count, runs } = line;
      record = { owner, type, rdata, first: line.run.first, last: line.run.last, count, runs, sources, ...(line.seconds === undefined ? {} : { seconds: line.seconds }) };
      this.byKey.set(key, record);
      this.records.push(record);
    }
    return record;
  }
}
