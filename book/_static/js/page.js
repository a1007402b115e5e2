/* What every page does: colours, menus, folds that a jump opens, where one is, code to copy. */
(() => {
  const root = document.documentElement;
  const say = (text) => {
    document.getElementById("say").textContent = text;
  };

  /* Colours: as the system, light, dark. Focus stays on the button. */
  {
    const button = document.getElementById("mode");
    const order = ["", "light", "dark"];
    const words = { "": "as the system", light: "light", dark: "dark" };
    const show = () => {
      const text = `Colours: ${words[root.dataset.theme ?? ""]}`;
      button.querySelector("span").textContent = text;
      button.title = text;
    };
    show();
    button.addEventListener("click", () => {
      const next = order[(order.indexOf(root.dataset.theme ?? "") + 1) % order.length];
      if (next) root.dataset.theme = next;
      else delete root.dataset.theme;
      try {
        if (next) localStorage.setItem("colours", next);
        else localStorage.removeItem("colours");
      } catch {
        /* The choice then holds for this page. */
      }
      show();
      say(button.title);
    });
  }

  /* A jump opens the folds around its target, and the target itself where it is a claim. */
  function reveal() {
    let target = null;
    try {
      target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      /* Not an address of ours. */
    }
    if (!target) return;
    /* A thing that has moved to another page: its old address leads on. */
    const on = target.closest(".gone")?.querySelector("a.gone-to");
    if (on) {
      location.replace(on.href);
      return;
    }
    const folds = [];
    if (target.matches(".claim, .finding")) folds.push(target.querySelector("details"));
    let fold = target.parentElement.closest("details");
    while (fold) {
      folds.push(fold);
      fold = fold.parentElement.closest("details");
    }
    const closed = folds.filter((one) => one && !one.open);
    for (const one of closed) one.open = true;
    if (closed.length) target.scrollIntoView();
  }
  addEventListener("hashchange", reveal);
  reveal();

  /* Menus and citations over the page: one open at a time; Escape or a click elsewhere closes. */
  const OVER = "details.menu[open], details.cite[open]";
  const isOver = (one, target) => one.contains(target) || target.closest("details.cite") === one;
  addEventListener("click", (event) => {
    for (const one of document.querySelectorAll(OVER)) {
      const left = event.target.closest(".pop a:not([download])");
      if (!isOver(one, event.target) || (left && one.contains(left))) one.open = false;
    }
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = [...document.querySelectorAll(OVER)].pop();
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  /* Boxes of tables can be reached by keyboard where they scroll, and only there. */
  {
    const boxes = [...document.querySelectorAll(".table-box, article pre:not(.code pre)")];
    const mark = () => {
      const wide = boxes.map((box) => box.scrollWidth > box.clientWidth + 1);
      boxes.forEach((box, index) => {
        if (wide[index]) box.tabIndex = 0;
        else box.removeAttribute("tabindex");
        box.classList.toggle("scrolls", wide[index]);
      });
    };
    if (boxes.length) new ResizeObserver(mark).observe(document.querySelector("article"));
  }

  /* Where one is on the page. */
  {
    const links = [...document.querySelectorAll(".side a")].filter((link) => link.hash);
    const places = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    const seen = new Set();
    const watch = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) seen.add(target);
          else seen.delete(target);
        }
        const now = places.findLastIndex((place) => seen.has(place));
        if (now < 0) return;
        links.forEach((link, index) => {
          if (index === now) link.setAttribute("aria-current", "location");
          else link.removeAttribute("aria-current");
        });
      },
      { rootMargin: "-10% 0px -75%" },
    );
    for (const place of places) if (place) watch.observe(place);
  }

  /* Code is copied on demand; the button comes when its fold opens. */
  for (const fold of document.querySelectorAll("details.code")) {
    fold.addEventListener("toggle", () => {
      if (!fold.open || fold.querySelector("button")) return;
      for (const box of fold.querySelectorAll(".cell-code")) {
        const button = Object.assign(document.createElement("button"), { type: "button" });
        button.textContent = "Copy";
        button.addEventListener("click", async () => {
          try {
            await navigator.clipboard.writeText(box.querySelector("pre").textContent);
            say("Code copied");
            button.textContent = "Copied";
          } catch {
            say("Copying is not allowed here");
          }
        });
        const buttons = document.createElement("span");
        buttons.append(button);
        if (root.dataset.run) {
          const run = Object.assign(document.createElement("button"), { type: "button", className: "run-button" });
          run.textContent = "Change and run";
          buttons.prepend(run, " ");
        }
        box.querySelector("p").append(buttons);
      }
    });
  }

  /* Running code: its script comes with the first wish. */
  addEventListener("click", (event) => {
    const button = event.target.closest(".run-button");
    if (!button) return;
    if (window.bookRun) {
      window.bookRun(button);
      return;
    }
    const tag = document.createElement("script");
    tag.src = root.dataset.run;
    tag.onload = () => window.bookRun(button);
    tag.onerror = () => say("What runs code could not be loaded");
    document.head.append(tag);
  });

  /* Search: its script and records come with the first wish. */
  {
    const opener = document.getElementById("find");
    let loading = null;
    const load = () =>
      (loading ??= Promise.all(
        [opener.dataset.search, opener.dataset.records].map(
          (address) =>
            new Promise((resolve, reject) => {
              const script = document.createElement("script");
              Object.assign(script, { src: address, onload: resolve, onerror: reject });
              document.head.append(script);
            }),
        ),
      ));
    const open = () =>
      load().then(
        () => window.bookSearch.open(opener),
        () => location.assign(opener.href),
      );
    opener.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest("input, textarea, select, [contenteditable]")) return;
      event.preventDefault();
      open();
    });
    const page = document.getElementById("search-page");
    if (page) load().then(() => window.bookSearch.fill(page));
  }
})();
