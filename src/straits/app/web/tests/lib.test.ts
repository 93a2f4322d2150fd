import { describe, expect, it } from "vitest";
import { closuresOf, matrixOf, pullsOf, readWindow } from "../src/lib/closes";
import { difference, lines, stateLines } from "../src/lib/compare";
import { day, duration, fromDays, lastDay, number, percent, signed, toDays } from "../src/lib/format";
import { busiest, drawLinks, tellChanges } from "../src/lib/flows";
import { along, arcOf, arrowOf, changeOf, framed, lengthOf, lineOf, pathOf, project, widthOf, zoomed, type Point } from "../src/lib/geometry";
import { meet, place } from "../src/lib/labels";
import { marked } from "../src/lib/marks";
import { heldKey, unpack, type Packed } from "../src/lib/offline";
import { bands, roomFor, shared, totals } from "../src/lib/routes";
import { heading, idsIn, said, short } from "../src/lib/said";
import { byCell, cellKey, countEdits, csv, edited, found, matches, noEdits, sorted, withCell } from "../src/lib/tables";
import type { Answer, ExportRow, GoodFlows, Route, Scene, SupplyRow } from "../src/lib/types";
import { closureText, empty, read, readClosure, write, type Place } from "../src/lib/url";

const closure = { asset: "cpc-shore", factor: 0, start: "2022-07-01", end: "2022-07-31" };

describe("the address", () => {
  it("holds the whole state, and gives it back", () => {
    const place: Omit<Place, "unread"> = {
      caseKey: "my case/ü",
      view: "compare",
      question: {
        scenario: "a&b=c",
        closures: [closure, { ...closure, asset: "transit:RUS", factor: 0.25, off: true }],
        options: ["opt-1"],
        foresight: "surprise",
        trial: [{ table: "links", row: "a~b", column: "capacity", value: "1 000~%&" }],
      },
      window: { start: "2022-01-01", end: "2022-02-01" },
      good: "crude",
      step: 7,
      selected: "cpc-shore",
      pins: [{ ...empty(), closures: [closure] }, empty()],
      table: null,
      job: null,
    };
    expect(read(`#${write(place)}`)).toEqual({ ...place, table: null, job: null, unread: [] });
  });

  it("takes nothing that is broken", () => {
    expect(readClosure("x~2~2022-01-01~2022-02-01")).toBeNull();
    expect(readClosure("x~0~soon~later")).toBeNull();
    expect(readClosure(closureText(closure))).toEqual(closure);
    const hostile = read("#/%E0%A4%A/<script>?k=-1&w=2022-02-01~2022-01-01&f=maybe&c=~~~");
    expect(hostile).toMatchObject({ view: "map", step: null, window: null, question: empty() });
    // What is left out is told: a closure that is not on the map is not a closure that costs nothing.
    expect(hostile.unread).toEqual(["~~~"]);
    expect(read("#/c/map?c=cpc-ru~7~2022-07-01~2022-07-31&c=cpc-ru~0~2022-07-01~2022-07-31").unread).toHaveLength(1);
  });
});

describe("numbers", () => {
  it("are rounded to what they mean, with a true minus", () => {
    expect(number(1234567)).toBe("1,234,567");
    expect(number(0.012345)).toBe("0.0123");
    expect(number(-3.14159)).toBe("−3.14");
    expect(number(0)).toBe("0");
    expect(number(null)).toBe("–");
    expect(number(Infinity)).toBe("∞");
    expect(signed(2)).toBe("+2");
    expect(signed(-2)).toBe("−2");
    expect(percent(0.049)).toBe("4.9 %");
  });

  it("of days run both ways", () => {
    for (const d of ["2022-02-28", "2024-02-29", "1999-12-31"]) expect(fromDays(toDays(d))).toBe(d);
    expect(lastDay("2022-08-01")).toBe("2022-07-31");
    expect(day("2022-07-01")).toBe("1 Jul 2022");
    expect(duration(30)).toBe("30 s");
    expect(duration(600)).toBe("10 min");
  });
});

describe("lines on the map", () => {
  const line: Point[] = [[0, 0], [3, 4], [3, 14]];
  it("have lengths, points and widths in proportion", () => {
    expect(lengthOf(line)).toBe(15);
    expect(along(line, 1 / 3).at).toEqual([3, 4]);
    expect(along(line, 2 / 3).direction).toEqual([0, 1]);
    expect(widthOf(50, 100) / widthOf(100, 100)).toBeCloseTo(0.5);
    expect(widthOf(0, 100)).toBe(0);
    expect(widthOf(1e-6, 100)).toBeGreaterThan(1);
    expect(pathOf([[1, 2], [3, 4]], { k: 2, x: 10, y: 0 })).toBe("M12.0 4.0L16.0 8.0");
    expect(arrowOf([[0, 0], [1, 0]], 5, { k: 1, x: 0, y: 0 })).toBe("");
    expect(arrowOf([[0, 0], [100, 0]], 5, { k: 1, x: 0, y: 0 })).toMatch(/^M.*Z$/);
  });
  it("say what changed, and not what is noise", () => {
    expect(changeOf(10, 10.2, 100)).toBe("same");
    expect(changeOf(10, 20, 100)).toBe("more");
    expect(changeOf(10, 0, 100)).toBe("less");
  });
  it("stay under the pointer when zoomed, and fill the frame", () => {
    const before = { k: 1, x: 5, y: 7 };
    const at: Point = [100, 80];
    const after = zoomed(before, 2, at);
    const world: Point = [(at[0] - before.x) / before.k, (at[1] - before.y) / before.k];
    expect(project(world, after)[0]).toBeCloseTo(100);
    expect(project(world, after)[1]).toBeCloseTo(80);
    const own = framed([{ x: 0, y: 0 }, { x: 100, y: 50 }], 800, 600);
    for (const p of [[0, 0], [100, 50]] as Point[]) {
      const [x, y] = project(p, own);
      expect(x).toBeGreaterThanOrEqual(60);
      expect(x).toBeLessThanOrEqual(740);
      expect(y).toBeGreaterThanOrEqual(60);
      expect(y).toBeLessThanOrEqual(540);
    }
  });
});

it("names on the map never cover each other, and the weightier one has its place", () => {
  const wanted = Array.from({ length: 60 }, (_, i) => ({ id: `p${i}`, text: `Place number ${i}`, x: 100 + (i % 10) * 18, y: 100 + Math.floor(i / 10) * 9, size: 11, radius: 4, weight: i }));
  const out = place(wanted, 500, 400);
  expect(out.length).toBeGreaterThan(3);
  expect(out.length).toBeLessThan(60);
  expect(out[0]!.id).toBe("p59");
  const boxes = out.map((l) => ({ x0: l.x, x1: l.x + l.text.length * 4, y0: l.y - 9, y1: l.y }));
  for (let i = 0; i < boxes.length; i++) for (let k = 0; k < i; k++) expect(meet(boxes[i]!, boxes[k]!, 0)).toBe(false);
});

describe("flows on the map", () => {
  const course = (id: string, from: string, to: string, y: number) => ({ id, name: id, from, to, mode: "rail", goods: [], corridor: null, line: [[100, y], [300, y]] as Point[] });
  const flow = (before: number, after: number) => ({ before, after, capacity: 20, lost: 0, closed: false });
  const scene = { links: [course("a", "A", "B", 100), course("b", "B", "C", 200), course("c", "D", "E", 300), course("d", "F", "G", 400)] } as unknown as Scene;
  const flows = { a: flow(10, 4), b: flow(10, 4), c: flow(2, 8) };
  const camera = { k: 1, x: 0, y: 0 };
  const drawn = drawLinks(scene, flows, 10, true, camera);

  it("are drawn the widest first, those without a flow not at all", () => {
    expect(drawn.map((d) => [d.link.id, d.change])).toEqual([["c", "more"], ["a", "less"], ["b", "less"]]);
    expect(busiest(drawn).get("B")).toBe(10);
    expect(drawLinks(scene, flows, 10, false, camera).every((d) => d.ghost === 0 && d.change === "same")).toBe(true);
  });

  it("have their changes written once for a chain, and none beyond the edge", () => {
    expect(tellChanges(drawn, 10, "kt", camera, 500, 500).map((b) => b.text)).toEqual(["+6 kt/d", "−6 kt/d"]);
    expect(tellChanges(drawn, 10, "kt", camera, 500, 250).map((b) => b.text)).toEqual(["−6 kt/d"]);
    expect(tellChanges(drawn, 1000, "kt", camera, 500, 500)).toEqual([]);
  });
});

describe("tables", () => {
  const rows = [
    { id: "a", name: "Pipe", capacity: "100" },
    { id: "b", name: "Rail", capacity: "" },
    { id: "c", name: "Sea", capacity: "unlimited" },
    { id: "d", name: "pipe two", capacity: "9" },
  ];
  it("are searched, filtered and sorted as numbers, blanks last", () => {
    expect(found(rows, "pipe").map((r) => r.id)).toEqual(["a", "d"]);
    expect(found(rows, "", { capacity: ">= 10" }).map((r) => r.id)).toEqual(["a", "c"]);
    expect(matches("", "<5")).toBe(false);
    expect(sorted(rows, "capacity", false).map((r) => r.id)).toEqual(["d", "a", "c", "b"]);
    expect(sorted(rows, "capacity", true).map((r) => r.id)).toEqual(["c", "a", "d", "b"]);
  });
  it("keep edits apart until they are saved", () => {
    let e = withCell(noEdits(), "links", "a", "capacity", "7", "100");
    expect(edited(rows, "links", e)[0]!.capacity).toBe("7");
    expect(edited(rows, "places", e)[0]!.capacity).toBe("100");
    e = withCell(e, "links", "a", "capacity", "100", "100");
    expect(countEdits(e)).toBe(0);
    e = { ...e, add: [{ table: "links", cells: { id: "n" } }], remove: [{ table: "links", row: "b" }] };
    e = withCell(e, "links", "n", "name", "New", "");
    expect(edited(rows, "links", e).map((r) => r.name)).toEqual(["Pipe", "Sea", "pipe two", "New"]);
  });
  it("show findings at their cell", () => {
    const f = { code: "number", severity: "error" as const, message: "m", table: "links", row: "a", column: "capacity", text: "" };
    expect(byCell([f, f]).get(cellKey("links", "a", "capacity"))).toHaveLength(2);
  });
  it("leave as CSV that no spreadsheet takes for a formula", () => {
    expect(csv(["a", "b"], [{ a: "=1+1", b: -5 }, { a: 'x"y', b: "-5" }])).toBe("a,b\r\n'=1+1,-5\r\n\"x\"\"y\",-5\r\n");
  });
});

describe("analyses", () => {
  it("put their rows on the map", () => {
    const window = readWindow("2022-07-01:30d", { start: "2022-01-01", end: "2023-01-01" });
    expect(window).toEqual({ start: "2022-07-01", end: "2022-07-31" });
    expect(readWindow("2022-07-01:4w", window).end).toBe("2022-07-29");
    expect(readWindow("soon", window)).toEqual(window);
    expect(closuresOf("a|b+c", window).map((c) => c.asset)).toEqual(["a", "b", "c"]);
    expect(closuresOf("baseline", window)).toEqual([]);
  });
  it("become a matrix", () => {
    const m = matrixOf([{ a: "X", b: "Y", v: 1 }, { a: "Y", b: "X", v: null }], ["a", "b", "v"]);
    expect(m.rows).toEqual(["X", "Y"]);
    expect(m.at("X", "Y")).toBe(1);
    expect(m.at("Y", "X")).toBeNull();
  });
});

it("passages of a document are cut without losing or doubling a letter", () => {
  const spans = marked(20, [{ start: 2, end: 9, id: 0 }, { start: 5, end: 12, id: 1 }], [6, 8]);
  expect(spans.map((s) => s.end - s.start).reduce((a, b) => a + b, 0)).toBe(20);
  expect(spans.every((s, i) => i === 0 || s.start === spans[i - 1]!.end)).toBe(true);
  expect(spans.find((s) => s.start === 6)).toMatchObject({ kind: "words", ids: [0, 1] });
  expect(spans[0]).toMatchObject({ kind: "plain", ids: [] });
});

const route = (corridor: string, before: number, after: number): Route => ({ corridor, commodity: "crude", origin: "KAZ", before: [before, before], after: [after, after], total_before: before, total_after: after });

it("routes are stacked, the largest first, and add up", () => {
  const all = Array.from({ length: 10 }, (_, i) => route(`r${i}`, i, 2 * i));
  const list = bands([...all, { ...route("x", 9, 9), commodity: "gas" }], "crude", null);
  expect(list).toHaveLength(7);
  expect(list[0]!.name).toBe("r9");
  expect(totals(list, "before")).toEqual([45, 45]);
  expect(totals(list, "after")).toEqual([90, 90]);
  expect(bands(all, "crude", "RUS")).toEqual([]);
  expect(shared(all, "crude", null)).toBe(false);
  const twice = [...all, { ...route("t", 1, 1), origin: "RUS", shared: true }];
  expect([shared(twice, "crude", null), shared(twice, "crude", "RUS"), shared(twice, "crude", "KAZ"), shared(twice, "gas", null)]).toEqual([true, true, false, false]);
});

it("leaves room for the longest number of a chart, that of containers a day too", () => {
  expect(roomFor(["0", "50", "100"])).toBe(44);
  // Seven signs at some 6 px each and the gap to the line; with 44 px "200,000" was shown as "00,000".
  expect(roomFor(["0", "100,000", "200,000"])).toBeGreaterThanOrEqual(7 * 7 + 10);
  expect(roomFor([])).toBe(44);
});

const goods = (links: GoodFlows["links"]): GoodFlows => ({ links, largest: 5, before: { a: [1] }, after: { a: [1] } });
const base = {
  run: "baseline", title: "Baseline", reference: { id: "baseline", title: "" }, shown: [0], states: [], actors: [], unmet: [], stranded: [], supply: [], warnings: [], how: {},
  headline: { focus: { origin: "KAZ", commodity: "crude" }, currency: "USD", exports: [], deliveries: [], value_lost: 0 },
  goods: { crude: goods({ a: { before: 1, after: 1, capacity: 5, lost: 0, closed: false } }) },
  routes: [route("r", 1, 1)],
  storage: [],
} as Answer;

describe("a page from disk", () => {
  const window = { start: "2022-07-01", end: "2022-07-31" };
  it("knows what it holds", () => {
    expect(heldKey(empty(), window)).toEqual({ kind: "baseline", id: "" });
    expect(heldKey({ ...empty(), closures: [closure] }, window)).toEqual({ kind: "failure", id: "cpc-shore" });
    expect(heldKey({ ...empty(), closures: [{ ...closure, off: true }] }, window)?.kind).toBe("baseline");
    expect(heldKey({ ...empty(), closures: [{ ...closure, factor: 0.5 }] }, window)).toBeNull();
    expect(heldKey({ ...empty(), closures: [closure, closure] }, window)).toBeNull();
    expect(heldKey({ ...empty(), options: ["x"] }, window)).toBeNull();
  });
  it("fills in what is as it was", () => {
    const packed: Packed = { ...base, run: "x", goods: { crude: { largest: 4, links: { a: { before: 1, after: 0, capacity: 5, lost: 1, closed: true } }, after: { a: [0] } } }, routes: [], storage: [] };
    const answer = unpack(packed, base);
    expect(answer.goods.crude!.before).toEqual({ a: [1] });
    expect(answer.goods.crude!.after).toEqual({ a: [0] });
    expect(answer.goods.crude!.links.a!.closed).toBe(true);
    expect(answer.routes).toEqual(base.routes);
  });
});

it("runs are set side by side with what differs", () => {
  const other = { ...base, run: "x", headline: { ...base.headline, value_lost: 7 }, states: [{ id: "KAZ", name: "Kazakhstan", kind: "state", change: -3 }] };
  expect(lines([base, other], "USD", null)[0]!.values).toEqual([0, 7]);
  expect(stateLines([base, other], "USD")).toEqual([{ measure: "Kazakhstan", unit: "million USD", values: [0, -3] }]);
  const apart = difference(goods({ a: { before: 9, after: 1, capacity: null, lost: 0, closed: false } }), goods({ a: { before: 9, after: 3, capacity: null, lost: 0, closed: true } }));
  expect(apart.links.a).toMatchObject({ before: 1, after: 3, closed: true });
});

it("an importer compares what he uses less, not what is sold abroad", () => {
  const row = { state: "EU", state_name: "EU-27", commodity: "gas", commodity_name: "Russian gas", commodity_said: "Russian gas", unit: "GWh", lost: 5, unmet: 1,
    price_rise: 2, price_unit: "USD/MWh", days_to_loss: 3, days_to_recovery: null, focus: true } as SupplyRow;
  const sold = { commodity: "gas", commodity_name: "Gas", origin: "any", origin_name: "any origin", unit: "GWh", lost_exports: 9 } as ExportRow;
  const hit = { ...base, run: "x", supply: [row], headline: { ...base.headline, exports: [sold] } };
  const told = lines([base, hit], "USD", { origin: "EU", commodity: "gas" }, "imports");
  expect(told.map((l) => l.measure)).toEqual(["Joint value lost", "Used less: Russian gas, EU-27", "Promised and not delivered", "Price at home, rise", "Days to loss", "Days to recovery"]);
  expect(told[1]).toMatchObject({ unit: "GWh", values: [0, 5] });
  expect(lines([base, hit], "USD", { origin: "any", commodity: "gas" })[1]!.measure).toBe("Exports lost: Gas, any origin");
});

describe("arrows of power", () => {
  const rows = [
    { actor: "A", target: "B", loss: 10 },
    { actor: "B", target: "A", loss: null },
    { actor: "A", target: "A", loss: -3 },
  ];
  it("lead from who withholds to who loses, and none stands where no number is", () => {
    expect(pullsOf(rows, ["actor", "target", "loss"])).toEqual([
      { from: "A", to: "B", value: 10 },
      { from: "A", to: "A", value: -3 },
    ]);
  });
  it("of two actors lie apart, and end short of the point they lead to", () => {
    const there = arcOf([0, 0], [100, 0], 4);
    const back = arcOf([100, 0], [0, 0], 4);
    expect(there.middle[1]).toBeCloseTo(-back.middle[1]);
    expect(Math.abs(there.middle[1])).toBeGreaterThan(10);
    const [tip] = [...there.head.matchAll(/([-\d.]+) ([-\d.]+)/g)].map((m) => [Number(m[1]), Number(m[2])]);
    expect(Math.hypot(100 - tip![0]!, 0 - tip![1]!)).toBeCloseTo(8, 0);
  });
});

describe("a series", () => {
  it("is drawn in steps, from the bottom up to its largest value", () => {
    expect(lineOf([0, 2], 2, 10, 12, false)).toBe("M0.0 12.0L5.0 12.0L5.0 2.0L10.0 2.0");
    expect(lineOf([2], 2, 10, 12, true)).toBe("M0 12L0.0 2.0L10.0 2.0L10 12Z");
  });
});

describe("sentences of analyses", () => {
  const names: Record<string, string> = { "cpc-ru": "CPC pipeline, to the terminal", btc: "Baku-Tbilisi-Ceyhan pipeline", "transit:RUS": "Transit through Russia", crude: "Crude oil", KAZ: "Kazakhstan" };
  const nameOf = (id: string) => names[id] ?? id;
  const states = new Map([["KAZ", "Kazakhstan"], ["CHN", "China"]]);

  it("have names for ids, and leave words alone", () => {
    const ids = idsIn({ attacks: [{ attack: "btc|cpc-ru", loss: 3 }, { attack: "", loss: null }] });
    expect([...ids]).toEqual(["btc", "cpc-ru"]);
    expect(said("closing btc, cpc-ru (proved).", ids, nameOf, states)).toBe("closing “Baku-Tbilisi-Ceyhan pipeline”, “CPC pipeline, to the terminal” (proved).");
    expect(said("CHN when KAZ withholds crude, as btc does.", new Set(), nameOf, states)).toBe("China when Kazakhstan withholds crude, as btc does.");
    expect(said("transit:RUS costs least; re-routed, 2022-07-01, USD, x-y.", new Set(), nameOf, states)).toBe("“Transit through Russia” costs least; re-routed, 2022-07-01, USD, x-y.");
  });

  it("and heads of columns have them too", () => {
    expect(heading("exports:crude:KAZ", nameOf)).toBe("exports: Crude oil, Kazakhstan");
    expect(heading("own_cost", nameOf)).toBe("own cost");
  });

  it("and labels of several things differ", () => {
    expect(short("Baku-Tbilisi-Ceyhan pipeline")).toBe("Baku-Tbilisi-Ceyhan pipeline");
    const a = short("Kazakh oil in the Baku-Supsa pipeline + Larger Aktau + Ten tankers + Storage");
    const b = short("Kazakh oil in the Baku-Supsa pipeline + Agreement on BTC");
    expect(a).toBe("Kazakh o… + Larger… + Ten tan… + 1 more");
    expect(b).toBe("Kazakh oil in the Ba… + Agreement on BTC");
    expect(Math.max(a.length, b.length)).toBeLessThanOrEqual(40);
  });
});
