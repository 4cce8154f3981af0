// Reads an answer page by page over DNS, following `# more:`.

import { accepted, ask } from "../dns/doh";
import { TYPES, type Answer, type AnswerRecord } from "../dns/message";
import { readLine, type Line, type Remark } from "../language/line";
import { readQuestion, stripCommand } from "../language/question";

export interface Page {
  answer: Answer;
  lines: Line[];
  unread: string[]; // lines that should be objects and could not be read
  remarks: Remark[];
  next: string; // the name of the next page without the zone, or empty
}

const isRemark = (line: Line): line is Remark => line.kind === "more" || line.kind === "note" || line.kind === "error";

// Throws Refusal where the server did not tell what there is.
export async function readPage(name: string, zone: string, signal?: AbortSignal): Promise<Page> {
  return pageOf(accepted(await ask(`${name}.${zone}`, TYPES.TXT, signal)), name, zone);
}

export function pageOf(answer: Answer, name: string, zone: string): Page {
  const read = readQuestion(name)?.view === "at" ? (record: AnswerRecord) => lineOfStore(record, answer) : lineOfLanguage;
  const all = answer.records.filter((record) => record.type === TYPES.TXT).map(read);
  const remarks = all.filter(isRemark);
  const next = remarks.find((remark) => remark.kind === "more")?.next ?? "";
  const unread = all.flatMap((line) => (line.kind === "unread" ? [line.text] : []));
  const lines = all.filter((line) => !isRemark(line) && line.kind !== "unread");
  return { answer, lines, unread, remarks, next: stripCommand(next, zone) };
}

// An object is JSON, which is UTF-8 (RFC 8259, 8.1).
function lineOfLanguage(record: AnswerRecord): Line {
  const json = record.octets?.[0] === 0x7b;
  return readLine(json ? new TextDecoder().decode(record.octets) : record.value);
}

// A TXT of `at` is a record of the store and can say anything. It is the server's own error only where its
// extended error says the same.
function lineOfStore(record: AnswerRecord, answer: Answer): Line {
  const error = answer.errors.some(({ text }) => record.value === `# error: ${text}`);
  return error ? readLine(record.value) : { kind: "plain", text: record.value };
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
