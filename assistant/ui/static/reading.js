// What all pages share: the parts of the page and their events, the asked date, theme, pages, messages, the connection.
// A part (a gr.HTML component) is attached by name when Gradio has made it; clicks on [data-act] go to the part's actions.
"use strict";

window.reading = (() => {
  const parts = {};          // name → {element, trigger, upload}
  const pages = {};          // name → what happens when a page is opened
  const setups = {};         // name → what brings a part to life
  const root = document.documentElement;
  const prefix = location.pathname.startsWith("/zh") ? "/zh" : "";

  // Theme: the reader's choice, else the system's. Set before anything is painted.
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const chosenTheme = () => localStorage.getItem("theme");
  const setTheme = () => { root.dataset.theme = chosenTheme() || (dark.matches ? "dark" : "light"); };
  setTheme();
  dark.addEventListener("change", setTheme);

  // Gradio sets the language of the page to the browser's; the page is in its own.
  const language = prefix ? "zh" : "en";
  const keepLanguage = () => { if (root.lang !== language) root.lang = language; };
  new MutationObserver(keepLanguage).observe(root, { attributeFilter: ["lang"] });
  keepLanguage();

  function attach(name, element, trigger, upload, watch, events) {
    const part = { element, trigger, upload, watch, events };
    parts[name] = part;
    element.addEventListener("click", (click) => {
      const button = click.target.closest("[data-act]");
      const action = button && (actions[button.dataset.act]);
      if (action) action(button, part, click);
    });
    setups[name]?.(part);
    for (const [event, data] of early[name] || []) trigger(event, data);
    delete early[name];
  }

  // What is told to a part that Gradio has not made yet waits for it.
  const early = {};
  function tell(name, event, data = {}) {
    if (parts[name]) parts[name].trigger(event, data); else (early[name] ||= []).push([event, data]);
  }

  // The asked date: "" is today.
  const today = () => new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  const asOf = () => sessionStorage.getItem("as-of") || "";
  function setAsOf(day) {
    const value = day === today() ? "" : day;
    if (value) sessionStorage.setItem("as-of", value); else sessionStorage.removeItem("as-of");
    showAsOf();
    document.dispatchEvent(new CustomEvent("as-of", { detail: value }));
  }
  const inWords = (day) => new Intl.DateTimeFormat(prefix ? "zh" : "en-GB", { day: "numeric", month: "short", year: "numeric" }).format(new Date(`${day}T12:00`));
  function showAsOf() {
    const field = document.getElementById("as-of");
    if (!field) return;
    field.value = asOf() || today();
    field.previousElementSibling.textContent = inWords(field.value);
    field.closest("label").classList.toggle("chosen", Boolean(asOf()));
    document.querySelector("[data-act=today]").hidden = !asOf();
  }

  const actions = {
    theme() { localStorage.setItem("theme", root.dataset.theme === "dark" ? "light" : "dark"); setTheme(); },
    today() { setAsOf(""); document.getElementById("as-of").focus(); },
    reconnect() { probe(); },
    retry() { location.reload(); },
  };

  setups.header = ({ element }) => {
    const field = element.querySelector("#as-of");
    field.addEventListener("click", () => { try { field.showPicker(); } catch { /* typing works as well */ } });
    field.addEventListener("change", () => { if (field.value) setAsOf(field.value); else setAsOf(""); });
    const language = element.querySelector(".language");
    language.addEventListener("click", () => { language.href = language.getAttribute("href").split(/[?#]/)[0] + location.search + location.hash; });
    showAsOf();
    openPage();
  };

  // Pages: one is shown at a time, named by the address after #.
  const current = () => { const name = location.hash.slice(1).split("/")[0]; return pages[name] ? name : "ask"; };
  function openPage() {
    const name = current();
    root.dataset.page = name;
    for (const link of document.querySelectorAll("nav [data-page]")) {
      if (link.dataset.page === name) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
    }
    pages[name]?.(location.hash.slice(1).split("/").slice(1).map(decodeURIComponent));
  }
  // The page has a <base>, against which "#library" would be another page: links to a part of this one stay in it.
  document.addEventListener("click", (click) => {
    const link = click.target.closest?.("a[href^='#']");
    if (!link || click.ctrlKey || click.metaKey || click.shiftKey) return;
    click.preventDefault();
    const name = link.getAttribute("href").slice(1);
    if (link.classList.contains("skip")) document.getElementById(name)?.focus();
    else if (location.hash.slice(1) === name) openPage(); else location.hash = name;
  });
  addEventListener("hashchange", (change) => {
    const was = new URL(change.oldURL).hash.slice(1).split("/")[0] || "ask";
    openPage();
    if (was !== current()) scrollTo(0, 0);
  });

  // A short message, also read aloud.
  let leaving;
  function say(text) {
    const notice = document.querySelector(".notice");
    if (!notice) return;
    notice.textContent = text;
    notice.classList.add("shown");
    clearTimeout(leaving);
    leaving = setTimeout(() => notice.classList.remove("shown"), 4000);
  }
  const words = (name) => document.querySelector(".notice")?.dataset[name] || "";

  // The connection: asked for while something is awaited, and again and again once it is lost.
  let lost = false;
  let timer;
  async function probe() {
    clearTimeout(timer);
    let alive = false;
    try { alive = (await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(4000) })).ok; } catch { alive = false; }
    const before = lost;
    lost = !alive;
    root.toggleAttribute("data-lost", lost);
    const banner = document.querySelector(".connection");
    if (banner) banner.hidden = !lost;
    if (before && alive) { say(words("back")); document.dispatchEvent(new CustomEvent("back")); }
    if (lost || waiting > 0) timer = setTimeout(probe, lost ? 2000 : 3000);
    return alive;
  }
  let waiting = 0;
  function awaiting(on) {
    waiting = Math.max(0, waiting + (on ? 1 : -1));
    if (waiting) { clearTimeout(timer); timer = setTimeout(probe, 3000); }
  }
  addEventListener("offline", probe);
  addEventListener("online", probe);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) probe(); });

  return { attach, tell, parts, pages, setups, actions, asOf, setAsOf, today, say, words, awaiting, probe, openPage, prefix, inWords,
           isLost: () => lost, wide: () => matchMedia("(min-width: 64rem)").matches };
})();
