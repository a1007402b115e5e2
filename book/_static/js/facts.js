/* What stands behind a number: by a moment's hover, a tap, or Enter; never by focus alone. A second
   Enter, or the link in the box, goes to the cell that computes it, which is all that a number does
   without this script. The box stays while pointer or focus is on it; Escape closes it. */
(() => {
  const holder = document.getElementById("fact-data");
  if (!holder || !HTMLElement.prototype.showPopover) return;
  const page = JSON.parse(holder.textContent);
  const DELAY = 300;

  const box = document.createElement("span");
  box.id = "fact-box";
  box.className = "fact-box";
  box.setAttribute("popover", "manual");
  let shown = null;
  let timer = 0;

  const keyOf = (link) => decodeURIComponent(link.hash).replace(/^#fact-/, "");

  function part(...children) {
    const line = document.createElement("span");
    line.className = "fact-line";
    line.append(...children);
    return line;
  }

  function linked(text, href) {
    if (!href) return text;
    return Object.assign(document.createElement("a"), { textContent: text, href });
  }

  function sourceLine(id) {
    const one = page.sources[id];
    const when = one.published ? `published ${one.published}` : one.accessed && `read ${one.accessed}`;
    if (!one.publisher) return part("Source: ", one.title);
    return part("Source: ", linked(one.title, one.href), `, ${one.publisher}`, when ? `, ${when}` : ", no date known");
  }

  function tableLines(name) {
    const table = page.tables[name];
    const lines = [part("Table: ", linked(table.title, table.href), `, as of ${table.as_of}`)];
    for (const id of table.sources) lines.push(sourceLine(id));
    if (!table.sources.length && table.count) lines.push(part(`Sources: ${table.count}, row by row in that table`));
    if (table.words) lines.push(part(`Source: ${table.words}`));
    return lines;
  }

  function fill(link) {
    const fact = page.facts[keyOf(link)];
    const value = document.createElement("strong");
    value.textContent = fact.value;
    const lines = [part(value), ...fact.tables.flatMap(tableLines), ...fact.sources.map(sourceLine)];
    for (const name of fact.measures) {
      const code = Object.assign(document.createElement("code"), { textContent: name });
      lines.push(part("Measure: ", code, `. ${page.measures[name]}`));
    }
    const cell = linked("The cell that computes it", link.getAttribute("href"));
    const key = keyOf(link);
    const days = fact.tables.map((name) => page.tables[name].as_of).filter(Boolean).sort();
    const asOf = days.length ? `, as of ${days.at(-1)}` : "";
    const title = `${link.textContent} (${fact.value}; fact ${key}${asOf})`;
    const cite = window.bookNumber?.(key, title, link.getAttribute("href"));
    /* A later edition has another value; edition.js has loaded which. */
    const [after, why, at] = window.bookNewer?.facts[key] ?? [];
    if (after) {
      const { edition } = window.bookNewer;
      const root = document.querySelector("nav.edition").dataset.root;
      lines.splice(1, 0, part(`Edition ${edition} has `, linked(after, root + at), ` (${why})`));
    }
    box.replaceChildren(...lines, part(cell), ...(cite ? [cite] : []));
    cite?.addEventListener("toggle", () => shown && place(shown));
  }

  function place(link) {
    const at = link.getClientRects()[0] ?? link.getBoundingClientRect();
    const size = box.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left, document.documentElement.clientWidth - size.width - 8));
    const below = at.bottom + 4 + size.height < innerHeight || at.top < size.height;
    box.style.left = `${left}px`;
    const top = below ? at.bottom + 2 : at.top - size.height - 2;
    box.style.top = `${Math.max(8, Math.min(top, innerHeight - size.height - 8))}px`;
  }

  function show(link) {
    clearTimeout(timer);
    if (shown === link) return;
    hide();
    shown = link;
    fill(link);
    /* Right behind its number, so that Tab goes from the number into the box and on. */
    link.after(box);
    link.setAttribute("aria-expanded", "true");
    link.setAttribute("aria-controls", box.id);
    box.showPopover();
    place(link);
  }

  function hide() {
    clearTimeout(timer);
    if (!shown) return;
    shown.setAttribute("aria-expanded", "false");
    shown.removeAttribute("aria-controls");
    shown = null;
    if (box.isConnected) box.hidePopover();
    box.remove();
  }

  const later = (act) => {
    clearTimeout(timer);
    timer = setTimeout(act, DELAY);
  };
  const isInside = (target) => target && (box.contains(target) || shown?.contains(target));
  const leave = () => later(() => {
    if (!isInside(document.activeElement)) hide();
  });

  for (const link of document.querySelectorAll("a.fact-link")) {
    if (!page.facts[keyOf(link)]) continue;
    /* The box says it, and more; two tips would cover each other. */
    link.removeAttribute("title");
    link.setAttribute("aria-expanded", "false");
    link.addEventListener("pointerenter", (event) => {
      if (event.pointerType === "mouse") later(() => show(link));
    });
    link.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse") leave();
    });
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      /* Enter on a number whose box is there already goes on to the cell. */
      const isKey = event.detail === 0;
      if (shown === link && isKey) return hide();
      event.preventDefault();
      if (shown === link && event.pointerType === "touch") hide();
      else show(link);
    });
  }
  box.addEventListener("pointerenter", () => clearTimeout(timer));
  box.addEventListener("pointerleave", leave);
  box.addEventListener("click", (event) => {
    if (event.target.closest("a")) hide();
  });
  document.addEventListener("focusin", (event) => {
    if (shown && !isInside(event.target)) hide();
  });
  document.addEventListener("pointerdown", (event) => {
    if (shown && !isInside(event.target)) hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    const link = shown;
    const wasInside = box.contains(document.activeElement);
    hide();
    if (wasInside) link.focus();
  });
  addEventListener("scroll", () => shown && place(shown), { passive: true });
})();
