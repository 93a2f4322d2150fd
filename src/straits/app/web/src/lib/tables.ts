/** Searching, filtering and sorting of tables; edits that are not saved yet. */

import type { Finding, Trial } from "./types";

export type Row = Record<string, string>;

/** Rows that hold every word somewhere, and in each filtered column its text. */
export function found(rows: Row[], search: string, filters: Record<string, string> = {}): Row[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean);
  const by = Object.entries(filters).filter(([, v]) => v.trim());
  if (!wanted.length && !by.length) return rows;
  return rows.filter((row) => {
    const all = Object.values(row).join("\n").toLowerCase();
    return wanted.every((w) => all.includes(w)) && by.every(([c, v]) => matches(row[c] ?? "", v.trim()));
  });
}

/** A filter is a text, or a comparison such as >100, <=5, =0. */
export function matches(cell: string, filter: string): boolean {
  const compared = /^(<=|>=|<|>|=)\s*(-?[\d.]+(?:e-?\d+)?)$/i.exec(filter);
  if (compared) {
    const value = cell === "unlimited" ? Infinity : Number(cell);
    if (cell === "" || Number.isNaN(value)) return false;
    const limit = Number(compared[2]);
    switch (compared[1]) {
      case "<":
        return value < limit;
      case ">":
        return value > limit;
      case "<=":
        return value <= limit;
      case ">=":
        return value >= limit;
      default:
        return value === limit;
    }
  }
  return cell.toLowerCase().includes(filter.toLowerCase());
}

/** Rows in the order of a column: numbers by size, blank cells last. */
export function sorted<T extends Record<string, unknown>>(rows: T[], column: string | null, down: boolean): T[] {
  if (!column) return rows;
  const key = (row: T): number | string | null => {
    const cell = row[column];
    if (cell === null || cell === undefined || cell === "") return null;
    if (typeof cell === "number") return cell;
    const text = String(cell);
    if (text === "unlimited") return Infinity;
    return text.trim() !== "" && !Number.isNaN(Number(text)) ? Number(text) : text.toLowerCase();
  };
  const order = (a: number | string, b: number | string): number => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === "number") return -1;
    if (typeof b === "number") return 1;
    return a < b ? -1 : a > b ? 1 : 0;
  };
  return rows
    .map((row, i) => ({ row, i, k: key(row) }))
    .sort((a, b) => {
      if (a.k === null || b.k === null) return a.k === b.k ? a.i - b.i : a.k === null ? 1 : -1;
      return (down ? -order(a.k, b.k) : order(a.k, b.k)) || a.i - b.i;
    })
    .map((x) => x.row);
}

export interface Edits {
  set: Trial[];
  add: { table: string; cells: Row }[];
  remove: { table: string; row: string }[];
}

export function noEdits(): Edits {
  return { set: [], add: [], remove: [] };
}

export function countEdits(e: Edits): number {
  return e.set.length + e.add.length + e.remove.length;
}

/** Edits with one cell set; setting what stands there takes the edit back. */
export function withCell(e: Edits, table: string, row: string, column: string, value: string, before: string): Edits {
  const added = e.add.find((a) => a.table === table && a.cells.id === row);
  if (added) {
    const add = e.add.map((a) => (a === added ? { table, cells: { ...a.cells, [column]: value } } : a));
    return { ...e, add };
  }
  const rest = e.set.filter((s) => !(s.table === table && s.row === row && s.column === column));
  return { ...e, set: value === before ? rest : [...rest, { table, row, column, value }] };
}

/** A table with its edits, as it would be saved. */
export function edited(rows: Row[], table: string, e: Edits): Row[] {
  const gone = new Set(e.remove.filter((r) => r.table === table).map((r) => r.row));
  const kept = rows
    .filter((r) => !gone.has(r.id ?? ""))
    .map((r) => {
      const own = e.set.filter((s) => s.table === table && s.row === r.id);
      return own.length ? { ...r, ...Object.fromEntries(own.map((s) => [s.column, s.value])) } : r;
    });
  return [...kept, ...e.add.filter((a) => a.table === table).map((a) => a.cells)];
}

/** Findings by cell, so that each is shown where it is. */
export function byCell(findings: Finding[]): Map<string, Finding[]> {
  const out = new Map<string, Finding[]>();
  for (const f of findings) {
    const key = cellKey(f.table ?? "", f.row ?? "", f.column ?? "");
    out.set(key, [...(out.get(key) ?? []), f]);
  }
  return out;
}

export function cellKey(table: string, row: string, column: string): string {
  return `${table}\n${row}\n${column}`;
}

/** Text as CSV: cells that a spreadsheet would take for formulas are led by a quote mark. */
export function csv(columns: string[], rows: Record<string, unknown>[]): string {
  const cell = (v: unknown): string => {
    if (v === null || v === undefined) return "";
    const text = typeof v === "string" && /^[=+\-@\t\r]/.test(v) && Number.isNaN(Number(v)) ? `'${v}` : String(v);
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows.map((r) => columns.map((c) => r[c]))].map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}
