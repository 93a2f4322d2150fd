// Times of the page in a real browser: first paint, first load, toggle to repaint. Prints JSON. Used by benchmarks/app_bench.py.
import { chromium } from "playwright-core";

const [url, toggles = "30", ...assets] = process.argv.slice(2);
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
let bytes = 0;
page.on("response", async (r) => {
  if (/\.(js|css|svg|html)$|\/$/.test(new URL(r.url()).pathname)) bytes += Number((await r.headerValue("content-length")) ?? 0);
});
const paints = [];
const maps = [];
for (let i = 0; i < 5; i++) {
  await page.goto("about:blank");
  const begun = Date.now();
  await page.goto(`${url}?${i}#/`);
  await page.waitForSelector(".canvas svg .flow");
  maps.push(Date.now() - begun);
  paints.push(await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? null));
}
const times = [];
const servers = [];
page.on("requestfinished", (r) => r.url().endsWith("/ask") && servers.push(r.timing().responseEnd - r.timing().requestStart));
for (let i = 0; i < Number(toggles); i++) {
  const asset = assets[i % assets.length];
  const before = await page.locator(".canvas").getAttribute("data-painted");
  await page.evaluate((a) => document.querySelector(`path.hit[data-asset="${a}"]`)?.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, button: 0 })), asset);
  await page.evaluate((a) => document.querySelector(`path.hit[data-asset="${a}"]`)?.dispatchEvent(new PointerEvent("pointerup", { bubbles: true, button: 0 })), asset);
  await page.waitForFunction((b) => { const c = document.querySelector(".canvas"); return c && !document.querySelector(".busy") && c.dataset.painted !== b; }, before);
  await page.waitForTimeout(60);
  times.push(Number(await page.locator(".canvas").getAttribute("data-repaint")));
}
await browser.close();
console.log(JSON.stringify({ first_paint_ms: paints, map_ms: maps, first_load_bytes: bytes / 5, toggle_ms: times, server_ms: servers }));
