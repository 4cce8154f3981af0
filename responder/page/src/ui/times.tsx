// Times as the page writes them: the day, with the second on hover and on paper.

import { clockText, dateText, timeText } from "../time/instant";

export function Time({ of }: { of: number }) {
  return (
    <time dateTime={timeText(of)} title={`${dateText(of)} ${clockText(of)}`}>
      {dateText(of)}
      <span class="clock"> {clockText(of)}</span>
    </time>
  );
}
