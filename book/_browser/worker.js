/* Python in a reader's browser, in a Worker, so that the page stays alive and can stop it. Asked by
   messages {id, act, …}, it answers {id, done} or {id, failed}, and tells of its progress between.
   Nothing is loaded from another folder than this one, and nothing before it is asked. */
const here = new URL("./", self.location.href);
const held = new Map();
let python = null;

const tell = (said) => self.postMessage(said);

const addressOf = (name, { sha256 }) => new URL(`${name}?${sha256.slice(0, 16)}`, here).href;

async function digest(bytes) {
  if (!self.crypto?.subtle) return null;
  const hash = await self.crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* A part, from what an earlier visit kept or from the book's own server; refused unless its checksum
   is the listed one. */
async function part(name, wanted, onBytes) {
  const address = addressOf(name, wanted);
  const kept = await self.caches?.open("book-parts").catch(() => null);
  const found = await kept?.match(address);
  let bytes = found && new Uint8Array(await found.arrayBuffer());
  const isKept = Boolean(bytes) && (await digest(bytes)) === wanted.sha256;
  if (!isKept) {
    bytes = await download(address, name, onBytes);
    const sum = await digest(bytes);
    if (sum && sum !== wanted.sha256) {
      throw new Error(`${name}: its checksum is ${sum}, expected ${wanted.sha256}; it is not used`);
    }
    if (sum) await kept?.put(address, new Response(bytes)).catch(() => {});
  } else onBytes(bytes.length, true);
  return { bytes, isKept };
}

async function download(address, name, onBytes) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${name} could not be loaded (${answer.status})`);
  const reader = answer.body.getReader();
  const pieces = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    onBytes(value.length, false);
  }
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/* Parts of another edition are of no use to this one. */
async function dropOthers(loaded) {
  const kept = await self.caches?.open("book-parts").catch(() => null);
  const wanted = new Set(Object.entries(loaded).map(([name, one]) => addressOf(name, one)));
  for (const { url } of (await kept?.keys()) ?? []) if (!wanted.has(url)) await kept.delete(url);
}

async function start({ id, loaded }) {
  const names = Object.keys(loaded);
  const sums = {};
  await dropOthers(loaded).catch(() => {});
  let got = 0;
  let fromKept = 0;
  for (const name of names) {
    const { bytes, isKept } = await part(name, loaded[name], (count, kept) => {
      got += count;
      if (kept) fromKept += count;
      tell({ id, got, fromKept });
    });
    sums[name] = isKept;
    held.set(name, bytes);
  }
  tell({ id, phase: "python" });
  /* What Pyodide asks for is what was checked. */
  const ask = self.fetch.bind(self);
  self.fetch = (wanted, options) => {
    const { pathname } = new URL(wanted?.url ?? wanted, here);
    const bytes = pathname.startsWith(here.pathname) && held.get(pathname.slice(here.pathname.length));
    if (!bytes) return ask(wanted, options);
    const kind = pathname.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
    return Promise.resolve(new Response(bytes, { headers: { "Content-Type": kind } }));
  };
  self.importScripts(new URL("pyodide.js", here).href);
  python = await self.loadPyodide({ indexURL: here.href, packageCacheDir: "/" });
  const site = python.runPython("import sysconfig; sysconfig.get_path('purelib')");
  python.unpackArchive(held.get("site.zip"), "zip", { extractDir: site });
  python.FS.mkdirTree("/report");
  python.unpackArchive(held.get("book.zip"), "zip", { extractDir: "/report" });
  tell({ id, phase: "libraries" });
  python.runPython(`
import os, sys
os.chdir("/report")
sys.path[:0] = ["/report/stand_ins", "/report/book"]
import runner
os.chdir("/report/book")
`);
  python.runPython("import pandas");
  tell({ id, phase: "charts" });
  python.runPython("import altair");
  held.clear();
  self.fetch = ask;
  return { version: python.version, python: python.runPython("sys.version.split()[0]"), memory: memory(), sums };
}

const memory = () => python._module.HEAPU8.length;

/* A function of runner.py. */
function call(name, ...given) {
  const found = python.pyimport("runner");
  try {
    return found[name](...given);
  } finally {
    found.destroy();
  }
}

const acts = {
  start,
  cells: () => JSON.parse(call("cells")),
  run({ id, page, cells }) {
    call("begin", page);
    cells.forEach(({ source, label, panels }, at) => {
      tell({ id, cell: at + 1, of: cells.length });
      call("run_cell", page, source, label ?? "", ...(panels ?? []));
    });
    return { ...JSON.parse(call("outcome", page)), memory: memory() };
  },
  call: ({ name, given = [] }) => call(name, ...given),
};

self.onmessage = async ({ data }) => {
  try {
    tell({ id: data.id, done: (await acts[data.act](data)) ?? null });
  } catch (error) {
    tell({ id: data.id, failed: String(error?.message ?? error).trim().split("\n").at(-1) });
  }
};
