// Actions on projects: they are written to the browser as they change.

import { addIndicators, mergeProjects, newProject, type Project } from "../project/project";
import { readChange } from "../project/changes";
import { indicatorOf, readTransfer, toCsv, toJson, toMisp, TransferError } from "../project/transfer";
import { changeStored, deleteProject, onOtherTab, readProjects, type Mend } from "../project/storage";
import { download, goHref } from "./actions";
import { projectHref } from "./route";
import { state, update } from "./state";

const now = () => Math.floor(Date.now() / 1000);

// Those of this tab whose changes are not stored, because storing failed.
const unstored = new Set<string>();
let pending = 0;

// Reads all projects; while a change of this tab is on its way, what is here is newer.
async function refresh(): Promise<void> {
  try {
    const stored = await readProjects();
    if (pending === 0) update({ projects: mergeProjects(stored, state.projects, unstored) });
  } catch (error) {
    update({ said: `The projects of this browser cannot be read: ${wordsOf(error)}` });
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

let loading: Promise<void> = Promise.resolve();

export function loadProjects(): Promise<void> {
  onOtherTab(() => void refresh());
  return (loading = refresh());
}

// Changes a project here at once, and where it is stored.
export function change(project: Project, mend: Mend): Project {
  const before = state.projects.find((each) => each.id === project.id) ?? project;
  const after = mend(before);
  update({ projects: [...state.projects.filter((each) => each.id !== after.id), after].sort((a, b) => (a.name < b.name ? -1 : 1)) });
  pending += 1;
  // What could not be stored before is stored with this.
  changeStored(before, unstored.has(after.id) ? () => after : mend)
    .then(() => unstored.delete(after.id))
    .catch(() => {
      unstored.add(after.id);
      update({ said: "This browser keeps nothing here: export the project before you leave" });
    })
    .finally(() => {
      pending -= 1;
      if (pending === 0 && unstored.size === 0) void refresh();
    });
  return after;
}

const freshId = (): string => Array.from(crypto.getRandomValues(new Uint8Array(8)), (octet) => octet.toString(16).padStart(2, "0")).join("");

export const createProject = (name: string): Project => change(newProject(name || "Unnamed", freshId()), (project) => project);

export async function removeProject(project: Project): Promise<void> {
  try {
    await deleteProject(project.id);
  } catch (error) {
    update({ said: `${project.name} could not be deleted: ${wordsOf(error)}` });
    return;
  }
  unstored.delete(project.id);
  update({ projects: state.projects.filter((each) => each.id !== project.id), said: `${project.name} is deleted` });
  goHref(projectHref(""));
}

// To the project that was changed last here, or a new one.
let current = "";
export const useProject = (id: string): void => void (current = id);

export const addToProject = (value: string): Promise<void> => addAll([value]);

export async function addAll(values: string[]): Promise<void> {
  await loading;
  const added = values.flatMap((value) => indicatorOf(value, "to check", "", now()) ?? []);
  if (added.length === 0) return update({ said: "There is no indicator in this" });
  const project = state.projects.find((each) => each.id === current) ?? state.projects[0] ?? createProject("My project");
  const next = change(project, (each) => addIndicators(each, added));
  const count = next.indicators.length - project.indicators.length;
  const none = values.length - added.length;
  const said = count === 0 ? `Already in ${project.name}` : `Added ${count === 1 ? next.indicators.at(-1)!.value : `${count} indicators`} to ${project.name}`;
  update({ said: said + (none > 0 ? `; ${none} were no indicators` : "") });
}

let looking = new AbortController();
export const stopLooking = (): void => looking.abort();

// What changed: asked for each indicator, four at a time. A new look ends the one before.
export async function lookAt(project: Project): Promise<void> {
  looking.abort();
  looking = new AbortController();
  const { signal } = looking;
  const { zone } = state.settings;
  const end = state.facts?.latest ?? now();
  const found = new Map(state.changes);
  let [next, done, told] = [0, 0, 0];
  const tell = () => {
    // Each telling draws the project anew, so it is told when there is half as much again.
    if (signal.aborted || (done < told * 1.5 && done < project.indicators.length)) return;
    told = done;
    update({ changes: new Map(found) });
  };
  const worker = async () => {
    while (next < project.indicators.length && !signal.aborted) {
      const indicator = project.indicators[next++]!;
      const seen = await readChange(indicator, project.looked, end, zone, signal);
      if (signal.aborted) return;
      found.set(`${project.id} ${indicator.value}`, seen);
      done += 1;
      tell();
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

export function markLooked(project: Project): void {
  const looked = { store: state.facts?.latest ?? now(), at: now() };
  void lookAt(change(project, (each) => ({ ...each, looked })));
}

export async function importFile(file: File, into: Project | null): Promise<void> {
  try {
    const read = readTransfer(await file.text(), now());
    if (read.indicators.length === 0) throw new TransferError("There is no indicator in this file.");
    const base = into ?? createProject(read.name || file.name.replace(/\.[^.]*$/, ""));
    const project = change(base, (each) => addIndicators({ ...each, notes: each.notes || read.notes }, read.indicators));
    update({ said: `Imported ${read.indicators.length} indicators${read.skipped > 0 ? `; ${read.skipped} lines were none` : ""}` });
    if (!into) goHref(projectHref(project.id));
    void lookAt(project);
  } catch (error) {
    update({ said: error instanceof TransferError ? error.message : "The file could not be read." });
  }
}

const fileName = (project: Project, end: string): string => `${project.name.replace(/[^\w-]+/g, "-").toLowerCase() || "project"}.${end}`;

export const exportJson = (project: Project): void => download(fileName(project, "json"), "application/json", toJson(project));
export const exportCsv = (project: Project): void => download(fileName(project, "csv"), "text/csv", toCsv(project));
export const exportMisp = (project: Project): void => download(fileName(project, "misp.json"), "application/json", toMisp(project, now()));
