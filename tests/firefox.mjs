// Opens pages in Firefox, makes each chart live and prints what there was to see, as JSON.
// Usage: node firefox.mjs FIREFOX light|dark ADDRESS...
import { firefox } from "./launch.mjs";

const [executablePath, scheme, ...addresses] = process.argv.slice(2);
const patience = Number(process.env.PATIENCE_MS);
const browser = await firefox(executablePath, {
  patience,
  prefs: { "layout.css.prefers-color-scheme.content-override": scheme === "dark" ? 0 : 1 },
});

const wrong = [];
const figures = [];
const sideways = [];

// Runs in the page: label, marks that can be seen, and box of each figure.
function look() {
  return [...document.querySelectorAll("figure:has(.chart)")].map((figure) => {
    const box = figure.getBoundingClientRect();
    const marks = figure.querySelectorAll(".role-mark :is(path, text, line)");
    const seen = [...marks].filter((mark) => {
      const { width, height } = mark.getBoundingClientRect();
      return width + height > 0 && mark.checkVisibility();
    });
    return { id: figure.id, marks: seen.length, size: [box.width, box.height] };
  });
}

// Runs in the page: press each button that is not pressed, and wait for its chart.
async function allGoLive(patience) {
  for (const button of document.querySelectorAll(".live-button")) {
    if (button.getAttribute("aria-pressed") === "false") button.click();
  }
  const end = Date.now() + patience;
  while (document.querySelector(".chart:not(.is-live)")) {
    if (Date.now() > end) throw new Error("a chart does not go live");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

for (const address of addresses) {
  for (const width of [1280, 320]) {
    const page = await browser.newPage();
    page.setDefaultTimeout(patience);
    // What the policy of the page refuses is no message of the console here.
    await page.evaluateOnNewDocument(() => {
      window.refused = [];
      addEventListener("securitypolicyviolation", (event) =>
        window.refused.push(`${event.violatedDirective} ${event.blockedURI}`),
      );
    });
    page.on("pageerror", (error) => wrong.push(`${address}: ${error.message}`));
    page.on("console", (said) => {
      if (said.type() === "error") wrong.push(`${address}: ${said.text()}`);
    });
    page.on("request", (request) => {
      if (!/^(file:|data:|blob:|http:\/\/127\.0\.0\.1)/.test(request.url())) {
        wrong.push(`${address} asked ${request.url()}`);
      }
    });
    await page.setViewport({ width, height: 900 });
    await page.goto(address, { waitUntil: "load" });
    const drawn = await page.evaluate(look);
    await page.evaluate(allGoLive, patience);
    const live = await page.evaluate(look);
    drawn.forEach((before, i) => {
      const sides = live[i].size.map((side, j) => Math.abs(side - before.size[j]));
      const change = Math.max(...sides);
      figures.push({ id: before.id, width, static: before.marks, live: live[i].marks, change });
    });
    for (const said of await page.evaluate(() => window.refused)) {
      wrong.push(`${address}: the policy refused ${said}`);
    }
    sideways.push({
      address,
      width,
      by: await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
    });
    await page.close();
  }
}
await browser.close();
console.log(JSON.stringify({ wrong, figures, sideways }));
