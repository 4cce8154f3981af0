// What the answer is about: the path that led here, the subject, a sentence made of the data, names below.

import { isComplete, type Answer } from "../app/answer";
import { once } from "../app/once";
import type { State } from "../app/state";
import { hasWord, isOneName, readQuestion, timeOf, writeQuestion, type Question } from "../language/question";
import { historyOf } from "../language/rdata";
import { unicodeOf } from "../language/punycode";
import { countTypes, extentOf } from "../records/order";
import { keyOf, type Rec } from "../records/record";
import { DAY, longDate } from "../time/instant";
import { silences } from "../timeline/lanes";
import { Ask } from "./link";
import { plural, Stored, visible } from "./text";

const WORDS: Record<Question["view"], string> = {
  history: "history", pivot: "pivot: who was there", names: "names at and below it", changes: "what appeared and went", summary: "how many records", at: "as it was",
  seen: "was it ever seen", lookalike: "names that may be mistaken for it", cohost: "what was in the same place at the same time",
};

export function Head({ state, records }: { state: State; records: Rec[] }) {
  const question = state.route.tab === "dns" ? readQuestion(state.route.question) : null;
  const answer = state.answer!;
  if (!question) return <div class="head"><h1><Stored>{answer.text}</Stored></h1></div>;
  const reading = unicodeOf(question.subject);
  const time = question.view === "at" ? ` on ${timeOf(question)}` : "";
  return (
    <div class="head">
      <h1><bdi>{visible(question.subject || ".")}</bdi><small>{allOf(question.subject)}{WORDS[question.view]}{time}{reading ? <>, reads <bdi>{visible(reading)}</bdi></> : null}</small></h1>
      {records.length > 0 && <p class="read">{sentenceOnce(answer, writeQuestion(question), records, state.facts?.latest ?? null)}</p>}
      <Below state={state} question={question} />
      <Further question={question} />
    </div>
  );
}

// Subjects that are hardly seen as one.
const allOf = (subject: string): string => (subject === "*" ? "all names, " : subject === "" || subject === "." ? "the root, " : "");

// How many records; where each run has a row, also how many rows.
export function countedRecords(records: Rec[], question: Question): string {
  if (!hasWord(question, "runs")) return plural(records.length, "record");
  return `${plural(records.length, "run")} of ${plural(new Set(records.map(keyOf)).size, "record")}`;
}

// An answer is another object whenever it changes.
const sentenceOnce = once((answer: Answer, name: string, records: Rec[], end: number | null) => sentence(answer, readQuestion(name)!, records, end));

export function sentence(answer: Answer, question: Question, records: Rec[], end: number | null): string {
  const { first, last } = extentOf(records)!;
  const known = countedRecords(records, question);
  if (!isComplete(answer)) return `${known}${answer.asking ? " so far" : answer.more !== "" ? ", and there is more" : ", not all of them"}.`;
  const types = countTypes(records).size;
  const counted = `${known} of ${types === 1 ? records[0]!.type : plural(types, "type")}.`;
  const still = end !== null && last > end - 30 * DAY;
  const until = still ? `, and still there where the store ends, ${longDate(end)}` : ` and last on ${longDate(last)}`;
  if (question.view === "cohost") {
    const names = new Set(records.map((record) => record.owner)).size;
    return `${plural(names, "other name")} ${names === 1 ? "was" : "were"} in the same place at the same time, first on ${longDate(first)}${until}. ${counted}`;
  }
  if (question.view === "pivot") {
    const names = new Set(records.map((record) => record.owner)).size;
    return `${plural(names, "name")} pointed here, first on ${longDate(first)}${until}. ${counted}`;
  }
  const gaps = isOneName(question) && question.filters.length === 0 ? silences(records, 30 * DAY) : [];
  const gap = gaps.sort((a, b) => b.to - b.from - (a.to - a.from))[0];
  const nothing = gap ? ` Nothing was seen from ${longDate(gap.from)} to ${longDate(gap.to)}${gaps.length > 1 ? `, and in ${plural(gaps.length - 1, "shorter gap")}` : ""}.` : "";
  return `Seen first on ${longDate(first)}${until}. ${counted}${nothing}`;
}

// Links to other questions about a name.
function Further({ question }: { question: Question }) {
  if (question.view !== "history" || !isOneName(question) || question.subject === "") return null;
  const subject = question.subject.replace(/^=\./, "");
  const ask = (view: Question["view"], words: string, filters: string[] = []) => <Ask to={{ filters, view, subject }} by={view}>{words}</Ask>;
  return (
    <p class="below further">
      <span>Further:</span>
      {ask("lookalike", "names that look like it")}
      {ask("cohost", "what shared its addresses")}
      {ask("names", "all names below it")}
      {ask("summary", "how much there is")}
      {ask("history", "who registered it", ["whois"])}
    </p>
  );
}

function Below({ state, question }: { state: State; question: Question }) {
  const { below, belowMore } = state.around;
  if (question.view !== "history" || below.length === 0) return null;
  const end = `.${question.subject.replace(/^=\./, "").toLowerCase()}.`;
  return (
    <p class="below names">
      <span>{belowMore ? `More than ${below.length} names below it:` : `${plural(below.length, "name")} below it:`}</span>
      {below.map((line) => (
        <Ask key={line.owner} to={historyOf(line.owner)} by="name" class="n"><bdi>{visible(line.owner.toLowerCase().endsWith(end) ? line.owner.slice(0, -end.length) : line.owner)}</bdi></Ask>
      ))}
      {belowMore && <Ask to={{ filters: [], view: "names", subject: `*.${question.subject.replace(/^=\./, "")}` }} by="name">all of them</Ask>}
    </p>
  );
}

export function Path({ state }: { state: State }) {
  if (state.path.length < 2) return null;
  return (
    <nav class="path" aria-label="How you came here">
      <ol>
        {state.path.map((step, at) => (
          <li key={step.question}>
            {at > 0 && <span class="by">{step.by}</span>}
            {at === state.path.length - 1
              ? <span class="n" aria-current="page">{visible(step.subject || ".")}</span>
              : <Ask to={readQuestion(step.question)!} by={step.by} class="n"><bdi>{visible(step.subject || ".")}</bdi></Ask>}
          </li>
        ))}
      </ol>
    </nav>
  );
}
