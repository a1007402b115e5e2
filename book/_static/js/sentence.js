/* A citation of a selected sentence. The button stands at the end of the selection while there is
   one, at the end of the page's order of focus; what it gives is the words, the citation of the page,
   and an address with a text fragment, at which browsers open the place and mark it. */
(() => {
  const article = document.querySelector("article");
  const holder = document.getElementById("cite-data");
  if (!article || !holder || !window.getSelection) return;
  const MOST = 600;
  let box = null;
  let timer = 0;

  const words = (text) => text.replace(/\s+/g, " ").trim();

  /* What a text fragment may hold: percent signs for all that has a meaning in it. */
  const encoded = (text) => encodeURIComponent(text).replace(/-/g, "%2D");

  /* The whole text where it is short, else its beginning and its end. */
  function fragment(text) {
    const parts = text.split(" ");
    if (text.length <= 120 || parts.length < 12) return encoded(text);
    return `${encoded(parts.slice(0, 6).join(" "))},${encoded(parts.slice(-6).join(" "))}`;
  }

  /* The text as a page shows it, without boxes and hidden parts. */
  function selected() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const within = range.commonAncestorContainer;
    const home = within.nodeType === 1 ? within : within.parentElement;
    if (!article.contains(home) || home.closest("pre, input, textarea, svg, .fact-box, .cite")) return null;
    const text = words(selection.toString());
    return text.length >= 20 && text.length <= MOST && text.includes(" ") ? { text, range } : null;
  }

  function citation(text) {
    const page = JSON.parse(holder.textContent);
    const title = page.chapter ? `${page.chapter}${/[?!]$/.test(page.chapter) ? "" : "."} In ` : "";
    const address = `${page.address.split("#")[0]}#:~:text=${fragment(text)}`;
    const said = `${page.authors.join(" & ")}. (${page.day}). ${title}${page.book} (Edition ${page.edition}). ${address}`;
    return { said: `\u201c${text}\u201d\n${said}`, address };
  }

  function hide() {
    box?.remove();
    box = null;
  }

  function show() {
    const found = selected();
    if (!found) return hide();
    if (box?.dataset.text === found.text) return;
    hide();
    box = document.createElement("div");
    box.className = "sentence-cite";
    box.dataset.text = found.text;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Cite the selected words");
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    const { said: text, address } = citation(found.text);
    const give = (word, what) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: word });
      /* The selection stays when the button is pressed. */
      button.addEventListener("pointerdown", (event) => event.preventDefault());
      button.addEventListener("click", async () => {
        try {
          await window.bookCopy(what);
          said.textContent = "Copied";
        } catch {
          said.textContent = "Copying is not allowed here";
        }
      });
      return button;
    };
    box.append(give("Cite this sentence", text), give("Link to it", address), said);
    document.body.append(box);
    place(found.range);
  }

  function place(range) {
    const lines = range.getClientRects();
    const last = lines[lines.length - 1];
    if (!last) return;
    const { width, height } = box.getBoundingClientRect();
    const left = Math.max(8, Math.min(last.right - width / 2, document.documentElement.clientWidth - width - 8));
    const fits = last.bottom + height + 12 < innerHeight;
    box.style.left = `${left + scrollX}px`;
    box.style.top = `${(fits ? last.bottom + 8 : lines[0].top - height - 8) + scrollY}px`;
  }

  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    if (!selected()) return box?.contains(document.activeElement) ? undefined : hide();
    /* After the hand has come to rest, so that nothing moves under it. */
    timer = setTimeout(show, 400);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box) return;
    if (box.contains(document.activeElement)) document.activeElement.blur();
    hide();
  });
})();
