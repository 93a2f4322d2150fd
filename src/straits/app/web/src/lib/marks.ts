/** A text cut into pieces, each plain or inside the passages of records; passages may overlap. */

export interface Span {
  start: number;
  end: number;
  kind: "plain" | "passage" | "words";
  ids: number[];
}

export function marked(length: number, passages: { start: number; end: number; id: number }[], words: [number, number] | null): Span[] {
  const cuts = new Set([0, length]);
  const clip = (v: number) => Math.max(0, Math.min(length, v));
  for (const p of passages) cuts.add(clip(p.start)).add(clip(p.end));
  if (words) cuts.add(clip(words[0])).add(clip(words[1]));
  const order = [...cuts].sort((a, b) => a - b);
  const out: Span[] = [];
  for (let i = 1; i < order.length; i++) {
    const [start, end] = [order[i - 1]!, order[i]!];
    const ids = passages.filter((p) => p.start < end && start < p.end).map((p) => p.id);
    const inner = words !== null && words[0] < end && start < words[1];
    out.push({ start, end, ids, kind: ids.length ? (inner ? "words" : "passage") : "plain" });
  }
  return out;
}
