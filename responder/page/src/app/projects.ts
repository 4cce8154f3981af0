// Actions on projects: they are written to the browser as they change.

import { addIndicators, newProject, type Project } from "../project/project";
import { readChange } from "../project/changes";
import { indicatorOf, readTransfer, toCsv, toJson, toMisp, TransferError } from "../project/transfer";
import { deleteProject, readProjects, writeProject } from "../project/storage";
import { download, goHref } from "./actions";
import { projectHref } from "./route";
import { state, update, type State } from "./state";

const now = () => Math.floor(Date.now() / 1000);

export async function loadProjects(): Promise<void> {
  update({ projects: await readProjects() });
}

export function save(project: Project): void {
  const others = state.projects.filter((each) => each.id !== project.id);
  update({ projects: [...others, project].sort((a, b) => (a.name < b.name ? -1 : 1)) });
  writeProject(project).catch(() => update({ said: "This browser keeps nothing here: export the project before you leave" }));
}

const freshId = (): string => Array.from(crypto.getRandomValues(new Uint8Array(8)), (octet) => octet.toString(16).padStart(2, "0")).join("");

export function createProject(name: string): Project {
  const project = newProject(name || "Unnamed", freshId());
  save(project);
  return project;
}

export function removeProject(project: Project): void {
  update({ projects: state.projects.filter((each) => each.id !== project.id), said: `${project.name} is deleted` });
  void deleteProject(project.id);
  goHref(projectHref(""));
}

// To the project that was changed last here, or a new one.
let current = "";
export const useProject = (id: string): void => void (current = id);

export function addToProject(value: string, from: State): void {
  addAll([value], from);
}

export function addAll(values: string[], from: State): void {
  const project = from.projects.find((each) => each.id === current) ?? from.projects[0] ?? createProject("My project");
  const added = values.flatMap((value) => indicatorOf(value, "to check", "", now()) ?? []);
  const next = addIndicators(project, added);
  const count = next.indicators.length - project.indicators.length;
  save(next);
  update({ said: count === 0 ? `Already in ${project.name}` : `Added ${count === 1 ? added[0]!.value : `${count} indicators`} to ${project.name}` });
}

// What changed: asked for each indicator, four at a time.
export async function lookAt(project: Project): Promise<void> {
  const { zone } = state.settings;
  const end = state.facts?.latest ?? now();
  const queue = [...project.indicators];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const change = await readChange(next, project.looked, end, zone);
      update({ changes: new Map(state.changes).set(`${project.id} ${next.value}`, change) });
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

export function markLooked(project: Project): void {
  save({ ...project, looked: { store: state.facts?.latest ?? now(), at: now() } });
  void lookAt(state.projects.find((each) => each.id === project.id)!);
}

export async function importFile(file: File, into: Project | null): Promise<void> {
  try {
    const read = readTransfer(await file.text(), now());
    if (read.indicators.length === 0) throw new TransferError("There is no indicator in this file.");
    const base = into ?? createProject(read.name || file.name.replace(/\.[^.]*$/, ""));
    const project = addIndicators({ ...base, notes: base.notes || read.notes }, read.indicators);
    save(project);
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
