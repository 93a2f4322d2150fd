/** Taking things away: pictures with the page's own styles, drawings, numbers. */

export function download(name: string, data: Blob): void {
  const url = URL.createObjectURL(data);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

const KEPT = [
  "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap",
  "stroke-linejoin", "opacity", "font-size", "font-weight", "font-family", "font-style", "letter-spacing", "text-anchor",
  "paint-order", "display", "visibility", "dominant-baseline", "vector-effect",
];

/** A drawing that looks the same elsewhere: styles written into each element, with a title line and a legend note. */
export function standalone(svg: SVGSVGElement, title: string, note: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll<SVGElement>("*")];
  const to = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  from.forEach((element, i) => {
    const target = to[i];
    if (!target) return;
    const style = getComputedStyle(element);
    for (const name of KEPT) {
      const value = style.getPropertyValue(name);
      if (value) target.setAttribute(name, value);
    }
    target.removeAttribute("class");
    target.removeAttribute("style");
    target.removeAttribute("tabindex");
  });
  copy.querySelectorAll("[data-screen-only]").forEach((e) => e.remove());
  const box = svg.getBoundingClientRect();
  const [w, h] = [Math.round(box.width), Math.round(box.height)];
  const head = 34;
  const foot = 30;
  const root = getComputedStyle(document.documentElement);
  const paper = root.getPropertyValue("--paper").trim() || "#fff";
  const ink = root.getPropertyValue("--ink").trim() || "#000";
  const quiet = root.getPropertyValue("--quiet").trim() || "#555";
  copy.setAttribute("x", "0");
  copy.setAttribute("y", String(head));
  copy.setAttribute("width", String(w));
  copy.setAttribute("height", String(h));
  const inner = new XMLSerializer().serializeToString(copy);
  const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif";
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h + head + foot}" viewBox="0 0 ${w} ${h + head + foot}">` +
    `<rect width="100%" height="100%" fill="${paper}"/>` +
    `<text x="12" y="23" font-family="${font}" font-size="15" font-weight="600" fill="${ink}">${escaped(title)}</text>` +
    inner +
    `<text x="12" y="${h + head + 19}" font-family="${font}" font-size="11" fill="${quiet}">${escaped(note)}</text></svg>`
  );
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A drawing as PNG, at twice the size of the screen. */
export async function toPng(svg: string): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    await new Promise<void>((done, failed) => {
      image.onload = () => done();
      image.onerror = () => failed(new Error("the drawing could not be made into a picture"));
      image.src = url;
    });
    const canvas = document.createElement("canvas");
    canvas.width = image.width * 2;
    canvas.height = image.height * 2;
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser makes no pictures");
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise<Blob>((done, failed) =>
      canvas.toBlob((b) => (b ? done(b) : failed(new Error("no picture was made"))), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
