// A link that is a question. Clicked, it keeps the way that one came.

import type { ComponentChildren } from "preact";
import { go, goHref } from "../app/actions";
import { questionHref } from "../app/route";
import { writeQuestion, type Question } from "../language/question";

const plain = (event: MouseEvent): boolean => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

export function Ask(props: { to: Question; by?: string | null; class?: string; label?: string; children: ComponentChildren }) {
  const name = writeQuestion(props.to);
  return (
    <a
      href={questionHref(name)}
      class={props.class}
      aria-label={props.label}
      onClick={(event) => {
        if (!plain(event)) return;
        event.preventDefault();
        go(name, props.by);
      }}
    >
      {props.children}
    </a>
  );
}

export function To(props: { href: string; current?: boolean; class?: string; children: ComponentChildren }) {
  return (
    <a
      href={props.href}
      class={props.class}
      aria-current={props.current ? "page" : undefined}
      onClick={(event) => {
        if (!plain(event)) return;
        event.preventDefault();
        goHref(props.href);
      }}
    >
      {props.children}
    </a>
  );
}
