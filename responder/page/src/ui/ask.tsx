// The search line and the question below it, which can be copied and edited.

import { useEffect, useRef } from "preact/hooks";
import { askEdited, copy, search } from "../app/actions";
import { countOf, isComplete, type Answer } from "../app/answer";
import { shownRecords } from "../app/rows";
import { update, type State } from "../app/state";
import { readQuestion, VIEWS, type View } from "../language/question";
import { digCommand } from "../report/copies";
import { dateText, timeText } from "../time/instant";
import { MOST_PRINTED } from "../records/order";
import { Field } from "./field";
import { Button, grouped, plural, visible } from "./text";

export function AskBand({ state }: { state: State }) {
  const field = useRef<HTMLInputElement>(null);
  const choice = useRef<HTMLSelectElement>(null);
  return (
    <section class="ask" aria-label="Question">
      <div class="wrap">
        <form
          class="line"
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            const chosen = choice.current!.value as View | "";
            const typed = field.current!.value;
            const same = state.route.tab === "dns" && readQuestion(state.route.question)?.subject === typed.trim();
            search(typed, chosen !== state.view || same ? chosen : "");
          }}
        >
          <label class="sr" for="q">A name, address, prefix, mailbox or token</label>
          <Field id="q" field={field} value={state.typed} autocomplete="off" autocapitalize="off" spellcheck={false} placeholder="A name, address, prefix, mailbox or token" />
          <label class="sr" for="view">View</label>
          <Field as="select" id="view" field={choice} value={state.view}>
            <option value="">what fits</option>
            {VIEWS.map((view) => <option key={view} value={view}>{view}</option>)}
          </Field>
          <button class="btn main" type="submit">Ask</button>
        </form>
        {state.answer && state.route.tab === "dns" && <Asked state={state} />}
      </div>
    </section>
  );
}

function Asked({ state }: { state: State }) {
  const answer = state.answer!;
  const name = state.route.tab === "dns" ? state.route.question : answer.text;
  const whole = `${name}.${state.settings.zone}`;
  if (state.editing !== null) return <Editor state={state} />;
  return (
    <>
      <div class="question">
        <output aria-label="The question"><span class="cmd">dig +short TXT </span><QuestionName name={name} /><span class="zone">.{state.settings.zone}</span></output>
        <span class="acts">
          <button
            type="button" class="btn" title="With Shift: the whole command"
            onClick={(event) => void (event.shiftKey ? copy(digCommand(whole, state.settings.server), "the command") : copy(whole, "the question"))}
          >Copy</button>
          <Button onClick={() => update({ editing: name })}>Edit</Button>
        </span>
        <span class="took">
          {answer.asking ? "" : [amount(answer), answer.took ? `${Math.max(1, Math.round(answer.took))} ms` : ""].filter(Boolean).join(", ")}
        </span>
      </div>
      {state.readAs && <p class="read-as quiet">Read as {visible(state.readAs)}.</p>}
      <Evidence state={state} name={name} />
    </>
  );
}

// How much an answer has, by what its lines are; nothing where none came, which is not the same as 0.
function amount(answer: Answer): string {
  if (countOf(answer) === 0 && (answer.failed !== "" || answer.remarks.some((remark) => remark.kind === "error"))) return "";
  if (answer.question?.view === "at") return answer.plain.length > 0 ? plural(answer.plain.length, "text") : "no text";
  if (answer.names.length > 0) return plural(answer.names.length, "name");
  if (answer.summary.length > 0) return plural(answer.summary.length, "type");
  if (answer.sums.length > 0) return plural(answer.sums.length, "line");
  if (answer.changes.length > 0) return plural(answer.changes.length, "event");
  if (answer.records.length === 0 && answer.plain.length > 0) return plural(answer.plain.length, "line");
  return plural(answer.records.length, "record");
}

// The view in the lamp's colour, filters and subject in ink.
export function QuestionName({ name }: { name: string }) {
  const question = readQuestion(name);
  if (!question) return <bdi>{visible(name)}</bdi>;
  const filters = question.filters.map((label) => label + ".").join("");
  return <bdi>{visible(filters)}<span class="view">{question.view}</span>{question.subject && "."}{visible(question.subject)}</bdi>;
}

function Editor({ state }: { state: State }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <form
      class="question editor"
      onSubmit={(event) => {
        event.preventDefault();
        askEdited(field.current!.value);
      }}
    >
      <label class="sr" for="edited">The question, without the zone</label>
      <Field
        id="edited" field={field} value={state.editing ?? ""} autocomplete="off" autocapitalize="off" spellcheck={false}
        onKeyDown={(event) => event.key === "Escape" && update({ editing: null })}
      />
      <span class="zone">.{state.settings.zone}</span>
      <button class="btn" type="submit">Ask this</button>
      <Button onClick={() => update({ editing: null })}>Leave it</Button>
    </form>
  );
}

// For paper: what was asked when, of which store, and whether anything is missing.
function Evidence({ state, name }: { state: State; name: string }) {
  const answer = state.answer!;
  const { facts, settings: { zone } } = state;
  const shown = shownRecords(state).length;
  const records = answer.records.length > 0;
  const printed = !records ? "" : shown > MOST_PRINTED ? `the first ${plural(MOST_PRINTED, "record")} of ${grouped(shown)}; copy the rest` : `all ${plural(shown, "record")} that are shown`;
  return (
    <dl class="evidence">
      <dt>Asked</dt><dd>{timeText(answer.askedAt)}: {visible(`${answer.text}.${zone}`)}, answered {answer.code || "nothing"}</dd>
      {facts && <><dt>Store</dt><dd>{plural(facts.records, "record")} of {plural(facts.names, "name")}, {dateText(facts.earliest)} to {timeText(facts.latest)}, written {facts.written}</dd></>}
      <dt>Lines</dt><dd>{isComplete(answer) ? `complete: ${countOf(answer)}; nothing was left out` : `not complete: ${countOf(answer)}, and there is more`}</dd>
      {name !== answer.text && <><dt>Shown</dt><dd>{visible(`${name}.${zone}`)}: {plural(shown, "row")}, filtered here from {visible(`${answer.text}.${zone}`)}</dd></>}
      {printed && <><dt>Printed</dt><dd>{printed}</dd></>}
    </dl>
  );
}
