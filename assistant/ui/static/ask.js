// The Ask page: writing, the conversation, the source beside it.
"use strict";

(() => {
  const { tell, parts, pages, setups, actions, asOf, setAsOf, say, words, awaiting, inWords } = window.reading;
  const thread = () => parts.thread.element.querySelector(".thread");
  const turns = () => [...parts.thread.element.querySelectorAll(".turn")];
  const field = () => document.getElementById("question");
  const ids = () => (new URLSearchParams(location.search).get("c") || "").split(",").filter(Boolean);
  let busy = false;
  let active = null;      // the citation that is open
  let opener = null;      // what to give the focus back to

  pages.ask = () => { if (parts.thread && !window.reading.wide()) closePane(); };

  // --- writing
  setups.composer = ({ element }) => {
    const form = element.querySelector("form");
    const box = form.querySelector("#question");
    const draft = sessionStorage.getItem("draft");
    if (draft) box.value = draft;
    const grow = () => {
      box.style.height = "";
      if (box.value) box.style.height = `${Math.min(box.scrollHeight, 240)}px`;
      count();
    };
    const count = () => {
      const over = box.value.length > Number(box.dataset.limit);
      form.querySelector(".length").textContent = over ? box.dataset.tooLong.replace("{count}", box.value.length) : "";
      box.setAttribute("aria-invalid", String(over));
      return over;
    };
    box.addEventListener("input", () => { sessionStorage.setItem("draft", box.value); grow(); });
    box.addEventListener("keydown", (key) => {
      if (key.key === "Enter" && !key.shiftKey && !key.isComposing) { key.preventDefault(); form.requestSubmit(); }
    });
    form.addEventListener("submit", (submit) => {
      submit.preventDefault();
      const question = box.value.trim();
      if (!question || busy || count()) return;
      box.value = "";
      sessionStorage.removeItem("draft");
      grow();
      ask(question, asOf());
    });
    form.addEventListener("change", showFilters);
    grow();
    moved();
  };

  const chosen = (name) => [...parts.composer.element.querySelectorAll(`[name=${name}]:checked`)].map((box) => box.value);
  function showFilters() {
    const number = chosen("kind").length + chosen("jurisdiction").length;
    const label = parts.composer.element.querySelector(".filters .count");
    label.textContent = number ? label.dataset.some.replace("{count}", number) : label.dataset.all;
    label.closest("details").classList.toggle("chosen", number > 0);
  }

  async function ask(question, day) {
    if (busy) return;
    setBusy(true);
    echo(question);
    if (window.reading.isLost() && !(await window.reading.probe())) { setBusy(false); restoreDraft(question); return; }
    tell("composer", "ask", {
      question, as_of: day, conversation: ids(), kinds: chosen("kind"), jurisdictions: chosen("jurisdiction"),
    });
  }

  // The question stands in the conversation at once, before the server has said anything.
  function echo(question) {
    const list = thread();
    const first = list.classList.contains("welcome");
    const turn = document.createElement("article");
    turn.className = "turn echo";
    turn.dataset.state = "pending";
    turn.dataset.question = question;
    const heading = document.createElement("h2");
    heading.textContent = question;
    turn.append(heading);
    if (first) list.replaceChildren(turn); else list.append(turn);
    turn.scrollIntoView({ block: "start" });
  }

  function restoreDraft(question) {
    parts.thread.element.querySelector(".echo")?.remove();
    const box = field();
    if (box && !box.value) { box.value = question; box.dispatchEvent(new Event("input")); }
  }

  function setBusy(on) {
    if (busy === on) return;
    busy = on;
    const form = parts.composer.element.querySelector("form");
    form.querySelector(".stop").hidden = !on;
    form.querySelector(".send").hidden = on;
    awaiting(on);
  }

  function moved() {
    const line = parts.composer.element.querySelector(".moved");
    const last = turns().at(-1);
    const day = asOf() || window.reading.today();
    const shows = Boolean(last) && last.dataset.state === "done" && last.dataset.asOf !== day;
    line.hidden = !shows;
    if (shows) {
      line.firstElementChild.textContent = words("moved").replace("{date}", inWords(day));
      line.querySelector("button").textContent = words("again").replace("{date}", inWords(day));
    }
  }
  document.addEventListener("as-of", moved);

  // --- the conversation
  setups.thread = (part) => {
    part.element.addEventListener("click", (click) => {
      const link = click.target.closest("[data-source]");
      if (link) openFrom(link);
    });
    part.element.addEventListener("submit", sendFeedback);
    part.watch("value", changed);
    part.trigger("restore", { conversation: ids(), as_of: asOf() });
  };

  function changed() {
    const list = thread();
    if (!list) { setBusy(false); return; }
    const going = list.dataset.busy === "true";
    if (busy && !going) finished(list);
    setBusy(going);
    const box = field();
    if (box && turns().length) box.placeholder = box.dataset.followUp;
    parts.composer.element.querySelector("[data-act=new]").hidden = !turns().length;
    moved();
    markActive();
    offerJurisdictions(list.dataset.jurisdictions);
  }

  // The filter by jurisdiction is there where the sources have more than one.
  function offerJurisdictions(names) {
    const field = parts.composer.element.querySelector(".jurisdictions");
    if (!names || field.dataset.names === names) return;
    field.dataset.names = names;
    const kept = chosen("jurisdiction");
    field.querySelector("div").replaceChildren(...names.split("|").map((name) => {
      const label = document.createElement("label");
      const box = Object.assign(document.createElement("input"), { type: "checkbox", name: "jurisdiction", value: name, checked: kept.includes(name) });
      label.append(box, ` ${name}`);
      return label;
    }));
    field.hidden = !names.includes("|");
  }

  function finished(list) {
    const address = new URL(location.href);
    if (list.dataset.conversation) address.searchParams.set("c", list.dataset.conversation); else address.searchParams.delete("c");
    history.replaceState(null, "", address);
    const last = turns().at(-1);
    if (last?.dataset.state === "failed") restoreDraft(last.dataset.question);
    const chip = last?.querySelector(".chip, .source-line");
    if (chip && window.reading.wide()) openFrom(chip, { focus: false });
  }

  Object.assign(actions, {
    example(button) {
      if (button.dataset.asOf) setAsOf(button.dataset.asOf); else setAsOf("");
      ask(button.dataset.question, asOf());
    },
    again(button) {
      const turn = button.closest(".turn");
      ask(turn.dataset.question, turn.dataset.asOf || asOf());
    },
    "again-on"() { const last = turns().at(-1); if (last) ask(last.dataset.question, asOf() || window.reading.today()); },
    stop() {
      tell("composer", "stop");
      turns().at(-1)?.classList.add("halted");
      setBusy(false);
    },
    new() {
      const address = new URL(location.href);
      address.searchParams.delete("c");
      history.pushState(null, "", address);
      parts.thread.trigger("restore", { conversation: [] });
      closePane();
      field().placeholder = field().dataset.placeholder;
      field().focus();
    },
    "no-filters"() {
      for (const box of parts.composer.element.querySelectorAll(".filters :checked")) box.checked = false;
      showFilters();
    },
    async copy(button) {
      const text = button.closest(".turn").querySelector(".copy-text").textContent;
      try { await navigator.clipboard.writeText(text); say(words("copied")); } catch { say(words("notCopied")); }
    },
    helpful(button) { vote(button, { helpful: true }); },
    unhelpful(button) {
      const form = button.closest(".turn").querySelector(".feedback");
      form.hidden = !form.hidden;
      button.setAttribute("aria-expanded", String(!form.hidden));
      if (!form.hidden) form.querySelector("input").focus();
    },
    close() { closePane(); },
    open(button) { openFrom(button); },
  });

  // --- feedback
  function vote(button, opinion) {
    const turn = button.closest(".turn");
    for (const each of turn.querySelectorAll(".vote button")) each.setAttribute("aria-pressed", String(each === button));
    tell("thread", "feedback", { entry: turn.dataset.entry, at: Date.now(), ...opinion });
  }
  function sendFeedback(submit) {
    submit.preventDefault();
    const form = submit.target;
    const reason = form.querySelector(":checked")?.value;
    if (!reason) { form.querySelector("input").focus(); return; }
    vote(form.closest(".turn").querySelector("[data-act=unhelpful]"), { helpful: false, reason, comment: form.querySelector("textarea").value });
    form.hidden = true;
  }

  setups.said = (part) => part.watch("value", () => { const text = part.element.textContent.trim(); if (text) say(text); });

  // --- the source beside it
  const spot = (link) => [Number(link.dataset.start), Number(link.dataset.end)];
  function openFrom(link, { focus = true } = {}) {
    const { source, version = "", on, n, whole } = link.dataset;
    const turn = link.closest(".turn");
    const same = turn ? [...turn.querySelectorAll(".chip")].filter((each) => each.dataset.source === source && each.dataset.start) : [];
    const spans = [];
    for (const each of link.dataset.start ? [link, ...same] : []) {
      const span = spot(each);
      if (!spans.some((known) => known[0] === span[0] && known[1] === span[1])) spans.push(span);
    }
    if (turn) { active = { turn, n }; markActive(); }
    if (!link.closest("#pane")) opener = link;
    parts.pane.focus = focus;
    tell("pane", "open", {
      source, version, on, spans, whole: whole === "true", entry: turn?.dataset.entry || active?.turn.dataset.entry || "", n: n ? Number(n) : null,
    });
  }
  // A conversation out of the journal takes the place of the present one.
  window.reading.reopen = (entries) => {
    const address = new URL(location.href);
    address.searchParams.set("c", entries);
    address.hash = "ask";
    history.pushState(null, "", address);
    window.reading.openPage();
    parts.thread.trigger("restore", { conversation: entries.split(",") });
    scrollTo(0, 0);
  };

  function markActive() {
    for (const each of parts.thread.element.querySelectorAll("[data-source]")) {
      const on = active && active.turn === each.closest(".turn") && each.dataset.n === active.n;
      each.classList.toggle("active", Boolean(on));
    }
  }

  setups.pane = (part) => {
    part.watch("value", () => {
      document.documentElement.toggleAttribute("data-source-open", Boolean(part.element.querySelector(".source:not(.nothing)")));
      const text = part.element.querySelector(".text");
      const to = part.element.querySelector("mark.active") || part.element.querySelector("[data-cited]");
      if (text && to) text.scrollTop += to.getBoundingClientRect().top - text.getBoundingClientRect().top - text.clientHeight / 3;
      else if (text) text.scrollTop = 0;
      document.dispatchEvent(new CustomEvent("source"));
      if (part.focus !== false) part.element.querySelector(".source")?.focus({ preventScroll: true });
    });
  };

  function closePane() {
    document.documentElement.removeAttribute("data-source-open");
    active = null;
    markActive();
    document.dispatchEvent(new CustomEvent("source"));
    opener?.focus();
  }

  document.addEventListener("keydown", (key) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName || "");
    if (key.key === "Escape") {
      const menu = document.querySelector("details.menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
      else if (document.documentElement.hasAttribute("data-source-open")) closePane();
    } else if (key.key === "/" && !typing && document.documentElement.dataset.page === "ask") {
      key.preventDefault();
      field()?.focus();
    }
  });
  document.addEventListener("click", (click) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(click.target)) menu.open = false;
  });
  document.addEventListener("back", () => { if (busy) { const last = turns().at(-1); setBusy(false); if (last) restoreDraft(last.dataset.question); } });
})();
