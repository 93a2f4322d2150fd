/** Names on the map so that none covers another: greedy, most important first, at the best of a few places. */

export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export interface Wanted {
  id: string;
  text: string;
  x: number;
  y: number;
  size: number;
  radius: number;
  weight: number;
}

export interface Placed {
  id: string;
  text: string;
  x: number;
  y: number;
  size: number;
}

export function meet(a: Box, b: Box, gap = 1): boolean {
  return a.x0 < b.x1 + gap && b.x0 < a.x1 + gap && a.y0 < b.y1 + gap && b.y0 < a.y1 + gap;
}

/** About the width of a text in the page's type. */
export function textWidth(text: string, size: number): number {
  let sum = 0;
  for (const c of text) sum += "iljtfr.,:;|'!()".includes(c) ? 0.34 : "mwMW@%".includes(c) ? 0.9 : c === c.toUpperCase() && c !== c.toLowerCase() ? 0.68 : 0.55;
  return sum * size;
}

/** Place names beside their points; what finds no room is left out. */
export function place(wanted: Wanted[], width: number, height: number, taken: Box[] = []): Placed[] {
  const boxes = [...taken];
  const out: Placed[] = [];
  for (const w of [...wanted].sort((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : 1))) {
    const long = textWidth(w.text, w.size);
    const half = w.size / 2;
    const reach = w.radius + 4;
    const slant = reach * 0.7;
    const candidates: [number, number][] = [
      [w.x + reach, w.y - half],
      [w.x - reach - long, w.y - half],
      [w.x + slant, w.y - slant - w.size],
      [w.x + slant, w.y + slant],
      [w.x - slant - long, w.y - slant - w.size],
      [w.x - slant - long, w.y + slant],
      [w.x - long / 2, w.y - reach - w.size],
      [w.x - long / 2, w.y + reach],
    ];
    for (const [x, y] of candidates) {
      const box = { x0: x, y0: y, x1: x + long, y1: y + w.size };
      if (box.x0 < 2 || box.y0 < 2 || box.x1 > width - 2 || box.y1 > height - 2) continue;
      if (boxes.some((b) => meet(box, b, 1.5))) continue;
      boxes.push(box);
      out.push({ id: w.id, text: w.text, x, y: y + w.size * 0.82, size: w.size });
      break;
    }
  }
  return out;
}
