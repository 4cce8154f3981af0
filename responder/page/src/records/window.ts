// Which rows of a long table are in sight. Heights are known before a row is drawn: a value is set in a
// fixed-width face and breaks anywhere, so its lines can be counted.

export interface Heights {
  top: Float64Array; // of each row, and of the end
}

export const LINE = 20;
export const ROW = 24;
export const MOST_LINES = 4;

export function linesOf(length: number, columns: number): number {
  return Math.max(1, Math.min(MOST_LINES, Math.ceil(length / Math.max(columns, 8))));
}

// The lines of a text that breaks between words, and within a word only where it is longer than a line.
export function wrappedLines(text: string, columns: number): number {
  const most = Math.max(columns, 8);
  let [lines, used] = [1, 0];
  for (const word of text.match(/[^\s-]*[\s-]+|[^\s-]+/g) ?? []) {
    const length = word.trimEnd().length;
    if (used > 0 && used + length > most) [lines, used] = [lines + 1, 0];
    lines += Math.max(0, Math.ceil(length / most) - 1);
    used = length > most ? length % most : used + word.length;
  }
  return Math.min(MOST_LINES, lines);
}

export function heightsOf(count: number, heightOf: (row: number) => number): Heights {
  const top = new Float64Array(count + 1);
  for (let row = 0; row < count; ++row) top[row + 1] = top[row]! + heightOf(row);
  return { top };
}

// The first row that ends below y, by halving.
export function rowAt(heights: Heights, y: number): number {
  let low = 0;
  let high = heights.top.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (heights.top[middle + 1]! <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Rows from and to (exclusive) for what is visible, and some more on both sides.
export function inSight(heights: Heights, y: number, height: number, more = 10): { from: number; to: number } {
  const count = heights.top.length - 1;
  return { from: Math.max(0, rowAt(heights, y) - more), to: Math.min(count, rowAt(heights, y + height) + 1 + more) };
}
