// Reads citations by citation-js and prints what it takes them for, as JSON: CSL of each record, and
// for CSL-JSON the words of APA.
// Usage: node clients.mjs < [{bib, ris, csl}, ...]
import { Cite } from "@citation-js/core";
import "@citation-js/plugin-bibtex";
import "@citation-js/plugin-csl";
import "@citation-js/plugin-ris";
import { text } from "node:stream/consumers";

const given = JSON.parse(await text(process.stdin));
const read = ({ bib, ris, csl }) => ({
  bib: new Cite(bib, { forceType: "@bibtex/text" }).data[0],
  ris: new Cite(ris, { forceType: "@ris/file" }).data[0],
  csl: new Cite(JSON.parse(csl)).data[0],
  apa: new Cite(JSON.parse(csl)).format("bibliography", { template: "apa", lang: "en-US" }).trim(),
});
console.log(JSON.stringify(given.map(read)));
