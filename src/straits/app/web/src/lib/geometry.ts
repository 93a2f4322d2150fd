/** Courses of links on the screen: paths, arrows, widths. */

export type Point = [number, number];

export interface Camera {
  k: number;
  x: number;
  y: number;
}

export const WIDEST = 11;
export const THINNEST = 1.2;

export function project(p: Point, camera: Camera): Point {
  return [p[0] * camera.k + camera.x, p[1] * camera.k + camera.y];
}

export function pathOf(line: Point[], camera: Camera): string {
  let out = "";
  for (let i = 0; i < line.length; i++) {
    const [x, y] = project(line[i]!, camera);
    out += `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
  }
  return out;
}

export function lengthOf(line: Point[]): number {
  let sum = 0;
  for (let i = 1; i < line.length; i++) sum += Math.hypot(line[i]![0] - line[i - 1]![0], line[i]![1] - line[i - 1]![1]);
  return sum;
}

/** The point at a share of the length of a line, and the unit direction there. */
export function along(line: Point[], share: number): { at: Point; direction: Point } {
  const whole = lengthOf(line);
  let left = whole * share;
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1]!, line[i]!];
    const step = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (step >= left && step > 0) {
      const s = left / step;
      return { at: [a[0] + (b[0] - a[0]) * s, a[1] + (b[1] - a[1]) * s], direction: [(b[0] - a[0]) / step, (b[1] - a[1]) / step] };
    }
    left -= step;
  }
  return { at: line[line.length - 1] ?? [0, 0], direction: [1, 0] };
}

/** The width of a flow on the screen, in proportion, never too thin to be seen. */
export function widthOf(flow: number, largest: number): number {
  if (flow <= 0 || largest <= 0) return 0;
  return Math.max(THINNEST, (WIDEST * flow) / largest);
}

/** A triangle on a line that says where it leads; empty where the line is too short for it. */
export function arrowOf(line: Point[], width: number, camera: Camera): string {
  const screen = line.map((p) => project(p, camera));
  const size = width * 0.45 + 5.5;
  if (lengthOf(screen) < 2.4 * size) return "";
  const { at, direction } = along(screen, 0.58);
  const half = width / 2 + 3;
  const [dx, dy] = direction;
  const tip: Point = [at[0] + dx * size * 0.6, at[1] + dy * size * 0.6];
  const tail: Point = [at[0] - dx * size * 0.4, at[1] - dy * size * 0.4];
  const corner = (side: number): Point => [tail[0] - dy * half * side, tail[1] + dx * half * side];
  return `M${[tip, corner(1), corner(-1)].map((p) => p.map((v) => v.toFixed(1)).join(" ")).join("L")}Z`;
}

/** How a change of flow is shown: changes below half a per cent of the largest flow are none. */
export function changeOf(before: number, after: number, largest: number): "more" | "less" | "same" {
  const change = after - before;
  if (Math.abs(change) <= 0.005 * largest) return "same";
  return change > 0 ? "more" : "less";
}

/** A camera that keeps the point under the pointer where it is. */
export function zoomed(camera: Camera, factor: number, at: Point, least = 0.5, most = 24): Camera {
  const k = Math.min(most, Math.max(least, camera.k * factor));
  const real = k / camera.k;
  return { k, x: at[0] - (at[0] - camera.x) * real, y: at[1] - (at[1] - camera.y) * real };
}

/** The camera that shows some points in a window, with a margin for their names. */
export function framed(points: { x: number; y: number }[], w: number, h: number, margin = Math.min(64, 24 + 0.06 * h)): Camera {
  if (!points.length || !(w > 0 && h > 0)) return { k: 1, x: 0, y: 0 };
  const xs = points.map((p) => p.x);
  const ys = points.map((p) => p.y);
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const room = (side: number) => Math.max(side - 2 * margin, side * 0.5);
  const k = Math.min(room(w) / Math.max(x1 - x0, 20), room(h) / Math.max(y1 - y0, 20), 6);
  return { k, x: w / 2 - ((x0 + x1) / 2) * k, y: h / 2 - ((y0 + y1) / 2) * k };
}
