/* Code of a page, changed and run beside it: new figures stand next to the published ones, and numbers
   that move show both values. One Python for the page; nothing is loaded before a button is pressed. */
(() => {
  const el = window.bookElement;
  const root = document.documentElement;
  const book = new URL(root.dataset.content_root || "./", document.baseURI);
  const page = location.pathname.slice(book.pathname.length).replace(/(\.html)?$/, "");
  const base = new URL(".", document.currentScript.src);
  document.head.append(el("link", { rel: "stylesheet", href: new URL(LIVE_SHEET, base).href }));

  let machine = null;
  let cells = null;
  let formats = null;
  let isBusy = false;
  const editors = new Map();

  window.bookRun = (button) => {
    const figure = button.closest("figure");
    const menu = button.closest("details.menu");
    if (menu) menu.open = false;
    const box = figure ? document.querySelector(`.cell-code[data-figure="${figure.id}"]`) : button.closest(".cell-code");
    if (!box) return;
    if (!editors.has(box)) editors.set(box, new Editor(box));
    editors.get(box).open(figure ?? box);
  };

  class Editor {
    constructor(box) {
      this.box = box;
      this.cell = Number(box.dataset.cell) - 1;
      this.published = box.querySelector("pre").textContent;
      const lines = this.published.split("\n").length;
      this.area = el("textarea", { value: this.published, rows: Math.min(24, lines + 1), spellcheck: false, wrap: "off" });
      this.area.setAttribute("aria-label", "Code of this cell");
      this.area.setAttribute("autocapitalize", "off");
      this.start = el("button", { type: "button", className: "live-start", textContent: "Run" });
      this.stop = el("button", { type: "button", className: "live-stop", textContent: "Stop", hidden: true });
      this.back = el("button", { type: "button", className: "live-stop", textContent: "Reset" });
      this.shut = el("button", { type: "button", className: "live-stop", textContent: "Close" });
      this.now = el("p", { className: "live-now", role: "status" });
      this.now.textContent = "Runs the cells of this page in your browser. The first run loads Python and the libraries from this site, about 24 MB, and keeps them. Ctrl+Enter runs too.";
      this.found = el("div", { className: "live-result" });
      this.place = el("div", { className: "verify run-place" }, this.area, el("p", { className: "live-buttons" }, this.start, this.stop, this.back, this.shut), this.now, this.found);
      this.start.addEventListener("click", () => this.run());
      this.stop.addEventListener("click", () => machine?.stop());
      this.back.addEventListener("click", () => this.reset());
      this.shut.addEventListener("click", () => {
        this.reset();
        this.place.remove();
      });
      this.area.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          this.run();
        }
      });
    }

    open(where) {
      where.append(this.place);
      this.area.focus();
    }

    say(text) {
      this.now.textContent = text;
    }

    reset() {
      this.area.value = this.published;
      this.found.replaceChildren();
      unmark();
      this.say("As published.");
    }

    async run() {
      if (isBusy) return;
      isBusy = true;
      this.start.disabled = true;
      this.stop.hidden = false;
      unmark();
      this.found.replaceChildren();
      try {
        await prepare((text) => this.say(text));
        const own = cells.map((cell, at) => {
          const changed = [...editors.values()].find((one) => one.cell === at && one.place.isConnected);
          return changed ? { ...cell, source: changed.area.value } : cell;
        });
        const outcome = await machine.ask({ act: "run", page, cells: own }, ({ cell, of }) => this.say(`Cell ${cell} of ${of}`));
        await this.show(outcome);
      } catch (error) {
        const isStopped = error.message === "stopped";
        this.say(isStopped ? "Stopped." : `It could not be run: ${error.message}.`);
        machine?.stop();
        machine = null;
      }
      isBusy = false;
      this.start.disabled = false;
      this.stop.hidden = true;
    }

    async show(outcome) {
      const moved = await mark(outcome.facts);
      const drawn = await draw(outcome.figures, this.box.dataset.figure);
      const failing = outcome.conditions.filter((one) => !one.holds);
      const lines = [
        ...outcome.errors.map(({ cell, error }) => `Cell ${cell} failed: ${error}`),
        ...failing.map(({ words }) => `No longer holds: “${words}”`),
      ];
      if (lines.length) this.found.append(el("ul", {}, ...lines.map((text) => el("li", { textContent: text }))));
      if (moved.length) {
        const rows = moved.map(({ link, key, was, is }) => [el("a", { href: `#${(link.id ||= `moved-${key}`)}`, textContent: key }), was, is]);
        this.found.append(window.bookTable(["Number on this page", "Published", "Now"], rows, "live-wrong"));
      }
      const said = (count, one, many) => `${count} ${count === 1 ? one : many}`;
      this.say(`Done in ${outcome.seconds} seconds: ${said(moved.length, "printed number moves", "printed numbers move")}, ${said(drawn, "figure changes", "figures change")}${lines.length ? ", and see below" : ""}.`);
    }
  }

  async function prepare(say) {
    if (machine) return;
    const made = new window.BookMachine(book.href);
    const { loaded } = await made.parts();
    const size = Object.values(loaded).reduce((sum, one) => sum + one.bytes, 0);
    machine = made;
    await made.start(({ got, phase }) => say(phase ? "Starting Python and the libraries" : `Loading: ${window.bookBytes(got)} of ${window.bookBytes(size)}`));
    cells = JSON.parse(await made.call("cells"))[page];
    formats = (await made.json("_live/pages.json"))[page].facts;
    if (!cells) throw new Error("this page has no cells");
  }

  /* Numbers of the page that the run changes: both values, until they are reset. */
  async function mark(facts) {
    const links = [...document.querySelectorAll("a.fact-link")];
    if (links.length !== formats.length) throw new Error("the numbers of this page are not those that were built");
    const printed = JSON.parse(await machine.call("reprinted", JSON.stringify(facts), JSON.stringify(formats)));
    const moved = [];
    links.forEach((link, at) => {
      const was = link.querySelector(".fact");
      const is = printed[at];
      if (is === null || is === was.textContent) return;
      moved.push({ link, key: formats[at][0], was: was.textContent, is });
      link.classList.add("is-moved");
      link.append(el("ins", { className: "fact-now", textContent: is }));
    });
    return moved;
  }

  function unmark() {
    for (const now of document.querySelectorAll(".fact-now, .run-new")) now.remove();
    for (const link of document.querySelectorAll(".is-moved")) link.classList.remove("is-moved");
  }

  /* Figures that are drawn otherwise now, each beside its published one. */
  async function draw(figures, own) {
    let count = 0;
    for (const [label, parts] of Object.entries(figures)) {
      const figure = document.getElementById(label);
      if (!figure) continue;
      const isSame = await machine.isDrawnAs(label, parts);
      if (isSame && label !== own) continue;
      count += isSame ? 0 : 1;
      const drawing = figure.querySelector(".chart-drawing");
      const which = getComputedStyle(drawing ?? figure).getPropertyValue("--drawing").trim() || "wide";
      const read = JSON.parse(parts.replace(/([:,[])NaN(?=[,\]}])/g, "$1null"));
      const stage = el("div", { className: "chart-live" });
      const inputs = el("div", { className: "chart-inputs" });
      const chart = el("div", { className: "chart is-live" }, inputs, stage);
      const name = isSame ? "With your code: the same drawing" : "With your code";
      const place = el("div", { className: "run-new" }, el("p", { textContent: name }), chart);
      figure.querySelector(".fig-foot").before(place);
      await window.bookEmbed(stage, { ...read[which], datasets: read.datasets }, inputs);
      if (!inputs.childElementCount) inputs.remove();
    }
    return count;
  }
})();
