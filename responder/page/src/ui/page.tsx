// The whole page, drawn from the state.

import { countOf, isComplete, isFailure, type Answer } from "../app/answer";
import { copy, wholeSpan } from "../app/actions";
import { KEYS } from "../app/keys";
import { addAll } from "../app/projects";
import { once } from "../app/once";
import { currentRows, shownRecords } from "../app/rows";
import { update, type State } from "../app/state";
import { isAddress, isOneName, hasWord, readQuestion, writeQuestion, type Question } from "../language/question";
import { extentOf, MOST_PRINTED } from "../records/order";
import type { Rec } from "../records/record";
import { asCof, asTable, digCommand, lineOf } from "../report/copies";
import { AskBand } from "./ask";
import { Brush } from "./brush";
import { Chips } from "./chips";
import { AroundAddress, DayPanel } from "./day";
import { Events } from "./events";
import { Filters } from "./filters";
import { GraphSection } from "./graph";
import { countedRecords, Head, Path } from "./head";
import { ChangesList, Names, PlainLines, Summary, Sums } from "./lists";
import { Mast } from "./mast";
import { CutBox, OutcomeBox, Waiting, Welcome } from "./outcome";
import { Pivots } from "./pivots";
import { Projects } from "./projects";
import type { Look } from "./rows";
import { RecordTable } from "./table";
import { Button, plural, visible } from "./text";
import { useEffect, useRef, useState } from "preact/hooks";

export function Page({ state }: { state: State }) {
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.getElementById("main")?.focus(); }}>To the answer</a>
      <Mast state={state} />
      <AskBand state={state} />
      <main id="main" class="wrap" tabIndex={-1}><Main state={state} /></main>
      <Foot state={state} />
    </>
  );
}

function Main({ state }: { state: State }) {
  if (state.route.tab === "projects") return <Projects state={state} id={state.route.id} />;
  if (state.route.tab === "pivots") return <Pivots state={state} />;
  if (!state.answer) return <Welcome state={state} />;
  return <AnswerView state={state} answer={state.answer} />;
}

function AnswerView({ state, answer }: { state: State; answer: Answer }) {
  const question = state.route.tab === "dns" ? readQuestion(state.route.question) : null;
  const records = shownRecords(state);
  const failed = isFailure(answer) && !isDay(question, answer);
  return (
    <>
      <Path state={state} />
      <Head state={state} records={records} />
      {answer.asking && <Waiting answer={answer} />}
      {failed ? <><OutcomeBox state={state} answer={answer} />{question && isRecords(question) && <>{understood(answer) && <Chips state={state} question={question} />}{question.filters.length > 0 && <Filters state={state} question={question} />}</>}</> : <Body state={state} answer={answer} question={question} records={records} />}
      {question && isRecords(question) && (state.path.length > 1 || question.view === "pivot") && <GraphSection state={state} />}
    </>
  );
}

// A name that had no text on a day may have had all else: the panel says so.
const isDay = (question: Question | null, answer: Answer): boolean =>
  question?.view === "at" && answer.code === "NOERROR" && answer.failed === "" && understood(answer);

// A word that the server does not know looks like a type.
const understood = (answer: Answer): boolean => !answer.remarks.some((remark) => remark.kind === "error");

const isRecords = (question: Question): boolean => question.view === "history" || question.view === "pivot";

function Body({ state, answer, question, records }: { state: State; answer: Answer; question: Question | null; records: Rec[] }) {
  if (!question) return <PlainLines lines={answer.plain} />;
  const listed = question.view === "names" || question.view === "lookalike";
  if (countOf(answer) === 0 && answer.plain.length > 0 && question.view !== "at") {
    return <><Filters state={state} question={question} /><PlainLines lines={answer.plain} /><CutBox answer={answer} /></>;
  }
  if (listed) return <><Chips state={state} question={question} /><Filters state={state} question={question} /><Names answer={answer} state={state} /><CutBox answer={answer} /></>;
  if (question.view === "summary") return <><Filters state={state} question={question} />{answer.sums.length > 0 ? <Sums answer={answer} question={question} /> : <Summary answer={answer} state={state} question={question} />}<CutBox answer={answer} /></>;
  if (question.view === "changes") return <><Filters state={state} question={question} /><ChangesList answer={answer} state={state} /><CutBox answer={answer} /></>;
  if (question.view === "at") return <AtView state={state} answer={answer} />;
  if (answer.records.length === 0) return <>{answer.plain.length > 0 && <PlainLines lines={answer.plain} />}<CutBox answer={answer} /></>;
  return <Records state={state} answer={answer} question={question} records={records} />;
}

// A question for TXT of `at` has the texts; the panel has all that the name was.
function AtView({ state, answer }: { state: State; answer: Answer }) {
  const { day, facts } = state;
  return (
    <div class="at-view">
      {answer.plain.length > 0 && <section><h2>TXT <span class="quiet">what this question is answered with</span></h2><PlainLines lines={answer.plain} /></section>}
      <CutBox answer={answer} />
      {day !== null && <DayPanel state={state} extent={{ first: facts?.earliest ?? day, last: facts?.latest ?? day }} />}
    </div>
  );
}

// Made once for a question: the heights of all rows are kept for as long as it is the same.
const lookOf = once((name: string): Look => {
  const question = readQuestion(name)!;
  const pivot = question.view === "pivot";
  return { owners: pivot || question.view === "cohost" || !isOneName(question), values: !pivot || !isAddress(question.subject), perRun: hasWord(question, "runs"), subject: pivot ? question.subject : "\n" };
});
const wholeExtent = once((records: Rec[], _version: number) => extentOf(records));

function Records({ state, answer, question, records }: { state: State; answer: Answer; question: Question; records: Rec[] }) {
  const look = lookOf(writeQuestion(question));
  const rows = currentRows(state);
  const extent = wholeExtent(answer.records, state.version)!;
  const single = question.view === "history" && isOneName(question);
  const side = single || (question.view === "pivot" && isAddress(question.subject));
  return (
    <div class={side ? "cols" : "cols one"}>
      <div>
        <Chips state={state} question={question} />
        {answer.records.length > 1 && state.shown === "timeline" && <SizedBrush state={state} answer={answer} />}
        <Filters state={state} question={question} />
        {state.shown === "lines" ? <LineView records={records} printing={state.printing} /> : rows.length > 0 && <RecordTable state={state} rows={rows} total={records.length} question={question} look={look} />}
        {state.shown === "timeline" && <Legend zoomed={state.span !== null} />}
        <End state={state} answer={answer} records={records} question={question} />
        <CutBox answer={answer} />
        {single && <Events state={state} question={question} />}
      </div>
      {side && (
        <aside class="side" aria-label={single ? "The name on a day" : "Around it"}>
          {single ? <DayPanel state={state} extent={extent} /> : <AroundAddress state={state} />}
        </aside>
      )}
    </div>
  );
}

function SizedBrush({ state, answer }: { state: State; answer: Answer }) {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  useEffect(() => {
    const observer = new ResizeObserver(() => box.current && setWidth(Math.max(60, box.current.clientWidth)));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  return <div ref={box}><Brush records={answer.records} version={state.version} whole={wholeSpan()} span={state.span} width={width} /></div>;
}

const MOST_LINES = 2000;

function LineView({ records, printing }: { records: Rec[]; printing: boolean }) {
  const shown = records.slice(0, printing ? MOST_PRINTED : MOST_LINES);
  return <>
    <PlainLines lines={shown.map(lineOf)} />
    {records.length > shown.length && <p class="end-of">The first {plural(shown.length, "line")}; {"\u201cCopy lines\u201d"} has all of them.</p>}
  </>;
}

function End({ state, answer, records, question }: { state: State; answer: Answer; records: Rec[]; question: Question }) {
  const whole = `${state.route.tab === "dns" ? state.route.question : answer.text}.${state.settings.zone}`;
  return (
    <p class="end-of">
      <span>{isComplete(answer) ? `All ${countedRecords(records, question)}.` : `${countedRecords(records, question)}${answer.asking ? " so far" : ", not all"}.`}{answer.how === "stream" ? " Read as a stream." : ""}</span>
      <Button onClick={() => void copy(asTable(records), "the table")}>Copy as a table</Button>
      <Button onClick={() => void copy(records.map(lineOf).join("\n") + "\n", "the lines")}>Copy lines</Button>
      <Button onClick={() => void copy(digCommand(whole, state.settings.server), "the dig command")}>Copy as dig</Button>
      <Button onClick={() => void copy(asCof(records), "the records as COF")}>Copy as COF</Button>
      <Button onClick={() => void addAll(question.view === "pivot" ? [...new Set(records.slice(0, 500).map((each) => each.owner))] : [question.subject])}>Add {question.view === "pivot" ? "all" : "it"} to project</Button>
      <Button onClick={() => print()}>Print</Button>
    </p>
  );
}

const Legend = ({ zoomed }: { zoomed: boolean }) => (
  <p class="legend">
    <span><svg width="18" height="14" aria-hidden="true"><rect class="run" y="3" width="18" height="8" /></svg>visible</span>
    <span><svg width="18" height="14" aria-hidden="true"><line class="gp" x2="18" y1="7" y2="7" /></svg>not seen</span>
    <span><svg width="18" height="14" aria-hidden="true"><line class="pn" x1="9" x2="9" y2="14" /></svg>shorter than can be drawn</span>
    <span><svg width="18" height="14" aria-hidden="true"><rect class="zr" x="1" y="4" width="16" height="6" /></svg>from copies of the zone alone</span>
    {zoomed && <span><svg width="18" height="14" aria-hidden="true"><path class="run" d="M6 2L1 7L6 12ZM12 2L17 7L12 12Z" /></svg>before or after this window</span>}
  </p>
);

function Foot({ state }: { state: State }) {
  return (
    <footer class="foot">
      <div class="wrap">
        <p class="said" role="status">{visible(state.said)}</p>
        <span>Answered by this server alone; nothing on this page asks anybody else.</span>
        {(state.keys ? KEYS : KEYS.slice(0, 4)).map(([keys, what]) => <span key={keys}>{keys.split(" ").map((key) => <kbd key={key}>{key}</kbd>)} {what}</span>)}
        <Button onClick={() => update({ keys: !state.keys })}>{state.keys ? "Fewer keys" : "All keys"}</Button>
      </div>
    </footer>
  );
}
