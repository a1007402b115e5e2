/* Charts come alive where a reader comes to them. The page holds each chart drawn; its parts, and its
   data as a table, lie in a script beside the pages, and Vega in another: both are loaded on the
   first wish, from the book itself, by tags that work from a folder too. */
(() => {
  const { bundle } = document.documentElement.dataset;
  if (!bundle) return;
  const loading = new Map();
  const parts = new Map();
  window.bookFigure = (label, said) => parts.set(label, said);

  function load(address) {
    if (!loading.has(address)) {
      loading.set(
        address,
        new Promise((resolve, reject) => {
          const tag = document.createElement("script");
          tag.src = address;
          tag.onload = resolve;
          tag.onerror = () => {
            loading.delete(address);
            tag.remove();
            reject(new Error("a script of the charts could not be loaded"));
          };
          document.head.append(tag);
        }),
      );
    }
    return loading.get(address);
  }

  // Draw a chart into an element; what runs code in a page (run.js) does it too.
  window.bookEmbed = async (stage, spec, inputs) => {
    await load(bundle);
    return window.vegaEmbed(stage, structuredClone(spec), {
      actions: false,
      // Expressions are read and not compiled: the policy of the pages allows no eval.
      ast: true,
      renderer: "svg",
      defaultStyle: false,
      tooltip: { theme: "book", disableDefaultStyle: true },
      bind: inputs ?? undefined,
    });
  };

  // Vega's legends listen to the pointer only; here they are buttons for the keyboard too.
  function openLegend(stage) {
    for (const legend of stage.querySelectorAll(".role-legend:has([class*='_legend_labels'])")) {
      // A graphics symbol may hold nothing that can be reached.
      legend.setAttribute("role", "group");
      legend.removeAttribute("aria-roledescription");
    }
    for (const label of stage.querySelectorAll("[class*='_legend_labels'] text")) {
      label.setAttribute("tabindex", "0");
      label.setAttribute("role", "button");
      label.setAttribute("aria-label", `Only ${label.textContent}`);
      label.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        label.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      });
    }
  }

  // What is told of a line is told of its point nearest to the pointer. Vega takes pixels of the page
  // for those of the drawing, which the page has scaled, and would find another point or none.
  function nearest(event) {
    // A view that ends says so without an event.
    if (!event || event.type === "mouseout") return null;
    const { mark } = event.target.__data__ ?? {};
    if (!["line", "area", "trail"].includes(mark?.marktype)) return null;
    const pointer = new DOMPoint(event.clientX, event.clientY);
    const at = pointer.matrixTransform(event.target.getScreenCTM().inverse());
    const far = ({ x, y }) => (mark.marktype === "area" ? Math.abs(x - at.x) : Math.hypot(x - at.x, y - at.y));
    return mark.items.reduce((best, item) => (far(item) < far(best) ? item : best)).tooltip;
  }

  class Chart {
    constructor(box) {
      this.box = box;
      this.inputs = box.querySelector(".chart-inputs");
      this.figure = box.closest("figure");
      this.tools = this.figure?.querySelector(".figure-tools");
      this.button = this.tools?.querySelector(".live-button");
      this.rowsButton = this.tools?.querySelector(".rows-button");
      this.status = this.figure?.querySelector(".fig-status");
      this.state = "static";
    }

    watch() {
      const come = () => this.wake();
      if (!this.box.dataset.zooms) this.box.addEventListener("pointerenter", come);
      this.box.addEventListener("focusin", come);
      if (this.button) {
        this.button.addEventListener("click", () => {
          if (this.state === "static") this.goLive();
          else if (this.state === "live") this.goStatic();
        });
      }
      this.rowsButton?.addEventListener("click", () => this.showRows());
      if (this.inputs) {
        // Not before it is in view, so that what is further down costs the first view nothing.
        new IntersectionObserver(([entry]) => entry.isIntersecting && this.wake()).observe(this.box);
      }
      new ResizeObserver(() => {
        if (this.state === "live" && this.wanted() !== this.shown) this.draw();
      }).observe(this.box);
    }

    // A reader who has chosen the picture keeps it, and a bundle that is missing is asked for
    // again by the button only.
    wake() {
      if (!this.declined) this.goLive();
    }

    // The style sheet knows which of the two drawings fits.
    wanted() {
      return getComputedStyle(this.box.querySelector(".chart-drawing")).getPropertyValue("--drawing").trim() || "wide";
    }

    async goLive() {
      if (this.state !== "static") return;
      this.state = "loading";
      this.say("");
      try {
        // Vega measures labels, so their font has to be there; without it, it takes another.
        const fonts = ["", "bold "].map((weight) => document.fonts.load(`${weight}12px "Report Sans"`));
        await Promise.all([load(bundle), this.fetch(), Promise.allSettled(fonts)]);
        await this.draw();
        this.button?.setAttribute("aria-pressed", "true");
      } catch (error) {
        this.goStatic();
        this.say("The interactive chart could not be loaded; the picture is complete.", true);
      }
    }

    async fetch() {
      if (this.parts) return;
      await load(this.tools.dataset.parts);
      this.parts = parts.get(this.figure.id);
    }

    // The rows under the figure, or away again.
    async showRows() {
      const shown = this.figure.querySelector(".chart-rows");
      if (shown) shown.remove();
      else {
        try {
          await this.fetch();
        } catch {
          this.say("The data could not be loaded; the CSV file has them.", true);
          return;
        }
        const rows = document.createElement("div");
        rows.className = "chart-rows";
        rows.tabIndex = 0;
        rows.setAttribute("role", "region");
        rows.setAttribute("aria-label", this.rowsButton.textContent);
        rows.innerHTML = this.parts.table;
        this.figure.append(rows);
        this.tools.open = false;
        rows.focus();
      }
      this.rowsButton.setAttribute("aria-expanded", String(!shown));
    }

    async draw() {
      this.shown = this.wanted();
      const spec = {
        ...this.parts[this.shown],
        datasets: this.parts.datasets,
        description: this.box.dataset.description,
      };
      this.inputs?.replaceChildren();
      const stage = document.createElement("div");
      stage.className = "chart-live";
      const made = await window.bookEmbed(stage, spec, this.inputs);
      const tell = made.view.tooltip();
      made.view.tooltip((handler, event, item, value) =>
        tell.call(made.view, handler, event, item, nearest(event) ?? value),
      );
      await this.share(made.view, spec.params ?? []);
      await made.view.runAsync();
      openLegend(stage);
      this.clear();
      this.made = made;
      this.box.append(stage);
      this.box.classList.add("is-live");
      this.state = "live";
      this.say("Interactive");
    }

    // What a reader sets stands in the address, under the figure's name, so that it can be sent.
    async share(view, params) {
      const bound = params.filter(({ bind }) => bind?.input);
      if (!bound.length || !this.figure) return;
      const own = this.figure.id;
      const sent = new Map((new URLSearchParams(location.search).get(own) ?? "").split(",").map((one) => one.split(":")));
      for (const { name, value, bind } of bound) {
        if (!sent.has(name)) continue;
        const number = Number(sent.get(name));
        if (typeof value === "boolean") view.signal(name, sent.get(name) === "true");
        else if (number >= bind.min && number <= bind.max) view.signal(name, number);
      }
      await view.runAsync();
      const keep = () => {
        const to = new URL(location.href);
        const set = bound.filter(({ name, value }) => view.signal(name) !== value).map(({ name }) => `${name}:${view.signal(name)}`);
        if (set.length) to.searchParams.set(own, set.join(","));
        else to.searchParams.delete(own);
        if (set.length) to.hash = own;
        try {
          history.replaceState(null, "", to);
        } catch {
          // Not from a folder, in some browsers.
        }
      };
      for (const { name } of bound) view.addSignalListener(name, () => {
        clearTimeout(this.keeping);
        this.keeping = setTimeout(keep, 200);
      });
    }

    clear() {
      clearTimeout(this.keeping);
      this.made?.finalize();
      this.made = null;
      this.box.querySelector(".chart-live")?.remove();
    }

    goStatic() {
      this.declined = true;
      this.clear();
      this.inputs?.replaceChildren();
      this.box.classList.remove("is-live");
      this.button?.setAttribute("aria-pressed", "false");
      this.say("");
      this.state = "static";
    }

    say(text, isWrong = false) {
      if (!this.status) return;
      this.status.textContent = text;
      this.status.classList.toggle("is-wrong", isWrong);
    }
  }

  for (const box of document.querySelectorAll(".chart")) new Chart(box).watch();
})();
