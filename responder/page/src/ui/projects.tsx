// Projects: the list, and one of them with its indicators and what changed.

import { useEffect, useRef, useState } from "preact/hooks";
import { projectHref } from "../app/route";
import { goHref } from "../app/actions";
import { addAll, change, createProject, exportCsv, exportJson, exportMisp, importFile, lookAt, markLooked, removeProject, stopLooking, useProject } from "../app/projects";
import type { State } from "../app/state";
import { changeIndicator, MARKS, removeIndicator, type Indicator, type Mark, type Project } from "../project/project";
import type { Change } from "../project/changes";
import { dateText, longDate } from "../time/instant";
import { once } from "../app/once";
import { extentOf } from "../records/order";
import { fit } from "../time/scale";
import { ticksOf } from "../time/ticks";
import { axisOf, AxisPicture } from "./table";
import { Field } from "./field";
import { Lane, type Axis } from "./lane";
import { Ask, To } from "./link";
import { Button, Count, plural, Stored, Unit, visible } from "./text";
import { Time } from "./times";
import { Value } from "./value";

export function Projects({ state, id }: { state: State; id: string }) {
  const project = state.projects.find((each) => each.id === id);
  return project ? <OneProject state={state} project={project} key={project.id} /> : <ProjectList state={state} />;
}

function ProjectList({ state }: { state: State }) {
  const name = useRef<HTMLInputElement>(null);
  return (
    <>
      <div class="head">
        <h1 class="words">Projects</h1>
        <p class="read">Indicators with a mark and a note, and what changed in them since you last looked. They are kept in this browser alone; export one to keep it elsewhere.</p>
      </div>
      {state.projects.length > 0 && (
        <table class="plain">
          <thead><tr><th scope="col">Project</th><th scope="col" class="num">Indicators</th><th scope="col">Last looked at</th></tr></thead>
          <tbody>
            {state.projects.map((project) => (
              <tr key={project.id}><th scope="row"><To href={projectHref(project.id)}>{visible(project.name)}</To></th><td class="num">{project.indicators.length}</td><td>{project.looked ? dateText(project.looked.at) : "not yet"}</td></tr>
            ))}
          </tbody>
        </table>
      )}
      <form
        class="tools-in new-project"
        onSubmit={(event) => {
          event.preventDefault();
          goHref(projectHref(createProject(name.current!.value.trim()).id));
        }}
      >
        <label for="new-project">A new project</label><input id="new-project" ref={name} type="text" autocomplete="off" />
        <button class="btn main" type="submit">Begin it</button>
        <ImportButton project={null} />
      </form>
    </>
  );
}

function ImportButton({ project }: { project: Project | null }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input} type="file" class="sr" tabIndex={-1} aria-label="A file of indicators" accept=".json,.csv,.txt,application/json,text/csv"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) void importFile(file, project);
          event.currentTarget.value = "";
        }}
      />
      <Button onClick={() => input.current?.click()}>Import JSON, CSV or MISP</Button>
    </>
  );
}

function OneProject({ state, project }: { state: State; project: Project }) {
  const [mark, setMark] = useState<Mark | "all">("all");
  const [changedOnly, setChangedOnly] = useState(false);
  const added = useRef<HTMLTextAreaElement>(null);
  useProject(project.id);
  useEffect(() => (void lookAt(project), stopLooking), [project.id, project.indicators.length, state.facts]);
  const rename = (name: string) => change(project, (each) => ({ ...each, name: name || each.name }));
  const note = (notes: string) => change(project, (each) => ({ ...each, notes }));
  const changeOf = (each: Indicator): Change | undefined => state.changes.get(`${project.id} ${each.value}`);
  const changed = (each: Indicator) => (changeOf(each)?.appeared.length ?? 0) + (changeOf(each)?.gone.length ?? 0) > 0;
  const shown = project.indicators.filter((each) => (mark === "all" || each.mark === mark) && (!changedOnly || changed(each)));
  const count = project.indicators.filter(changed).length;
  const failed = project.indicators.filter((each) => changeOf(each)?.failure).length;
  const since = project.looked ? `Last looked at on ${longDate(project.looked.at)}, when the store went to ${longDate(project.looked.store)}; ${count === 0 ? (failed > 0 ? "of what could be asked nothing has" : "nothing has") : count === 1 ? "one indicator has" : `${count} indicators have`} changed since.` : project.indicators.length === 0 ? "Nothing is in it yet. Add indicators here, or with the key a where you find them." : "Mark it as looked at, and the next time what changed is shown.";
  return (
    <>
      <div class="head">
        <h1 class="words"><label class="sr" for="project-name">The project's name</label><Field id="project-name" class="title" value={project.name} onCommit={(text) => rename(text.trim())} /><small>project, {plural(project.indicators.length, "indicator")}</small></h1>
        <p class="read">{since}{failed > 0 ? ` ${plural(failed, "indicator")} could not be asked.` : ""}</p>
      </div>
      <div class="cols">
        <div>
          {project.notes && <p class="printed notes">{project.notes.split("\n").map(visible).join("\n")}</p>}
          {project.looked && count > 0 && <Since project={project} changeOf={changeOf} />}
          <div class="tools-in">
            <label class="fld">Mark <select value={mark} onChange={(event) => setMark(event.currentTarget.value as Mark | "all")}><option>all</option>{MARKS.map((each) => <option key={each}>{each}</option>)}</select></label>
            <label><input type="checkbox" checked={changedOnly} onChange={(event) => setChangedOnly(event.currentTarget.checked)} /> only what changed</label>
            <span class="end"><Button main disabled={failed > 0 && failed === project.indicators.length} onClick={() => markLooked(project)}>Mark as looked at</Button></span>
          </div>
          <Indicators state={state} project={project} shown={shown} changeOf={changeOf} />
          <p class="end-of"><span>Kept in this browser alone. Export it to keep it elsewhere.</span></p>
        </div>
        <aside class="side" aria-label="Notes and files">
          <section class="panel">
            <h2><label for="notes">Notes</label></h2>
            <Field as="textarea" class="note" id="notes" rows={8} value={project.notes} onCommit={note} />
          </section>
          <section class="panel">
            <h2><label for="add">Add indicators</label></h2>
            <textarea class="note" id="add" ref={added} rows={3} placeholder="one a line, as you found them" spellcheck={false} />
            <div class="stack"><Button onClick={() => { void addAll(added.current!.value.split(/\n+/).map((each) => each.trim()).filter(Boolean)); added.current!.value = ""; }}>Add</Button></div>
          </section>
          <section class="panel">
            <h2>Take it along</h2>
            <div class="stack"><Button onClick={() => exportJson(project)}>JSON</Button><Button onClick={() => exportCsv(project)}>CSV</Button><Button onClick={() => exportMisp(project)}>MISP event</Button><Button onClick={() => print()}>Print a report</Button></div>
          </section>
          <section class="panel">
            <h2>Bring one in</h2>
            <div class="stack"><ImportButton project={project} /></div>
          </section>
          <section class="panel"><Delete project={project} /></section>
        </aside>
      </div>
    </>
  );
}

function Delete({ project }: { project: Project }) {
  const [sure, setSure] = useState(false);
  if (!sure) return <Button onClick={() => setSure(true)}>Delete this project</Button>;
  return <div class="stack"><span>It cannot be brought back.</span><Button main onClick={() => void removeProject(project)}>Delete it</Button><Button onClick={() => setSure(false)}>Keep it</Button></div>;
}

const MOST_TOLD = 8;

function Since({ project, changeOf }: { project: Project; changeOf: (each: Indicator) => Change | undefined }) {
  const rows = project.indicators.flatMap((each) => {
    const change = changeOf(each);
    const list = change ? [...change.appeared.map((line) => ({ line, came: true })), ...change.gone.map((line) => ({ line, came: false }))] : [];
    return list.length > 0 ? [{ each, list }] : [];
  });
  return (
    <section aria-labelledby="h-since">
      <h2 id="h-since">Since the last look <span class="quiet">after {dateText(project.looked!.store)}</span></h2>
      <ul class="since">
        {rows.map(({ each, list }) => (
          <li key={each.value}>
            <b><Stored>{each.value}</Stored></b>
            <ul>{list.slice(0, MOST_TOLD).map(({ line, came }) => <li key={`${line.owner}${line.type}${line.rdata}${came}`}>{came ? "+" : "\u2212"} <span class="n"><bdi>{visible(line.owner)}</bdi> {line.type} <Value type={line.type} rdata={line.rdata} most={120} /></span> <span class="quiet"><Time of={line.run.first} /> {"\u2013"} <Time of={line.run.last} /></span></li>)}</ul>
            {list.length > MOST_TOLD && <span class="quiet">and {list.length - MOST_TOLD} more</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

const spanOf = once((first: number, last: number) => fit(first, last));

function Indicators({ state, project, shown, changeOf }: { state: State; project: Project; shown: Indicator[]; changeOf: (each: Indicator) => Change | undefined }) {
  const known = shown.map(changeOf).filter((change): change is Change => change !== undefined && change.records > 0);
  const extent = extentOf(known);
  const span = spanOf(Math.min(extent?.first ?? Infinity, state.facts?.latest ?? 0), Math.max(extent?.last ?? 0, 1));
  const scale = { ...span, width: 220 };
  const axis: Axis = { ...axisOf(state, 220), scale, ticks: ticksOf(scale), day: project.looked?.store ?? null };
  return (
    <table class="rec proj" role="table">
      <caption class="sr">Indicators</caption>
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">Indicator</th><th scope="col" role="columnheader">Mark</th><th scope="col" role="columnheader">Note</th>
          <th scope="col" role="columnheader" class="c-lane"><AxisPicture state={{ ...state, day: project.looked?.store ?? null }} axis={axis} /></th>
          <th scope="col" role="columnheader" class="c-time">Last</th><th scope="col" role="columnheader" class="c-num">Records</th><th scope="col" role="columnheader" class="c-num">New, gone</th><th scope="col" role="columnheader"><span class="sr">Remove</span></th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {shown.map((each) => <IndicatorRow key={each.value} each={each} project={project} axis={axis} seen={changeOf(each)} />)}
      </tbody>
    </table>
  );
}

// A note may be long and wraps; Enter ends it, as in a field of one line.
function onEnterDone(event: KeyboardEvent): void {
  if (event.key !== "Enter" || event.shiftKey) return;
  event.preventDefault();
  (event.target as HTMLElement).blur();
}

const FAMILY_OF_MARK: Record<Mark, string> = { ours: "A", actor: "MX", shared: "NS", "to check": "TXT" };

function IndicatorRow({ each, project, axis, seen }: { each: Indicator; project: Project; axis: Axis; seen: Change | undefined }) {
  const edit = (part: Partial<Indicator>) => change(project, (kept) => changeIndicator(kept, each.value, part));
  const [plus, minus] = [seen?.appeared.length ?? 0, seen?.gone.length ?? 0];
  return (
    <tr class="r" role="row">
      <td role="cell" class="c-ind"><Ask to={{ filters: [], view: each.view, subject: each.value }} by={null}><Stored>{each.value}</Stored></Ask></td>
      <td role="cell" class={`c-mark m-${each.mark.replace(" ", "-")}`}><select aria-label={`Mark of ${each.value}`} value={each.mark} onChange={(event) => edit({ mark: event.currentTarget.value as Mark })}>{MARKS.map((mark) => <option key={mark}>{mark}</option>)}</select></td>
      <td role="cell" class="c-note"><Field as="textarea" rows={1} placeholder="note" aria-label={`Note on ${each.value}`} value={each.note} onKeyDown={onEnterDone} onCommit={(note) => edit({ note: note.trim() })} /><span class="printed">{visible(each.note)}</span></td>
      <td role="cell" class="c-lane">{seen && seen.records > 0 && <Lane axis={axis} runs={[{ first: seen.first, last: seen.last, zone: false }]} type={FAMILY_OF_MARK[each.mark]} />}</td>
      <td role="cell" class="c-time">{seen && seen.records > 0 ? <Time of={seen.last} /> : <span class="quiet">{seen?.failure ? <span title={visible(seen.failure)}>could not be asked</span> : seen ? "never" : ""}</span>}</td>
      <td role="cell" class="c-num c-records">{seen && (seen.records > 0 || !seen.failure) ? <><Count of={seen.records} />{seen.more ? "+" : ""}<Unit of={seen.records} /></> : ""}</td>
      <td role="cell" class="c-num c-news">{plus + minus > 0 ? <span class="news">+{plus} {"\u2212"}{minus}</span> : <span class="quiet">{!project.looked || !seen ? "" : seen.failure ? "could not be asked" : "none"}</span>}</td>
      <td role="cell" class="c-end"><Button label={`Remove ${each.value}`} onClick={() => change(project, (kept) => removeIndicator(kept, each.value))}>{"\u00d7"}</Button></td>
    </tr>
  );
}
