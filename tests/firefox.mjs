// Opens pages in Firefox, makes each chart live and prints what there was to see, as JSON.
// Usage: node firefox.mjs FIREFOX light|dark ADDRESS...
import puppeteer from "puppeteer-core";

const [executablePath, scheme, ...addresses] = process.argv.slice(2);
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath,
  headless: true,
  extraPrefsFirefox: {
    "layout.css.prefers-color-scheme.content-override": scheme === "dark" ? 0 : 1,
    // A dead proxy for every host but this one.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.proxy.no_proxies_on": "127.0.0.1",
  },
});

const wrong = [];
const figures = [];

function countMarks(id) {
  const marks = document.querySelectorAll(
    `#${id} .role-mark path, #${id} .role-mark text, #${id} .role-mark line`,
  );
  return [...marks].filter((mark) => {
    const box = mark.getBoundingClientRect();
    return box.width + box.height > 0 && mark.checkVisibility();
  }).length;
}

function measure(id) {
  const box = document.getElementById(id).getBoundingClientRect();
  return [box.width, box.height];
}

for (const address of addresses) {
  for (const width of [1280, 320]) {
    const page = await browser.newPage();
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
    const ids = await page.$$eval("figure:has(.chart)", (all) => all.map((figure) => figure.id));
    for (const id of ids) {
      const before = await page.evaluate(measure, id);
      const drawn = await page.evaluate(countMarks, id);
      await page.evaluate((name) => {
        const button = document.getElementById(name).nextElementSibling.querySelector("button");
        if (button.getAttribute("aria-pressed") === "false") button.click();
      }, id);
      await page.waitForSelector(`#${id} .is-live`, { timeout: 20000 });
      const after = await page.evaluate(measure, id);
      figures.push({
        id,
        width,
        static: drawn,
        live: await page.evaluate(countMarks, id),
        change: Math.max(...after.map((side, i) => Math.abs(side - before[i]))),
        sideways: await page.evaluate(
          () => document.documentElement.scrollWidth - window.innerWidth,
        ),
      });
    }
    await page.close();
  }
}
await browser.close();
console.log(JSON.stringify({ wrong, figures }));
