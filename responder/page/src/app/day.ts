// The name as it was on a day: what was visible, and the way from the name to its addresses, which the
// `at` view follows.

import { accepted, ask } from "../dns/doh";
import { TYPES, type AnswerRecord } from "../dns/message";
import { DAY, dateText } from "../time/instant";
import { writeQuestion } from "../language/question";
import { readPage } from "../records/pages";
import type { RecordLine } from "../language/line";

export interface DayAnswer {
  day: number;
  name: string;
  lines: RecordLine[];
  more: boolean;
  unread: number; // lines that could not be read
  chains: { type: string; steps: string[]; addresses: string[] }[];
  failure: string;
}

// `2023-08-12.at.www.example.com.pdns.local.` is www.example.com. on that day.
const withoutTime = (owner: string, zone: string): string => owner.replace(/^.*?\.at\./i, "").replace(new RegExp(`${zone.replace(/\./g, "\\.")}\\.$`, "i"), "");

export function chainOf(records: readonly AnswerRecord[], zone: string): { steps: string[]; addresses: string[] } {
  const steps: string[] = [];
  const addresses: string[] = [];
  for (const record of records) {
    const owner = withoutTime(record.owner, zone);
    if (!steps.includes(owner)) steps.push(owner);
    if (record.type !== TYPES.CNAME) addresses.push(record.value);
    else if (!steps.includes(withoutTime(record.value, zone))) steps.push(withoutTime(record.value, zone));
  }
  return { steps, addresses };
}

export async function loadDay(name: string, day: number, zone: string, signal: AbortSignal): Promise<DayAnswer> {
  const date = dateText(day);
  const at = `${writeQuestion({ filters: [date], view: "at", subject: name })}.${zone}`;
  const answer: DayAnswer = { day, name, lines: [], more: false, unread: 0, chains: [], failure: "" };
  try {
    const [page, four, six] = await Promise.all([
      readPage(writeQuestion({ filters: [`on-${date}`, "json", "limit-99"], view: "history", subject: name }), zone, signal),
      ask(at, TYPES.A, signal).then(accepted),
      ask(at, TYPES.AAAA, signal).then(accepted),
    ]);
    answer.lines = page.lines.filter((line): line is RecordLine => line.kind === "record");
    answer.more = page.next !== "";
    answer.unread = page.unread.length;
    answer.chains = [
      { type: "A", ...chainOf(four.records, zone) },
      { type: "AAAA", ...chainOf(six.records, zone) },
    ].filter((chain) => chain.steps.length > 0);
  } catch (error) {
    if (signal.aborted) throw error;
    answer.failure = error instanceof Error ? error.message : String(error);
  }
  return answer;
}

// Appeared or went on that day.
export const changedOn = (run: { first: number; last: number }, day: number, end: number): boolean =>
  (run.first >= day && run.first < day + DAY) || (run.last >= day && run.last < day + DAY && run.last < end - 30 * DAY);
