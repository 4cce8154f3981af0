// A registration (type WHOIS) in words: role, mailbox, organisation, registrar, and more texts, such as
// "created=20190601T120000Z" of the registrar.

import { dateAndClock, readTime } from "../time/instant";
import { mailboxOf, words } from "./rdata";

const ROLES: Record<string, string> = { registrant: "Registrant", admin: "Administrative contact", tech: "Technical contact", billing: "Billing contact", registrar: "Registrar" };

const unquoted = (word: string): string => word.replace(/^"|"$/g, "").replace(/\\(\D)/g, "$1");

export function registrationFacts(rdata: string): [label: string, value: string][] {
  const [role = "", mailbox = "", ...texts] = words(rdata).filter((word) => word.trim() !== "");
  const [organisation = "", registrar = "", ...more] = texts.map(unquoted);
  const itself = role === "registrar";
  const facts: [string, string][] = [
    ["Role", ROLES[role] ?? role], ["Mailbox", mailbox === "." ? "" : mailboxOf(mailbox)],
    [itself ? "Name" : "Organisation", organisation], [itself ? "Number" : "Registrar", registrar],
  ];
  for (const text of more) {
    const [, word, value] = /^(created|updated|expires)=(.*)$/.exec(text) ?? [];
    const time = value ? readTime(value, 0) : null;
    facts.push(word && time !== null ? [word.replace(/^./, (first) => first.toUpperCase()), dateAndClock(time)] : ["Also", text]);
  }
  return facts.filter(([, value]) => value !== "");
}
