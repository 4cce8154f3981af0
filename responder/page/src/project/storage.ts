// Projects in the browser's IndexedDB.

import { createStore, del, entries, set } from "idb-keyval";
import type { Project } from "./project";

const store = () => createStore("dnshist", "projects");

// Empty where the browser keeps nothing (a private window may not).
export async function readProjects(): Promise<Project[]> {
  try {
    const all = await entries<string, Project>(store());
    return all.map(([, project]) => project).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

export const writeProject = (project: Project): Promise<void> => set(project.id, project, store());
export const deleteProject = (id: string): Promise<void> => del(id, store());
