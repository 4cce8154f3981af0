// A DNS message: the question that is asked, and what the page needs of its answer (RFC 1035; EDNS,
// RFC 6891; extended errors, RFC 8914).

import { nameToWire, octetsToText, readName } from "./name";

export const TYPES = { A: 1, CNAME: 5, MX: 15, TXT: 16, AAAA: 28 } as const;
const OPT = 41;
const EDE = 15;

export interface ExtendedError {
  code: number;
  text: string;
}

export interface AnswerRecord {
  owner: string;
  type: number;
  ttl: number;
  // An address, a name with its final dot, or the text of a TXT with its strings joined.
  value: string;
  octets?: Uint8Array; // of a TXT, its strings joined
}

export interface Answer {
  rcode: number;
  truncated: boolean;
  records: AnswerRecord[];
  errors: ExtendedError[];
}

export const RCODES = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

// A query with EDNS, of identifier 0 as DNS over HTTPS has it (RFC 8484, 4.1).
export function writeQuery(name: string, type: number): Uint8Array {
  const qname = nameToWire(name);
  const message = new Uint8Array(12 + qname.length + 4 + 11);
  const view = new DataView(message.buffer);
  view.setUint16(2, 0x0100);
  view.setUint16(4, 1);
  view.setUint16(10, 1);
  message.set(qname, 12);
  let at = 12 + qname.length;
  view.setUint16(at, type);
  view.setUint16(at + 2, 1);
  at += 4;
  view.setUint16(at + 1, OPT);
  view.setUint16(at + 3, 65535);
  return message;
}

// Null where the message is no response or is malformed.
export function readAnswer(message: Uint8Array): Answer | null {
  if (message.length < 12) return null;
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const flags = view.getUint16(2);
  if ((flags & 0x8000) === 0) return null;
  const answer: Answer = { rcode: flags & 15, truncated: (flags & 0x0200) !== 0, records: [], errors: [] };
  const counts = [4, 6, 8, 10].map((at) => view.getUint16(at)) as [number, number, number, number];
  let at = 12;
  for (let n = 0; n < counts[0]; ++n) {
    const name = readName(message, at);
    if (!name) return null;
    at = name.end + 4;
  }
  const rest = counts[1] + counts[2] + counts[3];
  for (let n = 0; n < rest; ++n) {
    const owner = readName(message, at);
    if (!owner || owner.end + 10 > message.length) return null;
    const type = view.getUint16(owner.end);
    const ttl = view.getUint32(owner.end + 4);
    const begin = owner.end + 10;
    const end = begin + view.getUint16(owner.end + 8);
    if (end > message.length) return null;
    if (n < counts[1]) {
      const record = { owner: owner.name, type, ttl };
      if (type === TYPES.TXT) {
        const text = joinStrings(message.subarray(begin, end));
        answer.records.push({ ...record, value: octetsToText(text), octets: text });
      } else answer.records.push({ ...record, value: valueOf(message, type, begin, end) });
    } else if (type === OPT) {
      answer.rcode |= (ttl >>> 24) << 4;
      readOptions(message.subarray(begin, end), answer.errors);
    }
    at = end;
  }
  return answer;
}

function readOptions(options: Uint8Array, errors: ExtendedError[]): void {
  for (let at = 0; at + 4 <= options.length; ) {
    const code = (options[at]! << 8) | options[at + 1]!;
    const end = at + 4 + ((options[at + 2]! << 8) | options[at + 3]!);
    if (end > options.length) return;
    if (code === EDE && end - at >= 6) {
      const text = new TextDecoder().decode(options.subarray(at + 6, end));
      errors.push({ code: (options[at + 4]! << 8) | options[at + 5]!, text });
    }
    at = end;
  }
}

function valueOf(message: Uint8Array, type: number, begin: number, end: number): string {
  const octets = message.subarray(begin, end);
  if (type === TYPES.A && octets.length === 4) return octets.join(".");
  if (type === TYPES.AAAA && octets.length === 16) return addressText(octets);
  if (type === TYPES.CNAME) return readName(message, begin)?.name ?? "";
  return octetsToText(octets);
}

function joinStrings(strings: Uint8Array): Uint8Array {
  const text = new Uint8Array(strings.length);
  let length = 0;
  for (let at = 0; at < strings.length; ) {
    const end = at + 1 + strings[at]!;
    const string = strings.subarray(at + 1, end);
    text.set(string, length);
    length += string.length;
    at = end;
  }
  return text.subarray(0, length);
}

// An IPv6 address as RFC 5952 writes it: the longest run of two zero groups or more is `::`.
export function addressText(octets: Uint8Array): string {
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2) groups.push(((octets[at]! << 8) | octets[at + 1]!).toString(16));
  let best = { from: 0, length: 1 };
  for (let from = 0; from < 8; ++from) {
    let length = 0;
    while (from + length < 8 && groups[from + length] === "0") ++length;
    if (length > best.length) best = { from, length };
  }
  if (best.length < 2) return groups.join(":");
  return groups.slice(0, best.from).join(":") + "::" + groups.slice(best.from + best.length).join(":");
}
