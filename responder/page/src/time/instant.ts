// Times in words. All are seconds since 1970 in UTC.

export const DAY = 86400;

export const dateText = (time: number): string => timeText(time).slice(0, 10);
export const clockText = (time: number): string => timeText(time).slice(11, 19) + "Z";
export const dateAndClock = (time: number): string => `${dateText(time)} ${clockText(time)}`;

// RFC 3339; years beyond four digits are cut to the last second that has four.
export function timeText(time: number): string {
  const most = 253402300799;
  return new Date(Math.min(Math.max(time, -62167219200), most) * 1000).toISOString().slice(0, 19) + "Z";
}

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

// 5 March 2012, for sentences.
export function longDate(time: number): string {
  const date = new Date(time * 1000);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

// A day as it is typed: 2019-06-01, 2019-06, 2019; null for anything else.
export function readDay(text: string): number | null {
  const match = /^\s*(\d{4})(?:-?(\d{2}))?(?:-?(\d{2}))?\s*$/.exec(text);
  if (!match) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2] ?? 1), Number(match[3] ?? 1)];
  const time = Date.UTC(year, month - 1, day) / 1000;
  const date = new Date(time * 1000);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? time : null;
}

// The start of a time of the language, or null; ages are counted from `now`.
export function readTime(text: string, now: number): number | null {
  const age = /^(\d+)(h|d|w|mo|y)$/i.exec(text);
  if (age) return now - Number(age[1]) * { h: 3600, d: DAY, w: 7 * DAY, mo: 30 * DAY, y: 365 * DAY }[age[2]!.toLowerCase()]!;
  if (/^(?:now|latest)$/i.test(text)) return now;
  const counted = /^(?:@|unix-)(\d+)$/i.exec(text);
  if (counted) return Number(counted[1]);
  const whole = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/i, "$1-$2-$3T$4:$5:$6Z");
  if (/^\d{4}-\d\d-\d\dT/i.test(whole)) {
    const time = Date.parse(whole);
    return Number.isNaN(time) ? null : time / 1000;
  }
  return readDay(text);
}

export const startOfDay = (time: number): number => Math.floor(time / DAY) * DAY;

export function addMonths(time: number, months: number): number {
  const date = new Date(time * 1000);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime() / 1000;
}

// 8 h 54 min, 48 days, 3.4 years.
export function durationText(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  if (seconds < 700 * DAY) {
    const days = Math.round(seconds / DAY);
    return days === 1 ? "1 day" : `${days} days`;
  }
  return `${(seconds / (365.25 * DAY)).toFixed(1)} years`;
}
