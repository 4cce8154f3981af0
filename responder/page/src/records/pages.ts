// Reads an answer page by page over DNS, following `# more:`.

import { ask } from "../dns/doh";
import { TYPES, type Answer } from "../dns/message";
import { readLine, type Line, type Remark } from "../language/line";
import { stripCommand } from "../language/question";

export interface Page {
  answer: Answer;
  lines: Line[];
  remarks: Remark[];
  next: string; // the name of the next page without the zone, or empty
}

const isRemark = (line: Line): line is Remark => line.kind === "more" || line.kind === "note" || line.kind === "error";

export async function readPage(name: string, zone: string, signal?: AbortSignal): Promise<Page> {
  const answer = await ask(`${name}.${zone}`, TYPES.TXT, signal);
  const all = answer.records.filter((record) => record.type === TYPES.TXT).map((record) => readLine(record.value));
  const remarks = all.filter(isRemark);
  const next = remarks.find((remark) => remark.kind === "more")?.next ?? "";
  return { answer, lines: all.filter((line) => !isRemark(line)), remarks, next: stripCommand(next, zone) };
}

// Every page from a name on, until there is none or `most` have been read. Returns the name that goes on.
export async function readPages(
  name: string, zone: string, most: number, onPage: (page: Page) => void, signal?: AbortSignal,
): Promise<string> {
  let next = name;
  for (let pages = 0; next !== "" && pages < most; ++pages) {
    const page = await readPage(next, zone, signal);
    onPage(page);
    next = page.next;
  }
  return next;
}
