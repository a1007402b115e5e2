/* Changes cells of tables and runs all chapters with them: what moves, or why a build would refuse. */
(() => {
  const place = document.getElementById("change");
  if (!place || location.protocol === "file:" || !window.Worker || !window.WebAssembly) return;
  const el = window.bookElement;
  let machine = null;
  let tables = null;
  let changes = [];

  const about = place.querySelector(".live-about");
  const begin = el("button", { type: "button", className: "live-stop", textContent: "Change data" });
  const now = el("p", { className: "live-now", role: "status" });
  const bar = el("progress", { hidden: true, max: 1, value: 0 });
  bar.setAttribute("aria-label", "Progress");
  const form = el("form", { className: "change-form", hidden: true });
  const list = el("ul", { className: "change-list" });
  const result = el("div", { className: "live-result" });
  place.replaceChildren(about, el("p", { className: "live-buttons" }, begin), form, list, bar, now, result);

  const say = (text) => {
    now.textContent = text;
  };
  const field = (words, control, note) => el("label", {}, el("span", { textContent: words }), control, note ?? "");
  const table = el("select", { name: "table" });
  const row = el("input", { name: "row", type: "number", min: 2, step: 1, value: 2, required: true });
  const column = el("select", { name: "column" });
  const value = el("input", { name: "value", type: "text", autocomplete: "off", spellcheck: false });
  const there = el("small", {});
  const file = el("input", { name: "file", type: "file", accept: ".csv,text/csv" });
  const add = el("button", { type: "button", className: "live-stop", textContent: "Change this cell" });
  const larger = el("button", { type: "button", className: "live-stop", textContent: "Make this row ten per cent larger" });
  const go = el("button", { type: "submit", className: "live-start", textContent: "Run with the changes", disabled: true });
  const back = el("button", { type: "button", className: "live-stop", textContent: "Undo all", disabled: true });
  const stop = el("button", { type: "button", className: "live-stop", textContent: "Stop", hidden: true });
  form.append(
    el("div", { className: "change-fields" }, field("Table", table), field("Row, as a spreadsheet counts", row), field("Column", column), field("New value", value, there)),
    el("p", { className: "live-buttons" }, add, larger),
    field("Or a whole file in the place of this table (drop it here, or choose it)", file),
    el("p", { className: "live-buttons" }, go, back, stop),
  );

  async function guarded(act) {
    try {
      await act();
    } catch (error) {
      const isStopped = error.message === "stopped";
      say(isStopped ? "Stopped; the changes are undone." : `That did not work: ${error.message}.`);
      if (isStopped) await ready();
    }
  }

  async function ready() {
    machine = new window.BookMachine(place.dataset.book);
    const { loaded } = await machine.parts();
    const size = Object.values(loaded).reduce((sum, one) => sum + one.bytes, 0);
    changes = [];
    tell();
    await machine.start(({ got, phase }) => say(phase ? "Starting Python" : `Loading: ${window.bookBytes(got)} of ${window.bookBytes(size)}`));
    tables = JSON.parse(await machine.call("tables"));
    say("");
  }

  begin.addEventListener("click", () =>
    guarded(async () => {
      begin.disabled = true;
      try {
        await ready();
      } catch (error) {
        begin.disabled = false;
        throw error;
      }
      table.replaceChildren(...Object.entries(tables).map(([name, { title }]) => el("option", { value: name, textContent: `${title} (${name}.csv)` })));
      begin.hidden = true;
      form.hidden = false;
      chooseTable();
      table.focus();
    }),
  );

  function chooseTable() {
    const { columns, rows } = tables[table.value];
    row.max = rows + 1;
    if (Number(row.value) > rows + 1) row.value = 2;
    column.replaceChildren(...columns.map((name) => el("option", { value: name, textContent: name })));
    look();
  }

  async function look() {
    if (!row.checkValidity()) {
      there.textContent = `The table has rows 2 to ${row.max}.`;
      return;
    }
    const cells = JSON.parse(await machine.call("cells_of", table.value, Number(row.value)));
    const held = cells[tables[table.value].columns.indexOf(column.value)];
    there.textContent = held === "" ? "The cell is empty." : `Now: ${held}`;
  }
  table.addEventListener("change", () => guarded(async () => chooseTable()));
  for (const one of [row, column]) one.addEventListener("change", () => guarded(look));

  add.addEventListener("click", () =>
    guarded(async () => {
      if (!row.reportValidity()) return;
      const place = [table.value, Number(row.value), column.value, value.value];
      const before = await machine.call("change", ...place);
      changes.push(`${place[0]}.csv, row ${place[1]}, column ${place[2]}: ${before || "empty"} → ${place[3] || "empty"}`);
      tell();
      await look();
    }),
  );

  larger.addEventListener("click", () =>
    guarded(async () => {
      if (!row.reportValidity()) return;
      const changed = JSON.parse(await machine.call("nudge", table.value, Number(row.value), 1.1));
      if (!changed.length) say("This row has no number but its key.");
      changes.push(...changed.map(([name, before, after]) => `${table.value}.csv, row ${row.value}, column ${name}: ${before} → ${after}`));
      tell();
      await look();
    }),
  );

  async function take(given) {
    if (!given) return;
    await machine.call("drop", table.value, await given.text());
    changes.push(`${table.value}.csv: the file ${given.name}`);
    tell();
    file.value = "";
  }
  file.addEventListener("change", () => guarded(() => take(file.files[0])));
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    guarded(() => take(event.dataTransfer.files[0]));
  });

  back.addEventListener("click", () =>
    guarded(async () => {
      await machine.call("reset");
      changes = [];
      result.replaceChildren();
      say("All tables are as they are published.");
      tell();
      await look();
    }),
  );
  stop.addEventListener("click", () => machine.stop());

  function tell() {
    list.replaceChildren(...changes.map((text) => el("li", { textContent: text })));
    go.disabled = back.disabled = !changes.length;
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    guarded(async () => {
      const buttons = [add, larger, go, back, file];
      for (const one of buttons) one.disabled = true;
      stop.hidden = bar.hidden = false;
      bar.value = 0;
      result.replaceChildren();
      try {
        await run();
      } finally {
        for (const one of buttons) one.disabled = false;
        stop.hidden = bar.hidden = true;
      }
    });
  });

  async function run() {
    say("Checking the data as a build does");
    const lines = JSON.parse(await machine.call("refused"));
    if (lines.length) {
      say("A build refuses these data; nothing was run.");
      result.append(el("h3", { textContent: "The data do not fit their schemas" }), el("ul", { className: "live-refused" }, ...lines.map((text) => el("li", {}, el("code", { textContent: text })))));
      return;
    }
    const [facts, claims, pages] = await Promise.all(["facts.json", "claims.json", "_live/pages.json"].map((name) => machine.json(name)));
    const outcomes = await machine.runAll((part, page, cell, of) => {
      bar.value = part;
      say(`${pages[page]?.title ?? page}: cell ${cell} of ${of}`);
    });
    say("Comparing");
    await show(outcomes, facts.facts, claims.claims, JSON.parse(await machine.call("verdicts")));
  }

  async function show(outcomes, facts, claims, verdicts) {
    const ran = Object.assign({}, ...outcomes.map((one) => one.facts));
    const published = Object.fromEntries(facts.map(({ id, value }) => [id, value]));
    const found = JSON.parse(await machine.call("compared", JSON.stringify(ran), JSON.stringify(published)));
    const at = Object.fromEntries([...facts, ...claims].map(({ id, address }) => [id, new URL(address, machine.book).href]));
    const link = (id) => (at[id] ? el("a", { href: at[id], textContent: id }) : id);
    const short = (one) => (typeof one === "number" ? String(Number(one.toPrecision(6))) : String(one));
    const numbers = found.differ.map(({ key, run, published: was }) => [link(key), short(was), short(run), ran[key].unit]);
    const lost = found.only_published.map((key) => [link(key), short(published[key]), "its cell failed", ""]);
    const judged = claims.filter(({ id, verdict }) => verdicts[id] !== verdict).map(({ id, verdict }) => [link(id), verdict, verdicts[id] ?? "none"]);
    const sentences = outcomes.flatMap((one) => one.conditions.filter((each) => !each.holds).map((each) => [each.words, one.page, each.condition]));
    const drawn = [];
    for (const one of outcomes) {
      for (const [label, parts] of Object.entries(one.figures)) {
        if (!(await machine.isDrawnAs(label, parts))) drawn.push([el("a", { href: new URL(`${one.page}.html#${label}`, machine.book).href, textContent: label })]);
      }
    }
    const errors = outcomes.flatMap((one) => one.errors.map(({ cell, error }) => [one.page, String(cell), error]));
    const parts = [
      ["number", "numbers", ["Number", "Published", "With the change", "Unit"], [...numbers, ...lost]],
      ["verdict", "verdicts", ["Claim", "Published", "With the change"], judged],
      ["sentence that no longer holds", "sentences that no longer hold", ["Words", "Page", "Condition"], sentences],
      ["figure", "figures", ["Figure"], drawn],
      ["cell that failed", "cells that failed", ["Page", "Cell", "Error"], errors],
    ];
    const words = parts.map(([one, many, , rows]) => `${rows.length} ${rows.length === 1 ? one : many}`);
    say(`Done. What moved: ${words.slice(0, -1).join(", ")}.`);
    for (const [one, many, head, rows] of parts) {
      if (!rows.length) continue;
      result.append(el("h3", { textContent: `${rows.length} ${rows.length === 1 ? one : many}` }), window.bookTable(head, rows, "live-wrong"));
    }
    place.moved = { differ: found.differ, lost: found.only_published, verdicts: judged.map((one) => one[0].textContent) };
  }
})();
