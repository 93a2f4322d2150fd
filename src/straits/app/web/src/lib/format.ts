/** Numbers and dates as people read them. */

const MINUS = "\u2212";

/** A number with about three figures, thousands apart, and no more decimals than mean something. */
export function number(value: number | null | undefined, figures = 3): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  const size = Math.abs(value);
  if (size < 1e-9) return "0";
  const decimals = size >= 10 ** (figures - 1) ? 0 : Math.min(6, figures - 1 - Math.floor(Math.log10(size)));
  const text = size.toLocaleString("en-GB", { minimumFractionDigits: 0, maximumFractionDigits: decimals });
  return value < 0 && Number(text.replaceAll(",", "")) !== 0 ? MINUS + text : text;
}

/** A number with its sign. */
export function signed(value: number | null | undefined, figures = 3): string {
  const text = number(value, figures);
  return value && value > 0 && text !== "0" ? `+${text}` : text;
}

/** A share as per cent. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? "–" : `${number(share * 100, 2)} %`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A day such as 1 Jul 2022. */
export function day(iso: string): string {
  const [y, m, d] = iso.split("-").map(Number);
  return y && m && d ? `${d} ${MONTHS[m - 1]} ${y}` : iso;
}

/** Days since 1970 of an ISO day, and back. */
export function toDays(iso: string): number {
  return Math.round(Date.parse(`${iso}T00:00:00Z`) / 86400000);
}

export function fromDays(days: number): string {
  return new Date(days * 86400000).toISOString().slice(0, 10);
}

/** The last day of a window, whose end is the day after it. */
export function lastDay(end: string): string {
  return fromDays(toDays(end) - 1);
}

/** A time to wait, such as 3 min. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${number(seconds / 3600, 2)} h`;
}

/** The name of a column in words. */
export function words(name: string): string {
  return name.replaceAll("_", " ");
}
