/* The way to the same page in another edition. The list of editions lies beside them, in
   editions.js, so that a later edition changes no byte of an earlier one. */
(() => {
  const place = document.querySelector("nav.edition");
  const known = window.bookEditions;
  if (!place || !known) return;
  const { edition, root, page } = place.dataset;
  const newest = known[0].version;
  withdraw((known.find((one) => one.version === edition) ?? {}).withdrawn ?? []);

  const fold = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = edition === newest ? `Edition ${edition}` : `Edition ${edition} (newest: ${newest})`;
  const list = document.createElement("ul");
  for (const { version, date, pages } of known) {
    const link = document.createElement("a");
    const there = pages.includes(page);
    link.textContent = `${version} of ${date}${there ? "" : ", without this page"}`;
    link.href = `${root}${version}/${there ? page : "index.html"}`;
    if (version === edition) link.setAttribute("aria-current", "page");
    else if (there) link.addEventListener("click", () => { link.hash = location.hash; });
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  fold.append(summary, list);
  place.replaceChildren(fold);

  /* What later editions found of this one lies beside the editions too: this page changes no byte.
     A number gets a mark and a line in its box; a claim, finding or figure a line of its own. */
  if (edition === newest || !known.some((one) => one.version === edition)) return;
  const script = document.createElement("script");
  Object.assign(script, { src: `${root}changes/since-${edition}.js`, onload: tell });
  document.head.append(script);

  function tell() {
    const newer = window.bookNewer;
    const link = (at, words) => Object.assign(document.createElement("a"), { href: root + at, textContent: words });
    let numbers = 0;
    for (const number of document.querySelectorAll("a.fact-link")) {
      if (!newer.facts[decodeURIComponent(number.hash).replace(/^#fact-/, "")]) continue;
      number.classList.add("is-newer");
      numbers += 1;
    }
    const told = { verdicts: ["claim-", 0], findings: ["finding-", 0], figures: ["", 0] };
    for (const [kind, count] of Object.entries(told)) {
      for (const [id, [after, why, at]] of Object.entries(newer[kind])) {
        const block = document.getElementById(count[0] + id.toLowerCase());
        if (!block) continue;
        count[1] += 1;
        const line = Object.assign(document.createElement("p"), { className: "newer" });
        const words = kind === "figures" ? `other data (${why}). ` : `${after} (${why}). `;
        line.append(`In edition ${newer.edition}: ${words}`, at ? link(at, "See it there") : "It is gone there");
        (block.querySelector(":scope > .fig-foot") ?? block).append(line);
      }
    }
    const counts = [[numbers, "number"], ...Object.entries(told).map(([kind, [, count]]) => [count, kind.slice(0, -1)])];
    const words = counts.filter(([count]) => count).map(([count, word]) => `${count} ${word}${count > 1 ? "s" : ""}`);
    if (!words.length) return;
    const line = document.createElement("p");
    const rest = words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words[0];
    line.append(`On this page ${rest} changed since. `, link(newer.page, `What edition ${newer.edition} says`));
    place.append(line);
  }

  /* Said beside the editions, as of a whole one or of a number; the page itself stays as it was. */
  function withdraw(notices) {
    for (const { number, date, reason } of notices) {
      const links = [...document.querySelectorAll(`a.fact-link[href$="#fact-${number}"]`)];
      if (number && !links.length) continue;
      const what = number ? `The number ${links[0].textContent} (${number})` : "This edition";
      const line = document.createElement("p");
      line.className = "withdrawn";
      line.setAttribute("role", "note");
      line.textContent = `${what} was withdrawn on ${date}. ${reason}`;
      document.querySelector("article").prepend(line);
      for (const link of links) link.classList.add("is-withdrawn");
    }
  }
})();
