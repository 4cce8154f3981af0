// A field that shows a value of the state, and never writes over what is being typed in it: the page is drawn
// anew whenever a part of an answer comes.

import { createElement, type ComponentChildren, type InputHTMLAttributes, type RefObject, type TargetedEvent } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

type Element = HTMLInputElement & HTMLTextAreaElement & HTMLSelectElement;
type Props = Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "ref" | "onInput" | "onChange"> & {
  as?: "input" | "textarea" | "select";
  value: string;
  field?: RefObject<HTMLInputElement | null> | RefObject<HTMLSelectElement | null>;
  rows?: number;
  onCommit?: (text: string) => void; // the text is whole; afterwards the field shows the value again
  children?: ComponentChildren;
};

export function Field({ as = "input", value, field, onCommit, ...rest }: Props) {
  const own = useRef<Element>(null);
  const element = (field ?? own) as RefObject<Element>;
  const typing = useRef(false);
  const [commits, setCommits] = useState(0);
  const taken = useRef(false);
  useLayoutEffect(() => {
    // Text that was typed before the script came stays, too.
    if (!taken.current) typing.current = element.current!.value !== "";
    taken.current = true;
    if (!typing.current) element.current!.value = value;
  }, [value, commits]);
  return createElement(as as "input", {
    ...rest,
    ref: element,
    onInput: () => {
      typing.current = true;
    },
    onChange: (event: TargetedEvent<HTMLInputElement>) => {
      typing.current = false;
      if (!onCommit) return;
      onCommit(event.currentTarget.value);
      setCommits(commits + 1);
    },
  });
}
