// Reads all records of a question from the server's REST stream: the DNSDB v2 form, one object a line.
// It takes what is more than a few pages; what it cannot express stays with the pages.

import { readLine, type Line, type RecordLine } from "../language/line";
import { isAddress, isPrefix, withTypes, typesOf, type Question } from "../language/question";

// The address of the stream for a question, or null where the stream has no such question.
export function streamPath(question: Question): string | null {
  const shaping = withTypes(question, []).filters.filter((label) => !/^(?:sort-|json$|runs$|any$)/i.test(label));
  if (shaping.length > 0) return null;
  const types = typesOf(question);
  if (types.length > 1) return null;
  const type = types.length === 1 ? "/" + encodeURIComponent(types[0]!) : "";
  const subject = question.subject;
  if (question.view === "history") {
    if (subject === "" || isAddress(subject) || subject.includes("/") || /^[+=]\./.test(subject)) return null;
    return `/dnsdb/v2/lookup/rrset/name/${encodeURIComponent(subject)}${type}`;
  }
  if (question.view !== "pivot" || /^[+=]\./.test(subject)) return null;
  if (isAddress(subject)) return `/dnsdb/v2/lookup/rdata/ip/${subject}${type}`;
  if (isPrefix(subject)) return `/dnsdb/v2/lookup/rdata/ip/${subject.replace("/", ",")}${type}`;
  if (subject.includes("@") || subject.includes("=") || !subject.includes(".")) return null;
  return `/dnsdb/v2/lookup/rdata/name/${encodeURIComponent(subject)}${type}`;
}

export interface StreamEnd {
  complete: boolean;
  tooLong: boolean; // only records that are too long for a line were left out
  unread: number; // lines that could not be read
  remark: string; // why it is not complete, in the server's words
}

// Calls back for each record. Throws where there is no such stream (the caller goes on by pages).
export async function readStream(
  path: string, runs: boolean, onLine: (line: RecordLine) => void, signal?: AbortSignal,
): Promise<StreamEnd> {
  const response = await fetch(`${path}?limit=0${runs ? "&aggr=f" : ""}`, {
    headers: { accept: "application/x-ndjson" },
    ...(signal ? { signal } : {}),
  });
  if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
  const end: StreamEnd = { complete: false, tooLong: false, unread: 0, remark: "the stream ended early" };
  const take = (text: string) => {
    if (text !== "") takeLine(text, end, onLine);
  };
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    rest += decoder.decode(value, { stream: !done });
    const lines = rest.split("\n");
    rest = lines.pop()!;
    for (const line of lines) take(line);
    if (done) break;
  }
  take(rest);
  return end;
}

export function takeLine(text: string, end: StreamEnd, onLine: (line: RecordLine) => void): void {
  let message: { obj?: Record<string, unknown>; cond?: string; msg?: string };
  try {
    message = JSON.parse(text) as typeof message;
  } catch {
    end.unread += 1;
    return;
  }
  if (message.obj) {
    const lines = recordsOf(message.obj);
    for (const line of lines) if (line.kind === "record") onLine(line);
    end.unread += lines.filter((line) => line.kind !== "record").length;
  } else if (message.cond && message.cond !== "begin") {
    end.complete = message.cond === "succeeded";
    end.remark = message.msg ?? message.cond;
    end.tooLong = message.cond === "limited" && /left out$/.test(end.remark);
  }
}

// RDATA is an array of the values of an RRset.
function recordsOf(object: Record<string, unknown>): Line[] {
  const values = Array.isArray(object.rdata) ? object.rdata : [object.rdata];
  return values.map((rdata) => readLine(JSON.stringify({ ...object, rdata })));
}
