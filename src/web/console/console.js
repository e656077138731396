// Makes the page live. Everything it does is on top of pages and forms that work without it.
"use strict";

document.documentElement.classList.add("js");
if (localStorage.theme) document.documentElement.dataset.theme = localStorage.theme;

addEventListener("DOMContentLoaded", () => {
  const live = document.getElementById("live");
  if (!live) return;
  const { room, formKey, person, as } = live.dataset;
  const acting = as ? { as } : {};
  const $ = (selector, from = document) => from.querySelector(selector);

  // ---- Times: how long ago, and the exact moment of the reader's zone on hover.

  const ago = new Intl.RelativeTimeFormat(navigator.language, { numeric: "auto", style: "narrow" });
  const units = [["day", 86400], ["hour", 3600], ["minute", 60]];

  function tellTimes(within = document) {
    for (const time of within.querySelectorAll("time")) {
      const at = new Date(time.dateTime);
      const seconds = (at - Date.now()) / 1000;
      const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
      time.textContent = unit === "second" && seconds <= 0 ? "just now" : ago.format(Math.round(seconds / size), unit);
      time.title = at.toLocaleString();
    }
  }
  tellTimes();
  setInterval(() => { if (!document.hidden) tellTimes(); }, 30000);

  // ---- What the house tells: messages, the list of rooms, the environment.

  const html = (text) => {
    const template = document.createElement("template");
    template.innerHTML = text;
    return template.content.firstElementChild;
  };
  const listOf = (thread) => (thread ? $(`aside.thread[data-thread="${CSS.escape(thread)}"] ol.messages`) : $("main ol.messages"));

  /** Puts a message into its list, in the place of what it was before. */
  function put(list, id, text, mayAdd) {
    if (!list) return;
    const fresh = html(text);
    tellTimes(fresh);
    const old = [...list.children].find((item) => item.id === `m-${id}`);
    if (!old) {
      if (mayAdd) list.append(fresh);
      return;
    }
    const focused = document.activeElement;
    if (!old.contains(focused)) return old.replaceWith(fresh);
    const [card, next] = [$("article.card", old), $("article.card", fresh)];
    if (!card || !next || !focused.closest(".actions")) return old.replaceWith(fresh);
    // What the reader has in hand, an open select above all, stays until they leave the card; all else of it tells the
    // truth at once.
    card.dataset.state = next.dataset.state;
    for (const part of [...card.children]) if (!part.matches(".actions")) part.remove();
    for (const part of next.children) {
      if (!part.matches(".actions")) card.insertBefore(part.cloneNode(true), $(".actions", card));
    }
    waiting.set(old, fresh);
  }

  const waiting = new WeakMap();
  addEventListener("focusout", ({ target, relatedTarget }) => {
    const old = target.closest?.("ol.messages > li");
    if (!old || !waiting.has(old) || old.contains(relatedTarget)) return;
    // A press that took the focus away has its click before its button goes.
    setTimeout(() => {
      if (old.isConnected && !old.contains(document.activeElement)) old.replaceWith(waiting.get(old));
    }, 200);
  });

  let seen = Number(live.dataset.seq ?? 0);
  function noteRead() {
    if (document.hidden || !seen) return;
    const body = new URLSearchParams({ room, seq: seen, form_key: formKey, ...acting });
    fetch("/read", { method: "POST", body }).catch(() => {});
    seen = 0;
  }
  addEventListener("visibilitychange", noteRead);
  noteRead();

  let last = live.dataset.changed;
  function connect() {
    const source = new EventSource(`/live?${new URLSearchParams({ room, after: last, ...acting })}`);
    source.onopen = () => { $("#offline").hidden = true; };
    source.onerror = () => {
      $("#offline").hidden = false;
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(connect, 2000);
    };
    source.addEventListener("message", (event) => {
      last = event.lastEventId;
      const { id, seq, thread, html, first } = JSON.parse(event.data);
      put(listOf(thread), id, html, true);
      if (first) put(listOf(), thread, first, false);
      seen = Math.max(seen, seq);
      noteRead();
    });
    source.addEventListener("nav", ({ data }) => $("#rooms").replaceWith(html(data)));
    source.addEventListener("pane", ({ data }) => {
      const fresh = html(data);
      tellTimes(fresh);
      $("#environment").replaceWith(fresh);
    });
  }
  if (room) connect();

  // ---- What the reader does: say something, press something.

  async function send(address, body) {
    const response = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ form_key: formKey, key: crypto.randomUUID(), ...acting, ...body }),
    });
    if (!response.ok) throw new Error((await response.text()) || response.statusText);
    return response.json();
  }
  const cannotSend = (cause) => (cause instanceof TypeError ? "Not sent: the connection is down. Try again." : cause.message);

  const said = JSON.parse(sessionStorage.said ?? "[]");

  async function say(form) {
    const input = form.elements.text;
    const text = input.value;
    if (!text.trim()) return;
    const [thread, key, note] = [form.elements.thread?.value, crypto.randomUUID(), $(".note", form)];
    said.push(text);
    sessionStorage.said = JSON.stringify(said.slice(-50));
    const pending = document.createElement("li");
    pending.id = `m-${person}.${key}`;
    pending.className = "pending";
    pending.innerHTML = '<div class="by"><b></b> sending…</div><p></p>';
    $("b", pending).textContent = person;
    $("p", pending).textContent = text;
    listOf(thread)?.append(pending);
    $("main .scroll").scrollTo(0, $("main .scroll").scrollHeight);
    input.value = "";
    note.textContent = "";
    closeCompletions();
    try {
      const { event } = await send("/api/v1/messages", { room, text, thread, key, is_talk: true });
      const { outcome, answers } = await (await fetch(`/api/v1/events/${event}?wait=20`)).json();
      if (outcome !== "refused" || input.value) return;
      // What was refused can be put right and said again.
      input.value = text;
      note.textContent = (answers[0] ?? "").replaceAll("`", "");
      input.addEventListener("input", () => { note.textContent = ""; }, { once: true });
    } catch (cause) {
      if (pending.isConnected && pending.matches(".pending")) pending.remove();
      if (!input.value) input.value = text;
      note.textContent = cannotSend(cause);
    }
  }

  async function press(form, action, button) {
    const select = form.elements[`value.${action}`];
    if (button) button.disabled = true;
    try {
      await send("/api/v1/presses", {
        message: form.elements.message.value,
        action,
        value: select?.value,
        guard: Number(form.elements.guard.value),
      });
    } catch (cause) {
      $("main .note").textContent = cannotSend(cause);
    } finally {
      // A double click is one press; the card is drawn anew when something came of it.
      setTimeout(() => { if (button) button.disabled = false; }, 400);
    }
  }

  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches(".composer")) {
      event.preventDefault();
      say(form);
    } else if (form.matches(".press") && event.submitter) {
      event.preventDefault();
      const { asks } = event.submitter.dataset;
      if (asks && !confirm(asks)) return;
      press(form, event.submitter.value, event.submitter);
    }
  });
  addEventListener("change", ({ target }) => {
    if (target.matches(".press select")) press(target.form, target.name.replace("value.", ""));
    if (target.matches("main .composer select[name=as]")) location.search = new URLSearchParams({ room, as: target.value });
    else if (target.matches(".composer select[name=as]")) acting.as = target.value;
  });

  // ---- Threads open over the right pane.

  let shown = location.search;

  addEventListener("click", async (event) => {
    const link = event.target.closest?.("a.replies, a.close");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    $("#thread")?.remove();
    history.pushState(null, "", link.href);
    shown = location.search;
    live.classList.toggle("has-thread", link.matches(".replies"));
    if (link.matches(".close")) return;
    const page = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html");
    const thread = $("#thread", page);
    if (!thread) return;
    tellTimes(thread);
    live.append(thread);
    $("input[name=text]", thread).focus();
  });

  // Moving between panes on a phone is no other page.
  addEventListener("popstate", () => { if (location.search !== shown) location.reload(); });

  // ---- Completion: what may come next, and the usage of the command under the cursor.

  let offered = null;
  let asked = 0;

  function closeCompletions() {
    asked += 1;
    offered?.list.remove();
    offered = null;
  }

  async function complete(input) {
    const mine = (asked += 1);
    const text = input.value.slice(0, input.selectionStart);
    if (!text.trim()) {
      $(".note", input.form).textContent = "";
      return closeCompletions();
    }
    let found;
    try {
      found = await (await fetch(`/api/v1/complete?${new URLSearchParams({ room, text, ...acting })}`)).json();
    } catch {
      return;
    }
    if (mine !== asked || document.activeElement !== input) return;
    offered?.list.remove();
    offered = null;
    $(".note", input.form).textContent = found.usage ?? "";
    if (!found.items?.length) return;
    const list = document.createElement("ul");
    list.className = "completions";
    list.setAttribute("role", "listbox");
    for (const { text, hint } of found.items) {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.append(Object.assign(document.createElement("b"), { textContent: text }), ` ${hint ?? ""}`);
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        take(input, text);
      });
      list.append(item);
    }
    $(".line", input.form).append(list);
    offered = { list, items: found.items, from: found.from, at: -1 };
  }

  function mark(step) {
    const items = [...offered.list.children];
    offered.at = (offered.at + step + items.length) % items.length;
    items.forEach((item, at) => item.setAttribute("aria-selected", at === offered.at));
  }

  function take(input, text) {
    const rest = input.value.slice(input.selectionStart);
    const before = input.value.slice(0, offered.from) + text;
    input.value = `${before}${rest.startsWith(" ") ? "" : " "}${rest}`;
    input.setSelectionRange(before.length + 1, before.length + 1);
    closeCompletions();
    complete(input);
  }

  addEventListener("input", ({ target }) => {
    if (target.matches(".composer input[name=text]")) complete(target);
    if (target.matches("#palette input")) showPalette(target.value);
  });
  addEventListener("focusout", ({ target }) => { if (target.matches?.(".composer input")) closeCompletions(); });

  let back = 0;
  function composerKey(event, input) {
    if (offered && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      mark(event.key === "ArrowDown" ? 1 : offered.at < 0 ? 0 : -1);
    } else if (offered && (event.key === "Tab" || (event.key === "Enter" && offered.at >= 0)) && !event.shiftKey) {
      event.preventDefault();
      take(input, offered.items[Math.max(offered.at, 0)].text);
    } else if (offered && event.key === "Escape") {
      closeCompletions();
    } else if (event.key === "ArrowUp" && said.length && (!input.value || input.value === said[said.length - back])) {
      event.preventDefault();
      back = Math.min(input.value ? back + 1 : 1, said.length);
      input.value = said[said.length - back];
    }
  }

  // ---- Keys, and the palette of rooms, commands and environments.

  const palette = $("#palette");
  let places = [];
  let chosen = 0;
  let opening = Promise.resolve();

  /** Resolves when there is something to choose from. Who types faster than that loses nothing. */
  async function openPalette() {
    palette.showModal();
    const input = $("input", palette);
    input.value = "";
    try {
      places = await (await fetch(`/api/v1/palette?${new URLSearchParams(acting)}`)).json();
    } catch {
      places = [];
    }
    showPalette(input.value);
  }

  function matching(typed) {
    const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
    const told = ({ kind, text, hint }) => `${kind} ${text} ${hint ?? ""}`.toLowerCase();
    return places.filter((place) => words.every((word) => told(place).includes(word))).slice(0, 12);
  }

  function showPalette(typed) {
    chosen = 0;
    $("ul", palette).replaceChildren(...matching(typed).map((place, at) => {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", at === 0);
      item.append(Object.assign(document.createElement("b"), { textContent: place.text }), ` ${place.hint ?? place.kind}`);
      item.addEventListener("click", () => go(place));
      return item;
    }));
  }

  function go(place) {
    palette.close();
    if (place.kind === "command") {
      const input = $("main .composer input[name=text]");
      input.value = `${place.text} `;
      input.focus();
      complete(input);
    } else if (place.kind === "room") {
      const address = new URL(place.address, location);
      if (as && as !== person) address.searchParams.set("as", as);
      location.assign(address);
    } else {
      open(place.address, "_blank", "noopener");
    }
  }

  palette.addEventListener("keydown", async (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      await opening;
    }
    const found = matching($("input", palette).value);
    if (event.key === "Enter" && found[chosen]) {
      go(found[chosen]);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(found.length, 1);
      [...$("ul", palette).children].forEach((item, at) => item.setAttribute("aria-selected", at === chosen));
    }
  });

  addEventListener("keydown", (event) => {
    const { target } = event;
    const isTyping = target.matches?.("input, select, textarea");
    if ((event.ctrlKey || event.metaKey) && event.key === "k") {
      event.preventDefault();
      if (!palette.open) opening = openPalette();
    } else if (target.matches?.(".composer input[name=text]")) {
      composerKey(event, target);
    } else if (!isTyping && event.key === "/") {
      event.preventDefault();
      $("main .composer input[name=text]")?.focus();
    } else if (!isTyping && event.key === "?") {
      event.preventDefault();
      $("#keys").showModal();
    }
  });

  $("[data-theme-switch]").addEventListener("click", () => {
    const next = { undefined: "dark", dark: "light", light: undefined }[localStorage.theme];
    if (next) localStorage.theme = next;
    else localStorage.removeItem("theme");
    document.documentElement.toggleAttribute("data-theme", false);
    if (next) document.documentElement.dataset.theme = next;
  });
});
