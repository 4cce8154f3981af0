// What an analyst pastes, as a question: a name, an address, a prefix, a mailbox, a token; defanged, in
// a URL, with a port. Only the shape is read here. The server says what it thinks of the rest, and the
// page follows its suggestion.

import { isAddress, isMeant, isPrefix, isRange, readQuestion, readWhole, stripCommand, type Question, type View } from "./question";

// Dots and schemes that were made harmless: hxxps://www[.]example, 192.0.2(dot)1, user[at]example.
export function refang(text: string): string {
  return text
    .replace(/^[<"'(]+(?=\S)|(?<=\S)[>"',;)]+$/g, "")
    .replace(/\s*[[({]\s*(?:\.|dot)\s*[\])}]\s*/gi, ".")
    .replace(/\s*[[({]\s*(?:@|at)\s*[\])}]\s*/gi, "@")
    .replace(/[[({]:[\])}]/g, ":")
    .replace(/[[({]:\/\/[\])}]/g, "://")
    .replace(/^(\s*)(?:hxxp|h\*\*p|meow)(s?):/i, "$1http$2:")
    .replace(/^(\s*)fxp:/i, "$1ftp:");
}

// The host or mailbox of a URL, and an address without its port.
function withoutUrl(text: string): string {
  const mail = /^mailto:([^?]+)/i.exec(text);
  if (mail) return mail[1]!;
  const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:]*)/i.exec(text);
  if (url) return url[1]!.replace(/^\[|\]$/g, "");
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(text);
  if (bracketed) return bracketed[1]!;
  const port = /^([^:/@=\s]+):\d{1,5}(?:\/.*)?$/.exec(text);
  if (port) return port[1]!;
  const path = /^([^/@=\s]+\.[^/@=\s]+)\/(.*)$/.exec(text);
  return path && !/^\d{1,3}$/.test(path[2]!) ? path[1]! : text;
}

// Names of other scripts in the form that DNS has (RFC 5891), by the browser's own reading.
function toAscii(name: string): string {
  if (/^[\x00-\x7f]*$/.test(name)) return name;
  try {
    return new URL(`http://${name.replace(/\.$/, "")}/`).hostname;
  } catch {
    return name;
  }
}

// A token that is too long for a label is asked for by its beginning.
function fitToken(token: string): string {
  return token
    .split(".")
    .map((label) => (label.length > 63 ? label.slice(0, 62) + "*" : label))
    .join(".");
}

const quoted = (token: string): string => token.replace(/^"(.*)"$/s, "$1");

// 0x763d73706631 is octets, which the language has as labels of digits.
const asOctets = (text: string): string => `hex-${text.slice(2).replace(/\s/g, "").match(/.{1,58}/g)!.join(".")}`;

function subjectAndView(text: string): { subject: string; view: View } {
  if (/^0x(?:[0-9a-f]{2}\s?)+$/i.test(text)) return { subject: asOctets(text), view: "pivot" };
  const range = text.replace(/\s*[-\u2013\u2014]\s*/, "-");
  if (isRange(range)) return { subject: range.toLowerCase(), view: "pivot" };
  if (isAddress(text) || isPrefix(text)) return { subject: text.toLowerCase(), view: "pivot" };
  const ascii = toAscii(text);
  if (/^[^\s@=]+@[^\s@=]+$/.test(text)) {
    const [user, host] = text.split("@");
    return { subject: `${user}@${toAscii(host!)}`.replace(/\.$/, ""), view: "pivot" };
  }
  const token = text.includes("=") || text.includes(" ") || (!text.includes(".") && /\d/.test(text) && text.length > 7);
  if (token) return { subject: fitToken(quoted(text).replace(/\.$/, "")), view: "pivot" };
  return { subject: ascii.replace(/\.$/, "").toLowerCase(), view: "history" };
}

// The question for a pasted text; `view` is what the user chose, or empty for the one that fits.
export function questionOf(pasted: string, zone: string, view: View | ""): Question | null {
  if (pasted.trim() === ".") return { filters: [], view: view === "" ? "history" : view, subject: "" };
  const text = stripCommand(pasted, zone);
  if (text === "") return null;
  const whole = wholeQuestion(pasted, zone, view);
  if (whole) return whole;
  const found = valueOf(text);
  return found && { filters: [], view: view === "" ? found.view : view, subject: found.subject };
}

// A whole question, where the text is one; a view that was chosen takes it for a subject.
export function wholeQuestion(pasted: string, zone: string, view: View | ""): Question | null {
  const text = stripCommand(pasted, zone);
  if (isMeant(pasted, zone)) return readQuestion(text);
  return view === "" ? readWhole(text) : null;
}

// The text as a value and the view that fits it, never as a question; null where there is nothing.
export function valueOf(text: string): { subject: string; view: View } | null {
  const found = subjectAndView(withoutUrl(refang(text).trim()));
  return found.subject === "" ? null : found;
}
