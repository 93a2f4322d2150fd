/** What the map draws of links: courses and widths, how busy places are, and changes that are written beside them. */
import { signed } from "./format";
import { arrowOf, changeOf, pathOf, project, widthOf, type Camera, type Point } from "./geometry";
import type { Box } from "./labels";
import type { Link, LinkFlow, Scene } from "./types";

export interface Drawn {
  link: Link;
  flow: LinkFlow;
  path: string;
  width: number;
  ghost: number;
  halo: number;
  arrow: string;
  change: "more" | "less" | "same";
}

export interface Told extends Box {
  text: string;
  change: string;
}

/** Changes that are written at most, and from what share of the largest flow. */
const MOST_TOLD = 7;
const LEAST_TOLD = 0.02;

export const noFlow: LinkFlow = { before: 0, after: 0, capacity: null, lost: 0, closed: false };

/** The links that have a course and a flow, the widest first. */
export function drawLinks(scene: Scene, flows: Record<string, LinkFlow>, largest: number, compared: boolean, camera: Camera): Drawn[] {
  return scene.links
    .filter((l) => l.line && flows[l.id])
    .map((link) => {
      const flow = flows[link.id] ?? noFlow;
      const line = link.line!;
      const width = widthOf(flow.after, largest);
      return {
        link,
        flow,
        path: pathOf(line, camera),
        width,
        ghost: compared ? widthOf(flow.before, largest) : 0,
        halo: flow.capacity ? Math.min(16, Math.max(width, widthOf(flow.capacity, largest)) + 2) : 0,
        arrow: width > 0 ? arrowOf(line, width, camera) : "",
        change: compared ? changeOf(flow.before, flow.after, largest) : ("same" as const),
      };
    })
    .sort((a, b) => b.width - a.width);
}

/** The largest flow, before or after, of the links at each place. */
export function busiest(drawn: Drawn[]): Map<string, number> {
  const through = new Map<string, number>();
  for (const d of drawn) {
    const most = Math.max(d.flow.after, d.flow.before);
    for (const end of [d.link.from, d.link.to]) through.set(end, Math.max(through.get(end) ?? 0, most));
  }
  return through;
}

export function middleOf(line: Point[]): Point {
  if (line.length === 2) return [(line[0]![0] + line[1]![0]) / 2, (line[0]![1] + line[1]![1]) / 2];
  return line[Math.floor(line.length / 2)]!;
}

/** The largest changes of flow, each beside the middle of its link where it is free; a chain of links with one number has one. */
export function tellChanges(drawn: Drawn[], largest: number, unit: string, camera: Camera, w: number, h: number): Told[] {
  const boxes: Told[] = [];
  const seen: { ends: Set<string>; value: number }[] = [];
  const order = [...drawn].sort((a, b) => Math.abs(b.flow.after - b.flow.before) - Math.abs(a.flow.after - a.flow.before));
  for (const d of order) {
    const value = d.flow.after - d.flow.before;
    if (boxes.length >= MOST_TOLD || Math.abs(value) < LEAST_TOLD * largest) break;
    const chain = seen.find((s) => (s.ends.has(d.link.from) || s.ends.has(d.link.to)) && Math.abs(value - s.value) < 0.03 * Math.abs(s.value));
    if (chain) {
      chain.ends.add(d.link.from).add(d.link.to);
      continue;
    }
    const [x, y] = project(middleOf(d.link.line!), camera);
    if (x < 30 || y < 20 || x > w - 30 || y > h - 20) continue;
    const text = `${signed(value, 2)} ${unit}/d`;
    const wide = text.length * 6.3 + 10;
    for (const [dx, dy] of [[0, -22], [0, 24], [26, -16], [-26, -16], [34, 18], [-34, 18], [0, -40], [0, 42]] as Point[]) {
      const box = { x0: x + dx - wide / 2, y0: y + dy - 9, x1: x + dx + wide / 2, y1: y + dy + 9, text, change: d.change };
      if (box.x0 < 4 || box.x1 > w - 4 || box.y0 < 4 || box.y1 > h - 4) continue;
      if (boxes.some((b) => box.x0 < b.x1 + 3 && b.x0 < box.x1 + 3 && box.y0 < b.y1 + 3 && b.y0 < box.y1 + 3)) continue;
      boxes.push(box);
      seen.push({ ends: new Set([d.link.from, d.link.to]), value });
      break;
    }
  }
  return boxes;
}
