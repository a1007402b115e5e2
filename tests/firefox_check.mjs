// Drops pictures on the page that checks them, in Firefox, and prints its answers as JSON.
// Usage: node firefox_check.mjs FIREFOX ADDRESS PICTURE...
import { firefox } from "./launch.mjs";

const [executablePath, address, ...pictures] = process.argv.slice(2);
const timeout = Number(process.env.PATIENCE_MS);
const browser = await firefox(executablePath, { patience: timeout });
const page = await browser.newPage();
page.setDefaultTimeout(timeout);
const wrong = [];
page.on("pageerror", (error) => wrong.push(error.message));
await page.goto(address);
const input = await page.waitForSelector("#check-file");
const words = [];
for (const picture of pictures) {
  await input.uploadFile(picture);
  const answer = await page.waitForSelector(".check-answer[data-word]");
  words.push(await answer.evaluate((one) => one.dataset.word));
}
await browser.close();
console.log(JSON.stringify({ words, wrong }));
