// Presses the button of the page that runs all chapters, in Firefox; prints what it came to, as JSON.
// Usage: node verify.mjs FIREFOX ADDRESS
import { firefox } from "./launch.mjs";

const [executablePath, address] = process.argv.slice(2);
const patience = Number(process.env.PATIENCE_MS);
const browser = await firefox(executablePath, { patience, waits: 10 });
const page = await browser.newPage();
const asked = [];
const wrong = [];
page.on("request", (request) => asked.push(request.url()));
page.on("pageerror", (error) => wrong.push(error.message));
page.on("console", (said) => {
  if (said.type() === "error") wrong.push(said.text());
});
await page.goto(address, { waitUntil: "load" });
const before = asked.length;
await page.click(".live-start");
// In the page, since its policy lets nobody compile a condition there.
const said = await page.evaluate(async (end) => {
  while (Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const now = document.querySelector(".live-now").textContent;
    if (/^(Done|It could not)/.test(now)) break;
  }
  return {
    now: document.querySelector(".live-now").textContent,
    result: document.querySelector(".live-result").textContent,
    verdict: document.querySelector(".live-verdict")?.textContent ?? "",
  };
}, Date.now() + 10 * patience);
await browser.close();
console.log(JSON.stringify({ ...said, before, asked, wrong }));
