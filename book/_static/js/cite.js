/* Citations to copy and to download, made from the page's one JSON when a reader opens a control. */
(() => {
  const holder = document.getElementById("cite-data");
  if (!holder) return;
  const page = JSON.parse(holder.textContent);

  /* The signs that a backslash does not escape in TeX; BibTeX counts braces, escaped or not. */
  const TEX = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };
  Object.assign(TEX, { "{": "\\textbraceleft{}", "}": "\\textbraceright{}" });
  const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

  const keyOf = (anchor) =>
    `${page.book.toLowerCase().match(/[a-z]+/g).slice(0, 4).join("-")}-${page.version}-${anchor}`;

  function thing(anchor) {
    const [kind, said] = page.things[anchor];
    /* Styles set a period of their own. */
    const title = said.replace(/\.$/, "");
    return { anchor, kind, title, key: keyOf(anchor), url: `${page.address}#${anchor}`, isPart: kind !== "book" };
  }

  /* The chapter that a thing is in, where it is not that chapter itself. */
  const inChapter = (one) => (one.kind === "chapter" || !page.chapter ? "" : `${page.chapter}, `);

  function bibtex(one) {
    const tex = (text) => text.replace(/[\\~^&%$#_{}]/g, (sign) => TEX[sign] ?? `\\${sign}`);
    const [year, month, day] = page.date.split("-");
    const whole = `Edition ${page.edition}`;
    const home = `In ${page.book}, ${inChapter(one)}edition ${page.edition}`;
    const fields = [
      ["title", `{{${tex(one.title)}}}`],
      ["author", `{${page.authors.map((name) => `{${tex(name)}}`).join(" and ")}}`],
      !one.isPart && ["publisher", `{{${tex(page.authors[0])}}}`],
      one.isPart && ["howpublished", `{${tex(home)}}`],
      !one.isPart && ["edition", `{${tex(page.edition)}}`],
      ["year", `{${year}}`],
      ["month", MONTHS[month - 1]],
      ["day", `{${Number(day)}}`],
      /* Plain styles print no address, and few an edition. */
      ["note", `{${one.isPart ? "" : `${tex(whole)}, `}${tex(one.url)}}`],
      ["url", `{${one.url}}`],
    ].filter(Boolean);
    const lines = fields.map(([name, value]) => `  ${name} = ${value}`);
    return `@${one.isPart ? "misc" : "book"}{${one.key},\n${lines.join(",\n")}\n}\n`;
  }

  /* Clients lose the book of what they take for a figure or an entry; a part of a book keeps it. */
  function ris(one) {
    const lines = [
      ["TY", one.isPart ? "CHAP" : "BOOK"],
      ["ID", one.key],
      ["TI", one.title],
      ...page.authors.map((name) => ["AU", name]),
      one.isPart && ["T2", page.book],
      ["ET", page.edition],
      ["PY", page.date.slice(0, 4)],
      ["DA", `${page.date.replace(/-/g, "/")}/`],
      ["PB", page.authors[0]],
      one.isPart && ["N1", `${one.kind[0].toUpperCase()}${one.kind.slice(1)}; in ${inChapter(one)}${page.book}`],
      ["LA", "en"],
      ["UR", one.url],
      ["ER", ""],
    ].filter(Boolean);
    return lines.map(([tag, value]) => `${tag}  - ${value}\r\n`).join("");
  }

  function csl(one) {
    const isData = one.kind === "dataset";
    const item = {
      id: one.key,
      type: isData ? "dataset" : one.isPart ? "chapter" : "book",
      title: one.title,
      author: page.authors.map((literal) => ({ literal })),
      /* Styles print an edition that is no plain number as it is. */
      ...(isData ? { version: page.edition } : { edition: `Edition ${page.edition}` }),
      publisher: page.authors[0],
      issued: { "date-parts": [page.date.split("-").map(Number)] },
      language: "en",
      URL: one.url,
    };
    if (one.isPart) item["container-title"] = page.book;
    return `${JSON.stringify([item], null, 2)}\n`;
  }

  const FORMATS = {
    Text: ["txt", "text/plain", (one, box) => `${box.querySelector(".cite-text").textContent}\n`],
    BibTeX: ["bib", "application/x-bibtex", bibtex],
    RIS: ["ris", "application/x-research-info-systems", ris],
    "CSL-JSON": ["json", "application/vnd.citationstyles.csl+json", csl],
  };

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      /* Pages opened over plain HTTP have no clipboard of that kind. */
      const area = Object.assign(document.createElement("textarea"), { value: text });
      const before = document.activeElement;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      before?.focus();
      if (!done) throw new Error("the browser refused to copy");
    }
  }

  window.bookCopy = copy;

  function download(name, type, text) {
    const url = URL.createObjectURL(new Blob([text], { type }));
    Object.assign(document.createElement("a"), { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  function row(label, said, act) {
    const group = document.createElement("div");
    group.className = "cite-row";
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", label);
    group.append(`${label} `);
    for (const name of Object.keys(FORMATS)) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.setAttribute("aria-label", `${label} ${name}`);
      button.addEventListener("click", async () => {
        said.textContent = "";
        try {
          await act(name);
          said.textContent = `${name}: ${label === "Copy" ? "copied" : "downloaded"}`;
        } catch {
          said.textContent = "Copying is not allowed here; use Download";
        }
      });
      group.append(button);
    }
    return group;
  }

  function fill(box, one) {
    const said = document.createElement("span");
    said.className = "cite-said";
    said.setAttribute("role", "status");
    const made = (name) => FORMATS[name][2](one, box);
    const save = (name) => download(`${one.anchor}.${FORMATS[name][0]}`, FORMATS[name][1], made(name));
    const link = Object.assign(document.createElement("a"), { href: `#${one.anchor}` });
    link.textContent = "Link to this place";
    if (one.kind === "number") link.href = one.url;
    box.append(row("Copy", said, (name) => copy(made(name))), row("Download", said, save), link, " ", said);
  }

  /* A number, in whose box facts.js asks for it: `url` is where it is computed, from here. */
  window.bookNumber = (key, title, url, format) => {
    const one = { anchor: `fact-${key}`, kind: "number", title, isPart: true };
    one.key = keyOf(one.anchor);
    one.url = new URL(url, page.address).href;
    const said = FORMATS[format]?.[2];
    if (said) return said(one);
    const box = document.createElement("details");
    box.className = "cite";
    const text = Object.assign(document.createElement("p"), { className: "cite-text" });
    text.textContent =
      `${page.authors.join(" & ")}. (${page.day}). ${title} [Number]. ` +
      `In ${page.book} (Edition ${page.edition}). ${one.url}`;
    box.append(Object.assign(document.createElement("summary"), { textContent: "Cite this number" }), text);
    box.addEventListener("toggle", () => {
      if (box.open && !box.querySelector(".cite-row")) fill(box, one);
    });
    return box;
  };

  /* For programs: the citation of a thing of this page, or of a number that stands in it. */
  window.bookCitation = (anchor, name) => {
    const box = document.querySelector(`details.cite[data-cite="${anchor}"]`);
    return FORMATS[name][2](thing(anchor), box);
  };

  for (const box of document.querySelectorAll("details.cite")) {
    box.addEventListener("toggle", () => {
      if (box.open && !box.querySelector(".cite-row")) fill(box, thing(box.dataset.cite));
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !box.open) return;
      box.open = false;
      box.querySelector("summary").focus();
    });
  }
})();
