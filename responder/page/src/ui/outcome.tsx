// The state that stands where the answer would: never a toast, never a dialog.

import { askAgain, go, readOn, stop } from "../app/actions";
import { countOf, type Answer } from "../app/answer";
import { outcomeOf } from "../app/outcome";
import type { State } from "../app/state";
import { PlainLines } from "./lists";
import { Button, grouped, plural, Stored, visible } from "./text";

export function OutcomeBox({ state, answer }: { state: State; answer: Answer }) {
  const outcome = outcomeOf(state, answer);
  return (
    <section class="state" role="status">
      <p class="asked"><Marked text={`${answer.text}.${state.settings.zone}`} wrong={outcome.wrong} /></p>
      <h2>{visible(outcome.title)}</h2>
      {outcome.text && <p class="read">{visible(outcome.text)}</p>}
      <div class="acts">
        {outcome.actions.map((action, at) => <Button key={action.question} main={at === 0} onClick={() => go(action.question, null)}>{visible(action.label)}</Button>)}
        {outcome.again && <Button main onClick={askAgain}>Ask again</Button>}
      </div>
      {outcome.code && <p class="why">{visible(outcome.code)}</p>}
    </section>
  );
}

function Marked({ text, wrong }: { text: string; wrong: string }) {
  const at = wrong === "" ? -1 : text.toLowerCase().indexOf(wrong.toLowerCase());
  if (at < 0) return <bdi>{visible(text)}</bdi>;
  return <bdi>{visible(text.slice(0, at))}<mark>{visible(text.slice(at, at + wrong.length))}</mark>{visible(text.slice(at + wrong.length))}</bdi>;
}

// What was cut short: says so, and goes on.
export function CutBox({ answer }: { answer: Answer }) {
  const notes = answer.remarks.filter((remark) => remark.kind === "note");
  if (answer.more === "" && notes.length === 0 && answer.unread.length === 0) return null;
  return (
    <section class="state cutbox" role="status">
      {answer.more !== "" && (
        <div class="cut">
          <h2>{answer.total ? `${grouped(countOf(answer))} of ${plural(answer.total, "line")}` : plural(countOf(answer), "line")}, and there is more</h2>
          <p class="asked"><Stored>{answer.more}</Stored></p>
          <div class="acts"><Button main disabled={answer.asking} onClick={readOn}>Go on from here</Button></div>
        </div>
      )}
      {notes.map((note) => <p class="why" key={note.text}>{visible(note.text)}</p>)}
      {answer.unread.length > 0 && <><p class="why">{plural(answer.unread.length, "line")} could not be read as a record, and stand here as they came:</p><PlainLines lines={answer.unread} /></>}
    </section>
  );
}

export function Waiting({ answer }: { answer: Answer }) {
  const count = countOf(answer);
  return (
    <p class="waiting" role="status">
      <span class="later">Asking{count > 0 ? `, ${plural(count, "record")} so far` : ""}</span> <span class="later"><Button onClick={stop}>Stop</Button></span>
    </p>
  );
}

export function Welcome({ state }: { state: State }) {
  const examples = ["www.example.com", "192.0.2.1", "192.0.2.0/24", "admin@example.com", "v=spf1", "hxxps://www[.]example[.]com/login"];
  return (
    <section class="welcome">
      <h1 class="words">Ask what a name used to say</h1>
      <p class="read">Paste what you have: a name, an address, a prefix, a mailbox, a word of a text record; as it is, defanged, or in a URL. The question that it makes stands below the field, and any DNS client can ask it as well.</p>
      <ul class="examples">{examples.map((each) => <li key={each}><code>{each}</code></li>)}</ul>
      <p class="read">Questions end in {state.settings.zone}: <Button onClick={() => go("help", null)}>The language in one screen</Button></p>
    </section>
  );
}
