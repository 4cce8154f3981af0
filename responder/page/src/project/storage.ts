// Projects in the browser's IndexedDB, which all tabs of this page share.

import { createStore, del, entries, update } from "idb-keyval";
import type { Project } from "./project";

const store = () => createStore("dnshist", "projects");

// A change of a project, made from what is stored, so that tabs do not take each other's changes away.
export type Mend = (project: Project) => Project;

// Throws where the browser keeps nothing (a private window may not).
export async function readProjects(): Promise<Project[]> {
  const all = await entries<string, Project>(store());
  return all.map(([, project]) => project);
}

// `here` is the project as this tab has it, for where it is not stored yet.
export async function changeStored(here: Project, mend: Mend): Promise<void> {
  await update<Project>(here.id, (stored) => mend(stored ?? here), store());
  tell();
}

export async function deleteProject(id: string): Promise<void> {
  await del(id, store());
  tell();
}

// Opened when it is needed: the page is also drawn where there is no browser (shell.tsx).
let opened: BroadcastChannel | null = null;
const channel = (): BroadcastChannel | null => (typeof BroadcastChannel === "undefined" ? null : (opened ??= new BroadcastChannel("dnshist-projects")));
const tell = (): void => channel()?.postMessage("changed");

// Calls back when another tab has changed a project.
export function onOtherTab(callback: () => void): void {
  channel()?.addEventListener("message", callback);
}
