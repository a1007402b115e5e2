/* Citations to copy and to download, made from the page's one JSON when a reader opens a control. */
(() => {
  const holder = document.getElementById("cite-data");
  if (!holder) return;
  const page = JSON.parse(holder.textContent);

  /* What each kind of thing is in BibTeX, RIS and CSL. */
  const KINDS = {
    book: ["book", "BOOK", "book"],
    chapter: ["incollection", "CHAP", "chapter"],
    section: ["incollection", "CHAP", "chapter"],
    figure: ["misc", "FIGURE", "figure"],
    table: ["misc", "DATA", "dataset"],
    dataset: ["misc", "DATA", "dataset"],
    claim: ["misc", "GEN", "entry"],
    finding: ["misc", "GEN", "entry"],
  };
  /* The signs that a backslash does not escape in TeX; BibTeX counts braces, escaped or not. */
  const TEX = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };
  Object.assign(TEX, { "{": "\\textbraceleft{}", "}": "\\textbraceright{}" });
  const MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

  function thing(anchor) {
    const [kind, title] = page.things[anchor];
    const key = `${page.book.toLowerCase().match(/[a-z]+/g).slice(0, 4).join("-")}-${page.version}-${anchor}`;
    return { anchor, kind, title, key, url: `${page.address}#${anchor}`, isPart: kind !== "book" };
  }

  function bibtex(one) {
    const tex = (text) => text.replace(/[\\~^&%$#_{}]/g, (sign) => TEX[sign] ?? `\\${sign}`);
    const [year, month, day] = page.date.split("-");
    const whole = KINDS[one.kind][0] === "misc" ? "howpublished" : "booktitle";
    const fields = [
      ["title", `{{${tex(one.title)}}}`],
      ["author", `{${page.authors.map((name) => `{${tex(name)}}`).join(" and ")}}`],
      one.isPart && [whole, `{{${tex(page.book)}}}`],
      one.isPart && one.kind !== "chapter" && ["note", `{In {${tex(page.chapter)}}}`],
      ["edition", `{${tex(page.edition)}}`],
      ["version", `{${tex(page.version)}}`],
      ["year", `{${year}}`],
      ["month", MONTHS[month - 1]],
      ["day", `{${Number(day)}}`],
      ["url", `{${one.url}}`],
    ].filter(Boolean);
    const lines = fields.map(([name, value]) => `  ${name} = ${value}`);
    return `@${KINDS[one.kind][0]}{${one.key},\n${lines.join(",\n")}\n}\n`;
  }

  function ris(one) {
    const lines = [
      ["TY", KINDS[one.kind][1]],
      ["ID", one.key],
      ["TI", one.title],
      ...page.authors.map((name) => ["AU", name]),
      one.isPart && ["T2", page.book],
      ["ET", page.edition],
      ["PY", page.date.slice(0, 4)],
      ["DA", `${page.date.replace(/-/g, "/")}/`],
      ["N1", `Version ${page.version}${one.isPart ? `; in ${page.chapter}` : ""}`],
      ["LA", "en"],
      ["UR", one.url],
      ["ER", ""],
    ].filter(Boolean);
    return lines.map(([tag, value]) => `${tag}  - ${value}\r\n`).join("");
  }

  function csl(one) {
    const item = {
      id: one.key,
      type: KINDS[one.kind][2],
      title: one.title,
      author: page.authors.map((literal) => ({ literal })),
      edition: page.edition,
      version: page.version,
      issued: { "date-parts": [page.date.split("-").map(Number)] },
      language: "en",
      URL: one.url,
    };
    if (one.isPart) Object.assign(item, { "container-title": page.book, genre: one.kind });
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

  function fill(box) {
    const one = thing(box.dataset.cite);
    const said = document.createElement("span");
    said.className = "cite-said";
    said.setAttribute("role", "status");
    const made = (name) => FORMATS[name][2](one, box);
    const save = (name) => download(`${one.anchor}.${FORMATS[name][0]}`, FORMATS[name][1], made(name));
    const link = Object.assign(document.createElement("a"), { href: `#${one.anchor}` });
    link.textContent = "Link to this place";
    box.append(row("Copy", said, (name) => copy(made(name))), row("Download", said, save), link, " ", said);
  }

  for (const box of document.querySelectorAll("details.cite")) {
    box.addEventListener("toggle", () => {
      if (box.open && !box.querySelector(".cite-row")) fill(box);
    });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !box.open) return;
      box.open = false;
      box.querySelector("summary").focus();
    });
  }
})();
