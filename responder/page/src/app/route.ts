// The page's address: what stands behind `#` is the question, or a project.

export type Route = { tab: "dns"; question: string } | { tab: "pivots" } | { tab: "projects"; id: string };

export function readRoute(hash: string): Route {
  let text = hash.replace(/^#\/?/, "");
  try {
    text = decodeURIComponent(text);
  } catch {
    // a stray percent sign is part of the question
  }
  if (text === "pivots:") return { tab: "pivots" };
  if (text.startsWith("projects:")) return { tab: "projects", id: text.slice(9) };
  return { tab: "dns", question: text };
}

export const questionHref = (question: string): string =>
  "#/" + encodeURIComponent(question).replace(/%(?:2F|3A|40|3D|2C|24)/g, (code) => decodeURIComponent(code));
export const projectHref = (id: string): string => `#/projects:${encodeURIComponent(id)}`;
export const PIVOTS_HREF = "#/pivots:";
