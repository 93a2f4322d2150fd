/** Sentences of analyses as people read them: ids of the case stand as names. */

import type { Cell } from "./types";

type Tables = Record<string, Record<string, Cell>[]>;

/** Ids that the tables of a result name: cells that are one id, or several apart by | or +. */
export function idsIn(tables: Tables): Set<string> {
  const found = new Set<string>();
  for (const rows of Object.values(tables))
    for (const row of rows) for (const cell of Object.values(row)) if (typeof cell === "string" && cell.length < 200) for (const part of cell.split(/[|+]/)) if (part) found.add(part);
  return found;
}

/**
 * A sentence with names for ids. States stand as they are called, other things in quotation marks, since their names hold commas.
 * A word is taken for an id only where the tables of the result name it, or where it is written as no word is: `cpc-ru`, `KAZ`.
 */
export function said(text: string, ids: Set<string>, nameOf: (id: string) => string, states: Map<string, string>): string {
  return text.replace(/[A-Za-z0-9](?:[\w:.-]*[A-Za-z0-9])?/g, (word) => {
    const state = /^[A-Z]{3}$/.test(word) ? states.get(word) : undefined;
    if (state) return state;
    if (!ids.has(word) && !/^[a-z0-9]+(?:[-_:][A-Za-z0-9]+)+$/.test(word)) return word;
    const name = nameOf(word);
    return name === word ? word : `“${name}”`;
  });
}

/** The head of a column in words: `exports:crude:KAZ` is exports: crude, KAZ, each by its name. */
export function heading(column: string, nameOf: (id: string) => string): string {
  const [what = "", ...of] = column.split(":");
  const plain = what.replaceAll("_", " ");
  return of.length ? `${plain}: ${of.map(nameOf).join(", ")}` : plain;
}

/** A label of at most so many letters: of several things joined by + the beginnings of the first, and how many more there are. */
export function short(text: string, most = 40): string {
  const parts = text.split(" + ");
  const cut = (part: string, room: number): string => (part.length > room ? `${part.slice(0, room - 1).trimEnd()}…` : part);
  if (parts.length === 1) return cut(text, most);
  const kept = parts.slice(0, 3);
  const more = parts.length > kept.length ? ` + ${parts.length - kept.length} more` : "";
  let room = most - more.length - 3 * (kept.length - 1);
  // Short names leave their room to the longer ones.
  let left = kept.length;
  const given = new Map<number, number>();
  for (const [n, part] of [...kept.entries()].sort((a, b) => a[1].length - b[1].length)) {
    const own = Math.min(part.length, Math.floor(room / left));
    given.set(n, own);
    room -= own;
    left -= 1;
  }
  return kept.map((part, n) => cut(part, given.get(n)!)).join(" + ") + more;
}
