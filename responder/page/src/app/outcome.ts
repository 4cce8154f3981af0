// What stands where the records would be: an answer without any, in words.

import type { Answer } from "./answer";
import { isWhole, suggestionOf } from "./actions";
import { filterValue, isOneName, typesOf, withTypes, writeQuestion, type Question } from "../language/question";
import { dateText, longDate, readTime } from "../time/instant";
import type { State } from "./state";

export interface Outcome {
  title: string;
  text: string;
  wrong: string; // the word of the question that is wrong
  actions: { label: string; question: string }[];
  again: boolean;
  code: string; // the code or remark itself
}

const plainRemark = (text: string): string => text.replace(/^# (?:error|note): /, "").replace(/ \(dig TXT [^)]*\)$/, "");

export function outcomeOf(state: State, answer: Answer): Outcome {
  const question = answer.question;
  const errors = answer.errors.map((error) => `EDE ${error.code} (${error.text})`);
  const error = answer.remarks.find((remark) => remark.kind === "error");
  const outcome: Outcome = { title: "", text: "", wrong: "", actions: [], again: false, code: [answer.code, ...errors].filter(Boolean).join(", ") };
  if (answer.failed === "network") {
    return { ...outcome, title: "No answer from the server", text: "Either the network is away or the server is. Your projects are in this browser and stay usable.", again: true, code: answer.failure };
  }
  if (answer.failed === "stopped") return { ...outcome, title: "Stopped", text: "Nothing had come yet.", again: true, code: "" };
  if (answer.failed === "name") return { ...outcome, title: "This cannot be asked", text: answer.failure, code: "not sent" };
  if (answer.code === "SERVFAIL") {
    return { ...outcome, title: "The server cannot read its store", text: "The question is fine. Ask again in a while; if it stays so, whoever runs the server finds the reason in its log.", again: true };
  }
  if (answer.code === "REFUSED") return { ...outcome, ...refused(state, answer, question) };
  if (answer.failed === "refused") {
    return { ...outcome, title: "The server did not answer this", text: "It answered, but neither with records nor that there are none.", again: true, code: [answer.failure, ...errors].join(", ") };
  }
  const suggestion = suggestionOf(answer);
  if (error) return { ...outcome, ...mistaken(answer, error.text, suggestion, state.settings.zone), code: error.text };
  const suggested = isWhole(suggestion) ? [{ label: suggestion, question: suggestion }] : [];
  if (answer.code === "NXDOMAIN") return { ...outcome, ...neverSeen(state, question, suggested) };
  if (question && answer.errors.some((error) => error.text.startsWith("only registrations were found"))) {
    const text = "Registrations are shown where they are asked for; you may see them.";
    return { ...outcome, title: "Nothing but registrations", text, actions: [{ label: "Show them", question: writeQuestion(withTypes(question, ["WHOIS"])) }] };
  }
  const nothing = notThis(state, question);
  return { ...outcome, ...nothing, actions: [...suggested, ...(nothing.actions ?? [])] };
}

function refused(state: State, answer: Answer, question: Question | null): Partial<Outcome> {
  if (answer.errors.some((error) => error.code === 20)) {
    return { title: "This server does not answer for that zone", text: `It answers questions below ${state.settings.zone}.` };
  }
  const actions = question && question.view !== "history" ? [{ label: `History of ${question.subject}`, question: writeQuestion({ filters: [], view: "history", subject: question.subject }) }] : [];
  const registrations = question !== null && typesOf(question).includes("WHOIS");
  const title = registrations ? "You may not see registrations here" : question ? `You may not use \u201c${question.view}\u201d here` : "You may not ask here";
  if (registrations) actions.push({ label: "Without registrations", question: writeQuestion(withTypes(question, typesOf(question).filter((type) => type !== "WHOIS"))) });
  return { title, text: "This server answers you, but not this. It looked nothing up. Who runs it can add your address, or give you a key.", actions };
}

function mistaken(answer: Answer, remark: string, suggestion: string, zone: string): Partial<Outcome> {
  const text = plainRemark(remark);
  const [what, meant] = text.split(/; did you mean /);
  const wrong = /'([^']+)'/.exec(what ?? "")?.[1] ?? "";
  const title = (what ?? text).replace(/'([^']+)'/g, "\u201c$1\u201d").replace(/^./, (first) => first.toUpperCase());
  if (!meant) return { title, text: "", wrong };
  const whole = isWhole(suggestion) ? suggestion : wrong !== "" ? answer.text.replace(wrong, suggestion) : suggestion;
  return { title, text: `Did you mean ${suggestion.replace(`.${zone}`, "")}?`, wrong, actions: [{ label: whole, question: whole }] };
}

function neverSeen(state: State, question: Question | null, suggested: Outcome["actions"]): Partial<Outcome> {
  const { facts } = state;
  const store = facts ? `, which goes from ${longDate(facts.earliest)} to ${longDate(facts.latest)}` : "";
  const subject = question?.subject ?? "";
  const parent = subject.includes("@") ? "" : subject.replace(/^[*+=]\./, "").split(".").slice(1).join(".");
  const text = question?.view === "pivot" ? `No record in the store${store} points to ${subject}.` : `Neither ${subject} nor a name below it is in the store${store}, and nothing in it points there.`;
  const up = question && isOneName(question) && parent !== "" && question.view !== "pivot" ? [{ label: `All names below ${parent}`, question: `names.*.${parent}` }] : [];
  const alike = question?.view === "history" && isOneName(question) && parent !== "" ? [{ label: "Names that look like it", question: `lookalike.${subject}` }] : [];
  return { title: "Never seen", text, actions: [...suggested, ...up, ...alike] };
}

// Views whose answer is about other names: that it is empty says nothing against the subject.
const NOTHING: Partial<Record<Question["view"], [title: string, text: string]>> = {
  lookalike: ["No name that looks like it", "No name in the store may be mistaken for NAME."],
  cohost: ["Nothing in the same place", "No other name was at an address of NAME while it was there."],
};

// NODATA: the subject is known, but nothing passes the filters.
function notThis(state: State, question: Question | null): Partial<Outcome> {
  if (!question) return { title: "There is nothing here", text: "The name is known, but it has no such record." };
  const nothing = NOTHING[question.view];
  if (nothing && question.filters.length === 0) {
    const history = { label: `History of ${question.subject}`, question: writeQuestion({ filters: [], view: "history", subject: question.subject }) };
    return { title: nothing[0], text: nothing[1].replace("NAME", question.subject), actions: [history] };
  }
  const types = typesOf(question);
  const has = (state.around.types ?? []).filter((line) => line.kind === "summary" && line.values > 0);
  const without = { label: "Without filters", question: writeQuestion({ ...question, filters: [] }) };
  const on = filterValue(question, "on");
  const timed = on !== "" || question.filters.some((label) => /^(?:after|before|first-|last-)/i.test(label));
  if (timed) {
    const time = readTime(on || filterValue(question, "after") || filterValue(question, "before"), Date.now() / 1000);
    const near = time === null ? [] : nearby(question, time);
    return { title: "Seen, but not then", text: `Nothing of ${question.subject} passes these times.`, actions: [without, ...near] };
  }
  if (types.length > 0) {
    const text = has.length > 0 ? `${question.subject} has records of other types: ${has.map((line) => line.type).join(", ")}.` : `${question.subject} has no such record.`;
    const show = has.slice(0, 3).map((line) => ({ label: `Show ${line.type}`, question: writeQuestion(withTypes(question, [line.type])) }));
    return { title: `Seen, but not with ${types.join(" or ")}`, text, actions: [...show, without] };
  }
  const pivot = question.view === "history" ? [{ label: `Who points to ${question.subject}`, question: writeQuestion({ filters: [], view: "pivot", subject: question.subject }) }] : [];
  const below = question.view === "history" ? [{ label: "Names below it", question: `names.${question.subject}` }] : [];
  return { title: "Seen, but not this", text: `${question.subject} is known: there are names below it, or records that point to it. It has no record of its own here.`, actions: question.filters.length > 0 ? [without] : [...below, ...pivot] };
}

function nearby(question: Question, time: number): Outcome["actions"] {
  const others = question.filters.filter((label) => !/^(?:on|after|before)-/i.test(label));
  const day = dateText(time);
  return [
    { label: `Before ${day}`, question: writeQuestion({ ...question, filters: [`before-${day}`, ...others] }) },
    { label: `After ${day}`, question: writeQuestion({ ...question, filters: [`after-${day}`, ...others] }) },
  ];
}
