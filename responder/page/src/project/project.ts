// A project: indicators with a mark and a note, kept in the browser.

export const MARKS = ["ours", "actor", "shared", "to check"] as const;
export type Mark = (typeof MARKS)[number];

export interface Indicator {
  value: string; // the subject of a question: a name, address, prefix, mailbox or token
  view: "history" | "pivot";
  mark: Mark;
  note: string;
  added: number; // seconds since 1970
}

export interface Project {
  id: string;
  name: string;
  notes: string;
  indicators: Indicator[];
  // Up to which time of the store one has looked, and when that was; null before the first look.
  looked: { store: number; at: number } | null;
}

export const isMark = (text: string): text is Mark => (MARKS as readonly string[]).includes(text);

export function newProject(name: string, id: string): Project {
  return { id, name, notes: "", indicators: [], looked: null };
}

// An indicator is in a project once; adding it again keeps its mark and note, unless they are empty.
export function addIndicators(project: Project, added: readonly Indicator[]): Project {
  const byValue = new Map(project.indicators.map((each) => [each.value.toLowerCase(), each]));
  for (const one of added) {
    const key = one.value.toLowerCase();
    const known = byValue.get(key);
    if (!known) byValue.set(key, one);
    else if (known.note === "" && one.note !== "") byValue.set(key, { ...known, note: one.note });
  }
  return { ...project, indicators: [...byValue.values()] };
}

// The projects that are stored, and those of this tab that could not be; by name.
export function mergeProjects(stored: readonly Project[], here: readonly Project[], unstored: ReadonlySet<string>): Project[] {
  const kept = here.filter((each) => unstored.has(each.id));
  return [...stored.filter((each) => !unstored.has(each.id)), ...kept].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function changeIndicator(project: Project, value: string, change: Partial<Indicator>): Project {
  return { ...project, indicators: project.indicators.map((each) => (each.value === value ? { ...each, ...change } : each)) };
}

export function removeIndicator(project: Project, value: string): Project {
  return { ...project, indicators: project.indicators.filter((each) => each.value !== value) };
}
