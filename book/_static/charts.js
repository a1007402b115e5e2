// Charts come alive where a reader comes to them. The page holds each chart drawn, and its parts
// as JSON; Vega is loaded once per page, on the first wish, from the book itself.
(() => {
  const script = document.currentScript;
  const bundle = new URL(script.dataset.bundle, script.src).href;
  let loading = null;

  function loadVega() {
    loading ??= new Promise((resolve, reject) => {
      const tag = document.createElement("script");
      tag.src = bundle;
      tag.onload = resolve;
      tag.onerror = () => {
        loading = null;
        tag.remove();
        reject(new Error("the script of the charts could not be loaded"));
      };
      document.head.append(tag);
    });
    return loading;
  }

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

  class Chart {
    constructor(box) {
      this.box = box;
      this.source = box.querySelector(".chart-parts");
      this.inputs = box.querySelector(".chart-inputs");
      const tools = box.closest("figure")?.nextElementSibling;
      this.button = tools?.querySelector("button");
      this.status = tools?.querySelector("[role=status]");
      this.state = "static";
    }

    watch() {
      const come = () => this.wake();
      this.box.addEventListener("pointerenter", come);
      this.box.addEventListener("focusin", come);
      if (this.button) {
        this.button.hidden = false;
        this.button.addEventListener("click", () => {
          if (this.state === "static") this.goLive();
          else if (this.state === "live") this.goStatic();
        });
      }
      if (this.inputs) {
        new IntersectionObserver(([entry]) => entry.isIntersecting && this.wake(), {
          rootMargin: "300px",
        }).observe(this.box);
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
      return getComputedStyle(this.source).getPropertyValue("--drawing").trim() || "wide";
    }

    async goLive() {
      if (this.state !== "static") return;
      this.state = "loading";
      this.say("");
      try {
        // Vega measures labels, so their font has to be there; without it, it takes another.
        const fonts = ["", "bold "].map((weight) => document.fonts.load(`${weight}12px "Chart Sans"`));
        await Promise.all([loadVega(), Promise.allSettled(fonts)]);
        await this.draw();
        this.button?.setAttribute("aria-pressed", "true");
      } catch (error) {
        this.goStatic();
        this.say("The interactive chart could not be loaded; the picture is complete.");
      }
    }

    async draw() {
      this.parts ??= JSON.parse(this.source.textContent);
      this.shown = this.wanted();
      const spec = {
        ...this.parts[this.shown],
        datasets: this.parts.datasets,
        description: this.box.dataset.description,
      };
      this.inputs?.replaceChildren();
      const stage = document.createElement("div");
      stage.className = "chart-live";
      const made = await window.vegaEmbed(stage, structuredClone(spec), {
        actions: false,
        renderer: "svg",
        defaultStyle: false,
        tooltip: { theme: "book", disableDefaultStyle: true },
        bind: this.inputs ?? undefined,
      });
      openLegend(stage);
      this.clear();
      this.made = made;
      this.box.append(stage);
      this.box.classList.add("is-live");
      this.state = "live";
    }

    clear() {
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
      this.state = "static";
    }

    say(text) {
      if (this.status) this.status.textContent = text;
    }
  }

  for (const box of document.querySelectorAll(".chart")) new Chart(box).watch();
})();
