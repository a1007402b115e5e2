/* Runs all chapters in the reader's browser and compares what they state with what is published and
   printed. Nothing is loaded before the button but the list of parts, which says how large they are. */
(() => {
  const place = document.getElementById("verify");
  if (!place) return;
  const el = window.bookElement;
  const bytes = window.bookBytes;
  const table = window.bookTable;
  const FORM = 1;
  let machine = null;
  let report = null;

  const about = place.querySelector(".live-about");
  const start = el("button", { type: "button", className: "live-start", textContent: "Verify this book", disabled: true });
  const stop = el("button", { type: "button", className: "live-stop", textContent: "Stop", hidden: true });
  const save = el("button", { type: "button", className: "live-stop", textContent: "Download the report (JSON)", hidden: true });
  const bar = el("progress", { hidden: true, max: 1, value: 0 });
  bar.setAttribute("aria-label", "Progress");
  const now = el("p", { className: "live-now", role: "status" });
  const result = el("div", { className: "live-result" });
  place.replaceChildren(about, el("p", { className: "live-buttons" }, start, stop, save), bar, now, result);

  const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
  const say = (text) => {
    now.textContent = text;
  };

  if (location.protocol === "file:") {
    about.textContent = "Browsers do not run this from a folder: serve the report, as make serve does, and open this page from there.";
    return;
  }
  if (!window.Worker || !window.WebAssembly) {
    about.textContent = "This browser has no WebAssembly, which running the chapters takes.";
    return;
  }
  start.disabled = false;

  start.addEventListener("click", async () => {
    start.hidden = true;
    save.hidden = true;
    stop.hidden = false;
    bar.hidden = false;
    bar.value = 0;
    result.replaceChildren();
    machine = new window.BookMachine(place.dataset.book);
    try {
      report = await run();
      show(report);
      save.hidden = false;
    } catch (error) {
      const words = error.message === "stopped" ? "Stopped; nothing of this run is kept." : `It could not be finished: ${error.message}.`;
      say(words);
      result.replaceChildren();
    }
    machine.stop();
    start.textContent = "Verify again";
    start.hidden = false;
    stop.hidden = true;
    bar.hidden = true;
    (save.hidden ? start : save).focus({ preventScroll: true });
  });
  stop.addEventListener("click", () => machine.stop());
  save.addEventListener("click", () => {
    const text = JSON.stringify(report, null, 1);
    const link = el("a", { download: `verified-${report.edition.replace(/\W+/g, "-")}.json` });
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });

  const WORDS = { python: "Starting Python", libraries: "Starting pandas", charts: "Starting Altair" };

  async function run() {
    const begun = performance.now();
    const list = await machine.parts();
    const size = Object.values(list.loaded).reduce((sum, one) => sum + one.bytes, 0);
    say("Loading");
    const started = await machine.start(({ got, phase }) => {
      if (phase) say(WORDS[phase]);
      else {
        bar.value = (0.2 * got) / size;
        say(`Loading: ${bytes(got)} of ${bytes(size)}`);
      }
    });
    say("Reading what is published");
    const [facts, claims, pages] = await Promise.all(["facts.json", "claims.json", "_live/pages.json"].map((name) => machine.json(name)));
    const published = Object.fromEntries(facts.facts.map(({ id, value }) => [id, value]));
    const chapters = [];
    let ran = {};
    const titled = (page) => pages[page]?.title ?? page;
    await machine.runAll(
      (part, page, cell, of) => {
        bar.value = 0.2 + 0.75 * part;
        say(`${titled(page)}: cell ${cell} of ${of}`);
      },
      async (outcome, count) => {
        ran = { ...ran, ...outcome.facts };
        chapters.push(await chapter(titled(outcome.page), count, outcome, published));
        show({ chapters, partial: true });
      },
    );
    say("Weighing the claims");
    const verdicts = JSON.parse(await machine.call("verdicts"));
    say("Comparing with the pages");
    const printed = await readPages(pages);
    const stated = JSON.parse(await machine.call("compared", JSON.stringify(ran), JSON.stringify(published)));
    const misprints = JSON.parse(await machine.call("misprinted", JSON.stringify(ran), JSON.stringify(published), JSON.stringify(printed.facts)));
    const judged = compareVerdicts(claims.claims, verdicts, printed.verdicts);
    const memory = Math.max(started.memory, ...chapters.map((one) => one.memory));
    const numbers = Object.keys(published).length + stated.only_run.length;
    return {
      form: FORM,
      book: facts.book,
      edition: facts.edition,
      when: new Date().toISOString(),
      browser: navigator.userAgent,
      python: started.python,
      pyodide: started.version,
      loaded: list.loaded,
      made_of: list.made_of,
      hashes_checked: Boolean(window.crypto?.subtle),
      seconds: Math.round((performance.now() - begun) / 100) / 10,
      memory_bytes: memory,
      total: numbers + claims.claims.length,
      agree: stated.agree.length + judged.agree,
      taken: [],
      differ: stated.differ,
      not_run: stated.only_published,
      not_published: stated.only_run,
      verdicts: judged.differ,
      misprints: [...misprints, ...printed.wrong, ...judged.misprints],
      printed: printed.count,
      changed_files: printed.changed,
      chapters,
      values: Object.fromEntries(Object.entries(ran).map(([key, { value }]) => [key, value])),
    };
  }

  /* One chapter: its facts, its sentences, the rows that its figures draw. */
  async function chapter(title, count, outcome, published) {
    const mine = Object.fromEntries(Object.keys(outcome.facts).filter((key) => key in published).map((key) => [key, published[key]]));
    const found = JSON.parse(await machine.call("compared", JSON.stringify(outcome.facts), JSON.stringify(mine)));
    const drawn = [];
    for (const [label, parts] of Object.entries(outcome.figures)) {
      if (!(await machine.isDrawnAs(label, parts))) drawn.push(label);
    }
    const failing = outcome.conditions.filter((one) => !one.holds);
    return {
      page: outcome.page,
      title,
      cells: count,
      seconds: outcome.seconds,
      memory: outcome.memory,
      facts: Object.keys(outcome.facts).length,
      agree: found.agree.length,
      differ: found.differ,
      sentences: outcome.conditions.length,
      failing: failing.map(({ words, condition }) => ({ words, condition })),
      figures: Object.keys(outcome.figures).length,
      drawn_otherwise: drawn,
      errors: outcome.errors,
    };
  }

  /* What the pages say: each number and verdict as it is printed, and the checksum of the file. */
  async function readPages(pages) {
    const found = { facts: {}, verdicts: [], wrong: [], changed: [], count: 0 };
    for (const [page, { file, sha256, facts }] of Object.entries(pages)) {
      const answer = await fetch(new URL(file, machine.book), { cache: "no-cache" });
      if (!answer.ok) {
        found.wrong.push({ page, key: "", printed: `no page (${answer.status})`, run: "" });
        continue;
      }
      const content = await answer.arrayBuffer();
      const text = new TextDecoder().decode(content);
      if (await changed(content, sha256)) found.changed.push(page);
      const read = new DOMParser().parseFromString(text, "text/html");
      const printed = [...read.querySelectorAll("a.fact-link")].map((link) => [decodeURIComponent(link.hash).replace(/^#fact-/, ""), link.textContent]);
      found.facts[page] = { built: facts, printed };
      found.count += printed.length;
      for (const block of read.querySelectorAll(".claim[id], tr.ledger-row[id]")) {
        const word = block.querySelector(".claim-verdict, .ledger-verdict")?.textContent ?? "";
        found.verdicts.push({ page, claim: block.id.replace(/^[a-z]+-/, "").toUpperCase(), word });
      }
    }
    return found;
  }

  async function changed(content, wanted) {
    if (!window.crypto?.subtle) return false;
    const hash = new Uint8Array(await window.crypto.subtle.digest("SHA-256", content));
    return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("") !== wanted;
  }

  function compareVerdicts(claims, verdicts, printed) {
    const found = { agree: 0, differ: [], misprints: [] };
    for (const { id, verdict } of claims) {
      if (verdicts[id] === verdict) found.agree += 1;
      else found.differ.push({ key: id, run: verdicts[id] ?? "none", published: verdict });
    }
    for (const { page, claim, word } of printed) {
      const said = word.replace(/^[^\p{L}]+/u, "").trim().toLowerCase();
      const wanted = verdicts[claim] ?? "none";
      if (said !== wanted) found.misprints.push({ page, key: claim, printed: said || "nothing", run: wanted });
    }
    return found;
  }

  /* The page */

  function show(done) {
    const parts = [];
    if (!done.partial) parts.push(...summary(done));
    parts.push(el("h3", { textContent: "Chapter by chapter" }), chapterTable(done.chapters));
    result.replaceChildren(...parts);
  }

  function summary(done) {
    const wrong = done.total - done.agree;
    const isWhole = !wrong && !done.misprints.length && !done.changed_files.length;
    const head = el("p", { className: `live-verdict ${isWhole ? "is-right" : "is-wrong"}` }, el("b", { textContent: `${done.agree} of ${done.total} agree` }));
    const lines = [
      `${count(Object.keys(done.values).length, "number")} and ${count(done.total - Object.keys(done.values).length - done.not_run.length, "verdict")} were computed here; ${done.taken.length ? `${done.taken.length} were only taken from elsewhere` : "none was taken from elsewhere"}.`,
      done.misprints.length ? `On the pages ${count(done.misprints.length, "printed number or verdict is", "printed numbers or verdicts are")} not what was computed.` : `All ${count(done.printed, "number")} printed on the pages are those computed, in the page's own rounding.`,
      done.changed_files.length ? `Not the files that the build wrote: ${done.changed_files.join(", ")}.` : done.hashes_checked ? "Every page is the file that the build wrote." : "The checksums of files were not compared: browsers do that over HTTPS only.",
    ];
    const parts = [head, el("ul", {}, ...lines.map((text) => el("li", { textContent: text })))];
    const rows = [
      ...done.differ.map(({ key, run, published }) => [key, "published value", published, run]),
      ...done.not_run.map((key) => [key, "published value", "stands there", "no cell states it"]),
      ...done.not_published.map((key) => [key, "published value", "missing", "a cell states it"]),
      ...done.verdicts.map(({ key, run, published }) => [key, "published verdict", published, run]),
      ...done.misprints.map((one) => [one.key || "numbers of the page", one.page, one.printed ?? `lost ${one.lost.join(", ") || "none"}; new ${one.new.join(", ") || "none"}`, one.run ?? "as built"]),
    ];
    if (rows.length) {
      parts.push(el("h3", { textContent: "What does not agree" }), table(["What", "Where", "There", "Computed here"], rows, "live-wrong"));
    }
    say(`Done in ${Math.round(done.seconds)} seconds; Python took ${bytes(done.memory_bytes)} of memory.`);
    return parts;
  }

  function chapterTable(chapters) {
    const rows = chapters.map((one) => {
      const agrees = `${one.agree} of ${one.facts}`;
      const lines = `${one.sentences - one.failing.length} of ${one.sentences}`;
      const drawn = `${one.figures - one.drawn_otherwise.length} of ${one.figures}`;
      const link = el("a", { href: new URL(`${one.page}.html`, machine.book).href, textContent: one.title });
      const notes = [
        ...one.errors.map(({ cell, error }) => `cell ${cell}: ${error}`),
        ...one.failing.map(({ words }) => `no longer holds: “${words}”`),
        ...one.drawn_otherwise.map((label) => `drawn otherwise: ${label}`),
      ];
      const name = el("span", {}, link, ...notes.map((text) => el("small", { className: "live-note", textContent: text })));
      return [name, agrees, lines, drawn, one.seconds.toFixed(1)];
    });
    return table(["Chapter", "Numbers agree", "Sentences hold", "Figures agree", "Seconds"], rows, "live-chapters");
  }
})();
