// Cells of a table that a spreadsheet will read. What was seen in DNS must never run there as a formula.

// A formula begins so, behind spaces and quotes as well, which a spreadsheet takes off.
const FORMULA = /^[\s"']*[=+\-@|%\t\r\n]/;

// An apostrophe in front makes it text.
const guarded = (cell: string): string => (FORMULA.test(cell) ? `'${cell}` : cell);
export const unguarded = (cell: string): string => (cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell);

// Always in quotes (RFC 4180), so that the cell ends where it should.
export const cellText = (cell: string): string => `"${guarded(cell).replace(/"/g, '""')}"`;
