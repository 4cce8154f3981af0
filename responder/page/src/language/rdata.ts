// RDATA in presentation form, cut into what leads on (names, addresses, mailboxes, tokens) and the rest.

import { isAddress, type Question } from "./question";

export interface Part {
  text: string;
  quiet?: boolean; // numbers and the like
  pivot?: string; // the subject of a pivot from here
  kind?: "address" | "name" | "mailbox" | "token" | "number";
}

const NAME_FIELDS: Record<string, number[]> = {
  NS: [0], CNAME: [0], DNAME: [0], PTR: [0], MX: [1], SRV: [3], SOA: [0], AFSDB: [1], KX: [1], RP: [1], NAPTR: [5], SVCB: [1], HTTPS: [1],
};

const plainName = (name: string): string => name.replace(/\.$/, "");

// `j\.doe.inbox.example.` is j.doe@inbox.example (RFC 1035, 3.3.13).
export function mailboxOf(name: string): string {
  const match = /^((?:\\.|[^.\\])+)\.(.+)$/s.exec(name);
  return match ? `${match[1]!.replace(/\\(\D)/g, "$1")}@${plainName(match[2]!)}` : "";
}

// Words and the spaces between them; a quoted string is one word.
export const words = (rdata: string): string[] => rdata.match(/"(?:\\.|[^"\\])*"|\s+|[^\s"]+|"/gs) ?? [];

export function partsOf(type: string, rdata: string): Part[] {
  if (type === "A" || type === "AAAA") return [isAddress(rdata) ? { text: rdata, pivot: rdata, kind: "address" } : { text: rdata }];
  if (type === "TXT" || type === "SPF" || type === "CAA" || type === "URI") return words(rdata).flatMap(textParts);
  if (type === "WHOIS") return registrationParts(rdata);
  const fields = NAME_FIELDS[type];
  if (!fields) return [{ text: rdata }];
  let field = -1;
  return words(rdata).map((word): Part => {
    if (/^\s+$/.test(word)) return { text: word };
    ++field;
    if (fields.includes(field) && word !== ".") return { text: word, pivot: plainName(word), kind: "name" };
    if ((type === "SOA" && field === 1) || (type === "RP" && field === 0)) {
      const mailbox = mailboxOf(word);
      return mailbox ? { text: word, pivot: mailbox, kind: "mailbox" } : { text: word };
    }
    return { text: word, quiet: true, kind: "number" };
  });
}

// Role, mailbox, and texts.
function registrationParts(rdata: string): Part[] {
  let field = -1;
  return words(rdata).flatMap((word): Part | Part[] => {
    if (/^\s+$/.test(word)) return { text: word };
    ++field;
    const mailbox = field === 1 ? mailboxOf(word) : "";
    return mailbox ? { text: word, pivot: mailbox, kind: "mailbox" } : field < 2 ? { text: word, quiet: true } : textParts(word);
  });
}

// A quoted text: its tokens as the language cuts them, at white space, `;` and `,`.
function textParts(word: string): Part[] {
  if (!word.startsWith('"')) return [{ text: word, quiet: /^\d+$/.test(word) }];
  return (word.match(/[\s;,"]+|[^\s;,"]+/gs) ?? []).map((token): Part => {
    const askable = /[a-z0-9]/i.test(token) && !token.includes("\\") && token.split(".").every((label) => label.length > 0 && label.length <= 63) && token.length <= 180;
    if (!askable || /^[\s;,"]+$/.test(token)) return { text: token };
    const mail = /^(?:mailto:)?([^\s@:=]+@[^\s@]+)$/.exec(token);
    return { text: token, pivot: mail ? mail[1]! : token, kind: mail ? "mailbox" : "token" };
  });
}

// Registrations are found only where their type is named; a mailbox may be in those of the DNS, too.
export function pivotOf(subject: string, type = ""): Question {
  const filters = type !== "WHOIS" ? [] : subject.includes("@") ? ["soa", "rp", "whois"] : ["whois"];
  return { filters, view: "pivot", subject };
}

// A name that looks like an address, a wildcard or a view's subject form is asked for as it is.
export function historyOf(owner: string): Question {
  const name = plainName(owner);
  const literal = /^[*+=]\./.test(name) || name === "*" || isAddress(name);
  return { filters: [], view: "history", subject: literal ? `=.${name}` : name };
}
