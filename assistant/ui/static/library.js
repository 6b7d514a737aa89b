// Library, Journal and Quality: lists that are fetched when their page is opened, adding, and what is done with a source.
"use strict";

(() => {
  const { tell, parts, pages, setups, actions, asOf, say } = window.reading;

  // --- the library
  let shownFor = null;
  pages.library = ([source]) => {
    const day = asOf() || window.reading.today();
    if (shownFor !== day) { shownFor = day; tell("library", "show", { as_of: day }); }
    if (source) tell("pane", "open", { source, on: day, spans: [] });
  };
  const refresh = () => { shownFor = null; if (document.documentElement.dataset.page === "library") pages.library([]); };
  document.addEventListener("as-of", refresh);
  document.addEventListener("back", refresh);

  setups.library = (part) => {
    part.element.addEventListener("input", seek);
    part.watch("value", () => { seek(); markRow(); });
  };
  function seek() {
    const root = parts.library.element;
    const words = (root.querySelector("#seek-source")?.value || "").toLowerCase().split(/\s+/).filter(Boolean);
    const kind = root.querySelector("#seek-kind")?.value || "";
    let shown = 0;
    for (const group of root.querySelectorAll(".group")) {
      let here = 0;
      for (const item of group.querySelectorAll("li")) {
        const fits = words.every((word) => item.dataset.sought.includes(word)) && (!kind || item.dataset.kind === kind);
        item.hidden = !fits;
        here += fits;
      }
      group.hidden = !here;
      shown += here;
    }
    const none = root.querySelector(".none");
    if (none) none.hidden = shown > 0;
  }
  function markRow() {
    const open = document.documentElement.hasAttribute("data-source-open") && parts.pane?.element.querySelector(".source")?.dataset.source;
    for (const row of parts.library.element.querySelectorAll(".row")) row.classList.toggle("active", row.dataset.source === open);
  }
  document.addEventListener("source", () => { if (parts.library) markRow(); });

  // --- adding
  setups.add = ({ element, upload }) => {
    const form = element.querySelector("form");
    const state = form.querySelector(".state");
    const send = async (files, url = "") => {
      const limit = Number(form.dataset.limit) * 1e6;
      const large = files.find((file) => file.size > limit);
      if (large) { state.textContent = form.dataset.tooBig.replace("{name}", large.name); return; }
      state.textContent = form.dataset.uploading;
      try {
        const sent = [];
        for (const file of files) sent.push({ name: file.name, path: (await upload(file)).path });
        state.textContent = "";
        tell("add", "add", { files: sent, url, at: Date.now() });
      } catch { state.textContent = ""; window.reading.probe(); say(document.querySelector(".connection strong").textContent); }
    };
    form.querySelector("#add-files").addEventListener("change", (change) => { send([...change.target.files]); change.target.value = ""; });
    form.addEventListener("submit", (submit) => {
      submit.preventDefault();
      const field = form.querySelector("#add-url");
      if (field.value.trim()) send([], field.value.trim());
    });
    for (const name of ["dragover", "dragleave", "drop"]) form.addEventListener(name, (drag) => {
      drag.preventDefault();
      form.classList.toggle("over", name === "dragover");
      if (name === "drop" && drag.dataTransfer.files.length) send([...drag.dataTransfer.files]);
    });
  };
  setups.report = (part) => part.watch("value", () => {
    if (part.element.querySelector("[data-changed=true]")) refresh();
  });

  // --- what is done with a source
  const sourceOf = (button) => ({ source: button.dataset.source, on: button.dataset.on || asOf() || window.reading.today(), at: Date.now() });
  Object.assign(actions, {
    adding() {
      const section = parts.add.element.querySelector(".add");
      section.hidden = !section.hidden;
      if (!section.hidden) { section.querySelector("#add-files").focus(); scrollTo(0, 0); }
    },
    versions(button) { tell("pane", "versions", sourceOf(button)); },
    "ask-removal"(button) { tell("pane", "ask-removal", sourceOf(button)); },
    details(button) { tell("pane", "details", sourceOf(button)); },
    confirm(button) { tell("pane", "decide", { ...sourceOf(button), key: button.dataset.key, confirm: true }); },
    dismiss(button) { tell("pane", "decide", { ...sourceOf(button), key: button.dataset.key, confirm: false }); },
    remove(button) { tell("pane", "remove", sourceOf(button)); },
    "more-entries"(button) { list({ limit: Number(button.dataset.limit) }); },
    verify() { tell("journal", "verify", { at: Date.now() }); },
  });
  document.addEventListener("source", () => { if (parts.pane.element.querySelector("[data-changed=true]")) refresh(); });

  document.addEventListener("submit", (submit) => {
    const form = submit.target.closest("form.fields");
    if (!form) return;
    submit.preventDefault();
    tell("pane", "edit", { ...sourceOf(form), fields: Object.fromEntries(new FormData(form)) });
  });

  // --- the journal
  let resting = "";
  pages.journal = ([what, source]) => { resting = what === "resting" ? source : ""; list({}); };
  const list = (more) => tell("journal", "show", {
    words: resting ? "" : parts.journal?.element.querySelector("#seek-entry")?.value || "", resting, at: Date.now(), ...more,
  });
  setups.journal = ({ element }) => {
    let typing;
    element.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(() => list({}), 300); });
    element.addEventListener("submit", (submit) => { submit.preventDefault(); list({}); });
    element.addEventListener("click", (click) => {
      const link = click.target.closest(".entries a");
      if (!link || click.ctrlKey || click.metaKey || click.shiftKey) return;
      click.preventDefault();
      window.reading.reopen(new URL(link.href).searchParams.get("c"));
    });
  };

  // --- quality
  let looking;
  pages.quality = () => tell("quality", "show", { at: Date.now() });
  setups.quality = (part) => {
    part.element.addEventListener("change", async (change) => {
      const file = change.target.files?.[0];
      if (!file) return;
      try { tell("quality", "run", { file: { name: file.name, path: (await part.upload(file)).path }, at: Date.now() }); } catch { window.reading.probe(); }
    });
    part.watch("value", () => {
      clearTimeout(looking);
      const going = part.element.querySelector("[data-going=true]") && document.documentElement.dataset.page === "quality";
      if (going) looking = setTimeout(pages.quality, 1000);
    });
  };
})();
