// Text of the store: its direction isolated, controls and invisible characters as \ddd, never markup.

import type { ComponentChildren } from "preact";

// Controls, and those that turn or hide text, as the octets that they are.
const HIDDEN = /[\u0000-\u001f\u007f-\u00a0\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

export function visible(text: string): string {
  return text.replace(HIDDEN, (character) =>
    [...new TextEncoder().encode(character)].map((octet) => "\\" + String(octet).padStart(3, "0")).join(""));
}

export const Stored = ({ children }: { children: string }) => <bdi class="n">{visible(children)}</bdi>;

export const grouped = (number: number): string => String(Math.round(number)).replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009");

// Counts are grouped by a thin space, which is not copied.
export function Count({ of }: { of: number | null }) {
  if (of === null) return <span class="num">-</span>;
  const groups = grouped(of).split("\u2009");
  return <span class="num">{groups.map((group, at) => (at === 0 ? group : <span class="thin" key={at}>{group}</span>))}</span>;
}

// On narrow screens, where no head of a column says it.
export const Unit = ({ of }: { of: number }) => <span class="unit">{of === 1 ? " record" : " records"}</span>;

export const plural = (count: number, one: string, many = one + "s"): string => `${grouped(count)} ${count === 1 ? one : many}`;

export const Button = (props: { onClick: () => void; main?: boolean; disabled?: boolean; label?: string; title?: string; children: ComponentChildren }) => (
  <button type="button" class={props.main ? "btn main" : "btn"} disabled={props.disabled ?? false} aria-label={props.label} title={props.title} onClick={props.onClick}>
    {props.children}
  </button>
);
