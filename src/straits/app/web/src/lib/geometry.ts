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

/** A bent arrow from one point to another: the arc, its head, and the middle of the arc. It bends to its own right, so that two
 * arrows between the same two points lie apart. */
export function arcOf(from: Point, to: Point, width: number): { path: string; head: string; middle: Point } {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const long = Math.hypot(dx, dy) || 1;
  const bend = Math.min(90, 0.2 * long + 10);
  const control: Point = [(from[0] + to[0]) / 2 - (dy / long) * bend * 2, (from[1] + to[1]) / 2 + (dx / long) * bend * 2];
  // The arrow ends short of the point, along the direction in which the arc arrives there.
  const [ex, ey] = [to[0] - control[0], to[1] - control[1]];
  const last = Math.hypot(ex, ey) || 1;
  const [ux, uy] = [ex / last, ey / last];
  const size = Math.min(9 + width, 0.4 * long);
  const tip: Point = [to[0] - ux * 8, to[1] - uy * 8];
  const neck: Point = [tip[0] - ux * size, tip[1] - uy * size];
  const half = width / 2 + 4;
  const corner = (side: number): Point => [neck[0] - uy * half * side, neck[1] + ux * half * side];
  const text = (p: Point): string => p.map((v) => v.toFixed(1)).join(" ");
  return {
    path: `M${text(from)}Q${text(control)} ${text(neck)}`,
    head: `M${[tip, corner(1), corner(-1)].map(text).join("L")}Z`,
    middle: [0.25 * from[0] + 0.5 * control[0] + 0.25 * to[0], 0.25 * from[1] + 0.5 * control[1] + 0.25 * to[1]],
  };
}

/** A line in steps over a box; closed along its lower edge if it is to be filled. */
export function lineOf(values: number[], most: number, w: number, h: number, close: boolean): string {
  let d = close ? `M0 ${h}` : "";
  values.forEach((v, i) => {
    const y = h - (Math.min(v, most) / most) * (h - 2);
    const [x0, x1] = [(i / values.length) * w, ((i + 1) / values.length) * w];
    d += `${!close && i === 0 ? "M" : "L"}${x0.toFixed(1)} ${y.toFixed(1)}L${x1.toFixed(1)} ${y.toFixed(1)}`;
  });
  return close ? `${d}L${w} ${h}Z` : d;
}
