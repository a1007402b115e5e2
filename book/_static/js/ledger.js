// The ledger's search, filters and sorting. The tables are complete without this script; it adds
// controls above them and keeps their state in the address (#verdict=contradicted&q=GPU). A link may
// also say ?verdict=contradicted: the theme takes every # in a link for a place in the page.
(() => {
  "use strict";
  const ledger = document.querySelector(".ledger");
  if (!ledger) return;

  const COLUMN = { credit: 2, kind: 3, verdict: 4 };
  const VERDICTS = [
    "supported",
    "right number, wrong meaning",
    "partly supported",
    "contradicted",
    "outdated",
    "unproven",
    "cannot tell",
    "not checkable",
  ];
  const SIGNS = ["\u2713", "\u2260", "\u25d0", "\u2717", "\u21ba", "\u2026", "?", "\u2013"];
  // What the rule may be set to; the verdicts of every setting stand in the rows, a letter each, in
  // the order of these options, the last one turning fastest.
  const SWITCHES = {
    grades: ["Sources of grade", ["A to C", "A and B", "A alone"]],
    margin: ["Margins", ["as set", "half", "double"]],
    smuggled: ["Smuggled chips", ["in", "out"]],
    newest: ["On the date of", ["the article", "the newest data"]],
  };
  const classOf = (word) => `claim-${word.replaceAll(",", "").replaceAll(" ", "-")}`;
  const tables = [...ledger.querySelectorAll("table")];
  const clean = (text) => text.replace(/\s+/g, " ").trim();
  const cell = (row, column) => clean(row.cells[column].textContent);

  const claims = tables.flatMap((table) =>
    [...table.tBodies[0].rows].map((row) => ({
      row,
      table,
      section: table.id.replace("ledger-", ""),
      credit: cell(row, COLUMN.credit) || "nobody",
      kind: cell(row, COLUMN.kind),
      verdict: VERDICTS.find((word) => row.classList.contains(classOf(word))),
      asSet: VERDICTS.find((word) => row.classList.contains(classOf(word))),
      letters: row.querySelector(".ledger-settings").value,
      text: clean(row.textContent).toLowerCase(),
    })),
  );
  claims.forEach((claim, place) => (claim.place = place));
  for (const claim of claims) claim.text += claim.table.caption.textContent.toLowerCase();

  const unique = (key) => [...new Set(claims.map((claim) => claim[key]))];
  const options = {
    section: tables.map((t) => [
      t.id.replace("ledger-", ""),
      clean(t.querySelector(".caption-text").textContent),
    ]),
    verdict: VERDICTS.map((word) => [word, word]),
    kind: unique("kind").sort().map((word) => [word, word]),
    credit: unique("credit").sort((a, b) => a.localeCompare(b)).map((word) => [word, word]),
  };
  const labels = { section: "Section", verdict: "Verdict", kind: "Kind", credit: "Credited to" };

  // The controls

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const field = (id, label, control) => {
    control.id = `ledger-filter-${id}`;
    control.name = id;
    return make("div", {}, make("label", { htmlFor: control.id, textContent: label }), control);
  };
  const search = make("input", { type: "search", autocomplete: "off" });
  const selects = {};
  for (const key of Object.keys(options)) {
    selects[key] = make("select", {}, new Option("All", ""));
    for (const [value, text] of options[key]) selects[key].add(new Option(text, value));
  }
  const form = make(
    "form",
    { className: "ledger-filters" },
    field("q", "Search", search),
    ...Object.keys(options).map((key) => field(key, labels[key], selects[key])),
    make("button", { type: "reset", textContent: "Show all" }),
  );
  form.setAttribute("role", "search");
  form.setAttribute("aria-label", "Claims");
  const count = make("p", { className: "ledger-count" });
  count.setAttribute("role", "status");
  const switches = {};
  for (const [key, [, words]] of Object.entries(SWITCHES)) {
    switches[key] = make("select", {});
    for (const word of words) switches[key].add(new Option(word, word));
  }
  const rule = make(
    "form",
    { className: "ledger-filters ledger-rule" },
    ...Object.keys(SWITCHES).map((key) => field(key, SWITCHES[key][0], switches[key])),
    make("button", { type: "reset", textContent: "As the book sets it" }),
  );
  rule.setAttribute("aria-label", "The rule");
  const tally = make("p", { className: "ledger-tally" });
  tally.setAttribute("role", "status");
  ledger.before(rule, tally, form, count);

  // Judging: the verdicts of the chosen setting take the place of the book's

  const setting = () =>
    Object.keys(SWITCHES).reduce(
      (place, key) => place * switches[key].length + Math.max(0, switches[key].selectedIndex),
      0,
    );

  function judge() {
    const place = setting();
    const counts = VERDICTS.map(() => 0);
    let moved = 0;
    for (const claim of claims) {
      const at = claim.letters.charCodeAt(place) - "a".charCodeAt(0);
      claim.row.classList.remove(classOf(claim.verdict));
      claim.verdict = VERDICTS[at];
      claim.row.classList.add(classOf(claim.verdict));
      const differs = claim.verdict !== claim.asSet;
      claim.row.classList.toggle("ledger-moved", differs);
      const shown = claim.row.querySelector(".claim-verdict");
      shown.textContent = `${SIGNS[at]} ${claim.verdict[0].toUpperCase()}${claim.verdict.slice(1)}`;
      shown.title = differs ? `As the book sets the rule: ${claim.asSet}` : "";
      counts[at] += 1;
      moved += differs;
    }
    const words = VERDICTS.map((word, at) => `${counts[at]} ${word}`).join("; ");
    const said = `${words}. ${moved} of ${claims.length} differ from the rule as the book sets it.`;
    if (tally.textContent !== said) tally.textContent = said;
  }

  // Filtering

  let sorted = { column: 0, descending: false };
  // Claims from the top of the page to its end, and how many of them the browser lays out: a long
  // ledger takes seconds each time, and nobody reads on for so long.
  const STEP = 250;
  let ordered = claims;
  let most = STEP;

  function show() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = Object.entries(selects).filter(([, select]) => select.value);
    const filled = new Set();
    let shown = 0;
    for (const claim of ordered) {
      const fits =
        words.every((word) => claim.text.includes(word)) &&
        chosen.every(([key, select]) => select.value === claim[key]);
      shown += fits;
      const hidden = !fits || shown > most;
      if (claim.hidden !== hidden) claim.row.hidden = claim.hidden = hidden;
      if (!hidden) filled.add(claim.table);
    }
    for (const table of tables) {
      const box = table.closest(".table-box") || table;
      box.hidden = !filled.has(table);
    }
    more.hidden = shown <= most;
    more.textContent = `Show ${Math.min(STEP, shown - most)} more of ${shown - most} claims`;
    const said = `${shown} of ${claims.length} claims shown.`;
    if (count.textContent !== said) count.textContent = said;
  }

  const more = make("button", { type: "button", className: "ledger-next", hidden: true });
  ledger.after(more);
  more.addEventListener("click", () => {
    most += STEP;
    show();
  });
  addEventListener("beforeprint", () => {
    most = Infinity;
    show();
  });

  // Sorting, within each section

  const number = (text) => parseInt(text, 10) || 0;
  const order = [
    (claim) => claim.place,
    (claim) => cell(claim.row, 1).toLowerCase(),
    // Claims that credit nobody come last.
    (claim) => (claim.credit === "nobody" ? "\uffff" : claim.credit.toLowerCase()),
    (claim) => claim.kind,
    (claim) => VERDICTS.indexOf(claim.verdict),
    (claim) => number(cell(claim.row, 5)),
  ];

  const letters = new Intl.Collator();

  function sort() {
    const key = order[sorted.column];
    const sign = sorted.descending ? -1 : 1;
    // What is compared is worked out once for each claim, and a table takes its rows at once.
    const keyed = claims.map((claim) => [key(claim), claim]);
    const compare = ([x], [y]) => sign * (typeof x === "string" ? letters.compare(x, y) : x - y);
    const rows = new Map(tables.map((table) => [table, []]));
    for (const [, claim] of keyed.sort(compare)) rows.get(claim.table).push(claim);
    ordered = [...rows.values()].flat();
    // Before the rows move, so that those out of sight move without being laid out.
    show();
    for (const [table, inOrder] of rows) {
      const body = table.tBodies[0];
      const now = [...body.rows];
      if (inOrder.every((claim, at) => claim.row === now[at])) continue;
      const all = document.createDocumentFragment();
      for (const claim of inOrder) all.append(claim.row);
      body.append(all);
    }
    for (const table of tables) {
      [...table.tHead.rows[0].cells].forEach((heading, column) => {
        if (column === sorted.column)
          heading.setAttribute("aria-sort", sorted.descending ? "descending" : "ascending");
        else heading.removeAttribute("aria-sort");
      });
    }
  }

  for (const table of tables) {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = make("button", { type: "button", textContent: clean(heading.textContent) });
      button.addEventListener("click", () => {
        const descending = sorted.column === column && !sorted.descending;
        sorted = { column, descending };
        sort();
        remember();
      });
      heading.replaceChildren(button);
    });
  }

  // The state in the address; the address of a row (#ledger-c028) is left alone

  function remember() {
    const state = new URLSearchParams();
    if (search.value.trim()) state.set("q", search.value.trim());
    for (const key of Object.keys(selects)) if (selects[key].value) state.set(key, selects[key].value);
    for (const key of Object.keys(switches))
      if (switches[key].selectedIndex > 0) state.set(key, switches[key].value);
    if (sorted.column || sorted.descending)
      state.set("sort", `${sorted.descending ? "-" : ""}${sorted.column}`);
    const hash = state.toString();
    history.replaceState(null, "", location.pathname + (hash && `#${hash}`));
  }

  function recall() {
    const hash = location.hash.slice(1);
    if (hash.includes("=") || location.search) {
      const state = new URLSearchParams(hash.includes("=") ? hash : location.search);
      search.value = state.get("q") || "";
      for (const key of Object.keys(selects)) {
        selects[key].value = state.get(key) || "";
        // An address with a word that no claim has shows all of them, not none.
        if (selects[key].selectedIndex < 0) selects[key].value = "";
      }
      for (const key of Object.keys(switches)) {
        switches[key].value = state.get(key) || "";
        if (switches[key].selectedIndex < 0) switches[key].selectedIndex = 0;
      }
      const column = state.get("sort") || "0";
      sorted = { column: Math.abs(number(column)), descending: column.startsWith("-") };
      if (!order[sorted.column]) sorted = { column: 0, descending: false };
    }
    const target = hash.startsWith("ledger-") && document.getElementById(hash);
    if (target && target.hidden) {
      search.value = "";
      for (const select of Object.values(selects)) select.value = "";
    }
    judge();
    sort();
    if (target && target.hidden) {
      most = Infinity;
      show();
    }
    if (target) target.scrollIntoView();
  }

  form.addEventListener("input", () => {
    show();
    remember();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => {
    sorted = { column: 0, descending: false };
    // The browser empties the fields after this event.
    setTimeout(() => {
      sort();
      remember();
    });
  });
  const rejudge = () => {
    judge();
    sort();
    remember();
  };
  rule.addEventListener("input", rejudge);
  rule.addEventListener("submit", (event) => event.preventDefault());
  rule.addEventListener("reset", () => setTimeout(rejudge));
  addEventListener("hashchange", recall);
  recall();
})();
