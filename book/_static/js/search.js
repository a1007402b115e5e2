/* Search over the records of the book: words, numbers as printed, claims by id, names in Chinese. */
(() => {
  const SHOWN = 6;
  const plain = (text) => text.replace(/[\u2018\u2019]/g, "'").replace(/\u00a0/g, " ").toLowerCase();
  const root = document.documentElement.dataset.content_root;
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  let records = null;
  const known = () =>
    (records ??= window.bookRecords.map(([kind, title, text, address]) => ({
      kind, title, text, address, said: plain(`${title} ${text}`), head: plain(title),
    })));

  /* A number is found whole: 8.7 is not in 18.72. A word is found from its beginning; a Chinese name,
     which has no spaces around it, anywhere. */
  function pattern(word) {
    const quoted = word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
    if (/^[\d.,/%]+$/.test(word)) return new RegExp(`(?<![\\d.,])${quoted}(?!\\d|[.,]\\d)`, "u");
    if (/\p{Script=Han}/u.test(word)) return new RegExp(quoted, "u");
    return new RegExp(`(?<![\\p{L}\\d])${quoted}`, "u");
  }

  function found(query) {
    const words = plain(query).trim().split(/\s+/).filter(Boolean);
    if (!words.length) return { words, hits: [] };
    const patterns = words.map(pattern);
    const hits = [];
    for (const record of known()) {
      if (!patterns.every((one) => one.test(record.said))) continue;
      const inHead = patterns.filter((one) => one.test(record.head)).length;
      hits.push([inHead + (record.head === plain(query).trim() ? 10 : 0), record]);
    }
    hits.sort((one, other) => other[0] - one[0]);
    return { words, hits: hits.map(([, record]) => record) };
  }

  /* The text with what was looked for set off, cut around its first place. */
  function excerpt(text, words, room) {
    const all = words.map((word) => pattern(word).source).join("|");
    const first = plain(text).search(new RegExp(all, "u"));
    const from = first > room / 2 ? text.lastIndexOf(" ", first - room / 3) + 1 : 0;
    const cut = text.slice(from, from + room);
    const parts = [];
    let at = 0;
    for (const match of plain(cut).matchAll(new RegExp(all, "gu"))) {
      if (!match[0]) continue;
      parts.push(cut.slice(at, match.index), make("mark", { textContent: cut.slice(match.index, match.index + match[0].length) }));
      at = match.index + match[0].length;
    }
    return [from ? "… " : "", ...parts, cut.slice(at), from + room < text.length ? " …" : ""];
  }

  function build(box, close) {
    const field = make("input", { type: "search", autocomplete: "off", placeholder: "Search this book" });
    field.setAttribute("aria-label", "Search this book");
    const form = make("form", { method: "dialog" }, field);
    if (close) form.append(make("button", { className: "close", textContent: "Close", type: "submit" }));
    const status = make("p", {});
    status.setAttribute("role", "status");
    const kinds = make("div", { className: "kinds" });
    const list = make("ol", {});
    let only = "";

    function show() {
      const { words, hits } = found(field.value);
      const groups = new Map();
      for (const record of hits) groups.set(record.kind, [...(groups.get(record.kind) ?? []), record]);
      if (!groups.has(only)) only = "";
      kinds.replaceChildren(
        ...[...groups].map(([kind, group]) => {
          const button = make("button", { type: "button", className: "plain-button", textContent: `${kind} ${group.length}` });
          button.setAttribute("aria-pressed", String(kind === only));
          button.addEventListener("click", () => {
            only = kind === only ? "" : kind;
            show();
            [...kinds.children].find((one) => one.textContent === button.textContent)?.focus();
          });
          return button;
        }),
      );
      list.replaceChildren();
      for (const [kind, group] of groups) {
        if (only && kind !== only) continue;
        list.append(make("li", { className: "kind", textContent: kind }));
        for (const { title, text, address } of group.slice(0, only ? 60 : SHOWN)) {
          const link = make("a", { href: root + address }, make("span", {}, ...excerpt(title, words, 200)));
          if (text) link.append(make("small", {}, ...excerpt(text, words, 160)));
          list.append(make("li", {}, link));
        }
        const left = group.length - SHOWN;
        if (!only && left > 0) {
          const more = make("button", { type: "button", className: "plain-button", textContent: `${left} more` });
          more.addEventListener("click", () => {
            only = kind;
            show();
            list.querySelector("a")?.focus();
          });
          list.append(make("li", {}, more));
        }
      }
      if (!words.length) status.textContent = "Claims, figures, tables, numbers as printed, terms, sources. Try 8.7, C033 or 725.";
      else if (!hits.length) status.textContent = "Nothing found. Numbers are found as they are printed.";
      else status.textContent = hits.length === 1 ? "1 result" : `${hits.length} results`;
    }

    field.addEventListener("input", show);
    form.addEventListener("submit", (event) => {
      if (event.submitter) return;
      event.preventDefault();
      list.querySelector("a")?.focus();
    });
    field.addEventListener("keydown", (event) => {
      /* Browsers empty a field of this kind first, and close at the second time. */
      if (event.key === "Escape") box.close?.();
      if (event.key !== "Enter") return;
      event.preventDefault();
      list.querySelector("a")?.focus();
    });
    box.append(form, status, kinds, list);
    return { field, show };
  }

  let dialog = null;
  let parts = null;
  window.bookSearch = {
    open(opener) {
      if (!dialog) {
        dialog = make("dialog", { className: "search" });
        dialog.setAttribute("aria-label", "Search");
        parts = build(dialog, true);
        dialog.addEventListener("click", (event) => {
          if (event.target === dialog || event.target.closest("a")) dialog.close();
        });
        dialog.addEventListener("close", () => opener.focus());
        document.body.append(dialog);
      }
      dialog.showModal();
      parts.field.select();
      parts.show();
    },
    fill(place) {
      place.className = "search";
      const { field, show } = build(place, false);
      field.value = new URLSearchParams(location.search).get("q") ?? "";
      show();
      field.focus();
    },
  };
})();
