/* Before anything is painted: colours that the reader chose earlier. Without a choice, and without
   this script, the style sheet follows the system. Over HTTP, fonts are asked for at once; from a
   folder browsers refuse that, and take them by the style sheet. */
{
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const chosen = localStorage.getItem("colours");
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  } catch {
    /* Pages opened from a folder may have no storage. */
  }
  if (location.protocol.startsWith("http")) {
    for (const name of FONTS) {
      const link = document.createElement("link");
      const href = new URL(name, document.currentScript.src).href;
      Object.assign(link, { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href });
      document.head.append(link);
    }
  }
}
