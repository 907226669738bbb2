/* The page on which answers are marked. Each mark is kept in the browser until the server has written it, so that neither
   a reload nor a server that ends loses any; the next answers are fetched ahead. */
"use strict";

const main = document.getElementById("marking");
const data = JSON.parse(document.getElementById("data").textContent);
const words = data.words;
const byId = (id) => document.getElementById(id);
const AHEAD = 15; // answers that are fetched ahead, as soon as fewer than LEAST of them are there
const LEAST = 8;
const POLL_MS = 10000;
const RETRY_MS = 1000;
const TYPING_MS = 700;

const answers = data.answers;
const state = new Map(answers.map((answer) => [answer.key, answer]));
const texts = new Map(); // key → what the server has rendered
let items = data.items;
let at = 0;
let names = false;
let excepted = new Set(); // keys of the group that do not get the mark
let conflict = null; // what somebody else gave, while we wrote
let undoing = false;
let fetching = false;

/* ---- words and small things ---- */

const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const points = (value) => String(Math.round(value * 100) / 100);
const signed = (value) => (value < 0 ? "−" : "+") + points(Math.abs(value));
const current = () => answers[at];
const live = () => items.filter((item) => !item.retired);
const clock = (moment) => new Date(moment.replace(" ", "T") + "Z").toLocaleString([], { dateStyle: "short", timeStyle: "short" });
const newName = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function say(sentence) {
  byId("status").textContent = sentence;
}

/* ---- the server ---- */

class Refused extends Error {}

async function ask(what, body) {
  const options = { credentials: "same-origin", headers: { Accept: "application/json" } };
  if (body !== undefined) {
    Object.assign(options, { method: "POST", body: JSON.stringify(body) });
    Object.assign(options.headers, { "Content-Type": "application/json", "X-XSRFToken": main.dataset.xsrf });
  }
  const response = await fetch(`${main.dataset.api}/${what}`, options);
  if (response.ok && !response.redirected) return response.json();
  if (response.status === 409 || response.status === 400) throw new Refused((await response.json()).message);
  throw new Error(response.status === 403 || response.redirected ? words.login : fill(words.server, { code: response.status }));
}

/* ---- what waits to be written: kept in the browser, sent in order, each under a name of its own ---- */

const PREFIX = `autograder-mark ${main.dataset.api} ${data.second ? "second " : ""}${data.marker} `;
let queue = [];
let sending = false;
let retry = 0;
let leaving = false; // the page that is asked for next may be older than what is written from now on

function keep(entry) {
  try {
    localStorage.setItem(PREFIX + entry.op, JSON.stringify(entry));
  } catch { /* full or forbidden: the page still has it */ }
}

function recall() {
  const kept = [];
  for (let index = 0; index < localStorage.length; index++) {
    const name = localStorage.key(index);
    if (name.startsWith(PREFIX)) kept.push(JSON.parse(localStorage.getItem(name)));
  }
  queue = kept.sort((one, other) => one.at - other.at);
  for (const entry of queue) if (entry.what === "mark" || entry.what === "second") show_optimistic(entry);
}

function enqueue(what, body) {
  const entry = { op: newName(), at: Date.now() + performance.now() % 1, what, body };
  entry.body.op = entry.op;
  const waiting = queue.at(-1);
  const same = waiting && !waiting.sent && waiting.what === what && what !== "item" && what !== "undo" &&
    Object.keys(waiting.body.answers).join() === Object.keys(body.answers).join();
  if (same) { // only the last of several marks of an answer needs to be sent
    waiting.body.mark = body.mark;
    keep(waiting);
  } else {
    queue.push(entry);
    keep(entry);
  }
  send();
}

async function send() {
  clearTimeout(retry);
  if (sending) return;
  sending = true;
  try {
    while (queue.length) {
      const entry = queue[0];
      entry.sent = true;
      let answer;
      try {
        answer = await ask(entry.what, entry.body);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        done(entry);
        trouble(error.message);
        continue;
      }
      done(entry);
      take(entry, answer);
    }
    if (conflict === null) trouble("");
  } catch (error) {
    const reason = error instanceof TypeError ? words.offline : error.message;
    trouble(`${fill(words.waiting, { count: queue.length })} ${reason}`);
    retry = setTimeout(send, RETRY_MS);
  } finally {
    sending = false;
    show_progress();
  }
}

function done(entry) {
  queue.shift();
  if (!leaving) localStorage.removeItem(PREFIX + entry.op); // else the next page sends it again, under the same name
}

function take(entry, answer) {
  if (answer.items) items = answer.items;
  for (const now of answer.states) {
    for (const later of queue) { // they follow from what was just written
      const seen = later.body.answers && later.body.answers[now.key];
      if (seen) { seen.seen = now.version; delete seen.replaces; keep(later); }
    }
    update(now);
  }
  const own = current() && answer.refused.find((now) => now.key === current().key);
  for (const now of answer.refused) if (entry.what !== "item") update(now);
  if (own && entry.what === "mark") {
    conflict = { now: own, mark: entry.body.mark };
  } else if (answer.refused.length) {
    trouble(fill(words.refused, { count: answer.refused.length }));
  }
  if (entry.what === "mark") say(current() ? summary(current()) : "");
  if (entry.what === "undo") after_undo(answer);
  show();
}

function update(now) {
  const known = state.get(now.key);
  if (!known || queue.some((entry) => entry.body.answers && entry.body.answers[now.key])) return;
  Object.assign(known, now, { waits: false });
  const text = texts.get(now.key);
  if (text) text.stale = true;
}

function trouble(sentence) {
  byId("trouble").textContent = sentence;
  byId("trouble").hidden = !sentence;
}

async function poll() {
  if (document.hidden || queue.length || data.second) return;
  try {
    const answer = await ask(`changes?after=${data.log}`);
    data.log = answer.log;
    if (answer.items) items = answer.items;
    const shown = current() && answer.states.some((now) => now.key === current().key);
    answer.states.forEach(update);
    if (shown || answer.items) show();
    else show_progress();
  } catch { /* the next one may do */ }
}

/* ---- marking ---- */

const mark_of = (answer) => ({
  items: answer.items.filter((id) => live().some((item) => item.id === id)),
  adjustment: answer.adjustment,
  comment: answer.comment,
  done: answer.done,
});

function show_optimistic(entry) {
  for (const key of Object.keys(entry.body.answers)) {
    const answer = state.get(key);
    const mark = entry.body.mark;
    if (answer) Object.assign(answer, mark, { waits: true, open: !(mark.items.length || mark.adjustment || mark.done) });
  }
}

function give(mark, keys = [current().key], replaces = null) {
  const body = { answers: {}, mark };
  for (const key of keys) body.answers[key] = { seen: state.get(key).version, replaces };
  const what = data.second ? "second" : "mark";
  show_optimistic({ body });
  enqueue(what, body);
  show_mark();
  show_progress();
}

function change(changes) {
  if (!current()) return;
  if (conflict) { byId("conflict").querySelector("button").focus(); return; }
  give({ ...mark_of(current()), ...changes });
}

function toggle(item) {
  const given = new Set(mark_of(current()).items);
  if (!given.delete(item.id)) given.add(item.id);
  change({ items: live().map((own) => own.id).filter((id) => given.has(id)), done: false });
}

function undo() {
  if (undoing || data.second) return;
  undoing = true;
  enqueue("undo", {});
}

function after_undo(answer) {
  undoing = false;
  if (answer.nothing) return say(words.nothing_to_undo);
  const index = answers.findIndex((own) => answer.states.some((now) => now.key === own.key));
  if (index >= 0 && !answer.states.some((now) => now.key === current().key)) go(index);
  say(fill(words.undone, { count: answer.states.length }));
}

const group = () => (current().group < 0 ? [] : answers.filter((answer) => answer.group === current().group && answer !== current()));
const receivers = () => group().filter((answer) => !excepted.has(answer.key));

function give_group() {
  const keys = receivers().map((answer) => answer.key);
  if (data.second || !keys.length) return;
  if (current().open) return say(words.mark_first);
  give(mark_of(current()), keys);
  say(fill(words.given_to, { count: keys.length }));
  show();
}

/* ---- going from answer to answer ---- */

async function fetch_texts(keys) {
  const missing = keys.filter((key) => !texts.has(key) || texts.get(key).stale);
  if (!missing.length) return;
  const answer = await ask(`answers?keys=${missing.join(",")}${names ? "&names=1" : ""}`);
  for (const text of answer.answers) texts.set(text.key, text);
}

async function fetch_ahead() {
  const ahead = answers.slice(at + 1, at + 1 + AHEAD).map((own) => own.key);
  if (fetching || ahead.slice(0, LEAST).every((key) => texts.has(key))) return;
  fetching = true;
  try {
    await fetch_texts(ahead);
  } finally {
    fetching = false;
  }
}

function keep_comment() {
  const comment = byId("comment").value;
  clearTimeout(typing);
  if (current() && !conflict && comment !== current().comment) change({ comment });
}

function go(index) {
  if (index < 0 || index >= answers.length) return say(index < 0 ? words.first : words.last);
  keep_comment();
  conflict = null;
  at = index;
  excepted = new Set(group().filter((answer) => !answer.open).map((answer) => answer.key));
  byId("experiments").open = false;
  byId("alike").open = byId("alike").open && group().length > 0;
  show();
  say(`${fill(words.place, { number: at + 1, count: answers.length })}. ${summary(current())}`);
  window.scrollTo(0, 0);
}

function next_open() {
  const later = answers.findIndex((answer, index) => index > at && answer.open);
  const index = later >= 0 ? later : answers.findIndex((answer, index) => index !== at && answer.open);
  if (index < 0) say(words.all_marked);
  else go(index);
}

/* ---- showing ---- */

function summary(answer) {
  if (answer.waits) return words.saving;
  if (answer.score === null) return words.not_marked;
  return fill(answer.open ? words.look_again : words.marked, { score: points(answer.score), most: points(data.max_score) });
}

function show() {
  if (!answers.length) {
    byId("heading").textContent = data.second ? words.no_sample : words.no_answers;
    return;
  }
  const answer = current();
  byId("heading").textContent = fill(words.place, { number: at + 1, count: answers.length });
  show_text();
  show_mark();
  show_conflict();
  show_progress();
  show_alike();
  fetch_texts([answer.key]).then(show_text).then(fetch_ahead).catch((error) => {
    if (!texts.has(answer.key)) trouble(error instanceof TypeError ? words.offline : error.message);
  });
}

function show_text() {
  const answer = current();
  const text = texts.get(answer.key);
  const place = byId("answer");
  if (place.dataset.key !== answer.key || place.dataset.shown !== String(Boolean(text))) {
    place.dataset.key = answer.key;
    place.dataset.shown = String(Boolean(text));
    place.innerHTML = text ? text.html : "";
    if (text && text.empty) place.replaceChildren(element("p", { className: "note", textContent: words.empty }));
  }
  byId("log-list").replaceChildren(...(text && !data.second ? text.log : []).map((entry) =>
    element("li", { textContent: fill(words[`log_${entry.kind}`] || words.log_mark, {
      marker: entry.marker, time: clock(entry.moment), score: entry.score === null ? "–" : points(entry.score) }) })));
  byId("log").hidden = !(text && !data.second && text.log.length);
  const about = [];
  if (names && text) about.push(text.name);
  if (answer.marker && !answer.waits) about.push(fill(words.by, { marker: answer.marker, time: clock(answer.moment) }));
  if (answer.elsewhere) about.push(words.elsewhere);
  byId("about").textContent = about.join(" · ");
}

function show_mark() {
  const answer = current();
  const given = new Set(answer.items);
  byId("points").textContent = answer.waits ? "…" : answer.score === null ? `– / ${points(data.max_score)}` : `${points(answer.score)} / ${points(data.max_score)}`;
  byId("badge").textContent = summary(answer);
  byId("badge").className = `badge ${answer.open ? "open" : answer.score >= data.max_score ? "full" : answer.score > 0 || answer.waits ? "part" : "none"}`;
  byId("items").replaceChildren(...live().map((item, index) => {
    const pressed = given.has(item.id);
    const button = element("button", { className: "item", onclick: () => toggle(item) },
      element("kbd", { textContent: index < 9 ? index + 1 : "" }),
      element("span", { className: "worth", textContent: signed(item.points) }),
      element("span", { className: "says", textContent: item.words }));
    button.setAttribute("aria-pressed", pressed);
    const edit = element("button", { className: "quiet edit", textContent: "✎", onclick: () => open_editor(item) });
    edit.setAttribute("aria-label", fill(words.edit, { words: item.words }));
    return element("li", {}, button, edit);
  }));
  byId("nothing").setAttribute("aria-pressed", answer.done && !given.size);
  if (document.activeElement !== byId("adjustment")) byId("adjustment").value = answer.adjustment || "";
  if (document.activeElement !== byId("comment")) byId("comment").value = answer.comment;
  const counts = new Map();
  for (const own of answers) if (own.comment) counts.set(own.comment, (counts.get(own.comment) || 0) + 1);
  const earlier = [...counts].sort((one, other) => other[1] - one[1]).slice(0, 50).map(([comment]) => comment);
  byId("earlier-field").hidden = !earlier.length;
  byId("earlier").replaceChildren(element("option", { value: "", textContent: words.choose }), ...earlier.map((comment) =>
    element("option", { value: comment, textContent: comment.length > 80 ? `${comment.slice(0, 80)}…` : comment })));
}

function show_progress() {
  const marked = answers.filter((answer) => !answer.open).length;
  byId("progress").textContent = fill(words.progress, { marked, count: answers.length });
  byId("meter").value = answers.length ? marked / answers.length : 0;
}

function show_conflict() {
  const box = byId("conflict");
  const answer = current();
  const own = conflict || (answer.elsewhere && !answer.waits ? { now: answer, mark: null } : null);
  box.hidden = !own;
  if (!own) return box.replaceChildren();
  const { now } = own;
  const values = { marker: now.marker, score: now.score === null ? "–" : points(now.score), text: now.text, time: now.moment ? clock(now.moment) : "" };
  const said = now.elsewhere ? words.conflict_elsewhere : words.conflict;
  const lines = [element("p", { textContent: fill(own.mark ? said : words.set_elsewhere, values) })];
  if (now.text) lines.push(element("pre", { className: "out", textContent: now.text }));
  if (own.mark) {
    lines.push(
      element("button", { textContent: words.keep_theirs, onclick: () => { conflict = null; show(); } }), " ",
      element("button", { className: "quiet", textContent: words.replace, onclick: () => {
        const { mark } = conflict;
        conflict = null;
        give(mark, [answer.key], now.elsewhere ? [now.score, now.text] : null);
        show();
      } }));
  }
  box.replaceChildren(...lines);
}

async function show_alike() {
  const others = group();
  byId("alike").hidden = !others.length;
  if (!others.length) return;
  const key = current().key;
  byId("alike-title").textContent = fill(words.alike, { count: others.length });
  if (!byId("alike").open) return;
  const missing = others.map((answer) => answer.key).filter((own) => !texts.has(own));
  for (let first = 0; first < missing.length; first += 20) await fetch_texts(missing.slice(first, first + 20));
  if (current().key !== key) return;
  const apply = element("button", { onclick: give_group }, element("kbd", { textContent: "g" }), ` ${fill(words.give_to, { count: receivers().length })}`);
  byId("alike-list").replaceChildren(apply, ...others.map((answer) => {
    const box = element("input", { type: "checkbox", checked: !excepted.has(answer.key), onchange: (event) => {
      if (event.target.checked) excepted.delete(answer.key);
      else excepted.add(answer.key);
      apply.lastChild.textContent = ` ${fill(words.give_to, { count: receivers().length })}`;
    } });
    const text = element("div", { className: "answer clipped", innerHTML: (texts.get(answer.key) || { html: "" }).html });
    return element("div", { className: "member" }, element("label", {}, box, ` ${fill(words.place, { number: answers.indexOf(answer) + 1, count: answers.length })} · ${summary(answer)}`), text);
  }));
}

async function show_experiments() {
  const place = byId("experiments-list");
  const { key } = current();
  if (!byId("experiments").open || place.dataset.key === key) return;
  place.textContent = words.reading;
  place.dataset.key = key;
  try {
    const answer = await ask(`experiments?key=${key}`);
    if (place.dataset.key === key) place.innerHTML = answer.html;
  } catch (error) {
    delete place.dataset.key;
    place.textContent = error instanceof TypeError ? words.offline : error.message;
  }
}

/* ---- the rubric ---- */

let edited = null;

function open_editor(item) {
  edited = item || { id: newName(), points: 1, words: "" };
  byId("editor").hidden = false;
  byId("editor-points").value = edited.points;
  byId("editor-words").value = edited.words;
  byId("editor-remove").hidden = !item;
  byId("editor-words").focus();
}

function close_editor() {
  byId("editor").hidden = true;
  byId("add").focus();
}

function save_item(retired) {
  enqueue("item", { id: edited.id, points: Number(byId("editor-points").value), words: byId("editor-words").value, retired });
  close_editor();
}

/* ---- keys ---- */

let typing = 0;
const press = (id) => byId(id).click();

const KEYS = {
  ArrowRight: () => go(at + 1), j: () => go(at + 1), ArrowLeft: () => go(at - 1), k: () => go(at - 1), Enter: next_open,
  0: () => press("nothing"), f: () => press("full"), a: () => press("add"), u: undo, g: give_group, s: () => press("names"),
  c: () => byId("comment").focus(), p: () => byId("adjustment").focus(), "?": () => press("help"),
  e: () => { byId("experiments").open = !byId("experiments").open; },
  m: () => { byId("scheme").open = !byId("scheme").open; },
  l: () => { if (group().length) byId("alike").open = !byId("alike").open; },
};

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input:not([type=checkbox]), textarea, select");
  if (event.key === "Escape" && field) return void (document.activeElement.blur(), byId("heading").focus());
  if (field || byId("keys").open || event.ctrlKey || event.metaKey || event.altKey || !byId("keys-on").checked || !answers.length) return;
  if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
  const action = /^[1-9]$/.test(event.key) ? () => { const item = live()[Number(event.key) - 1]; if (item) toggle(item); } : KEYS[event.key];
  if (!action || (event.repeat && !event.key.startsWith("Arrow"))) return;
  event.preventDefault();
  action();
});

byId("previous").onclick = () => go(at - 1);
byId("next").onclick = () => go(at + 1);
byId("undo").onclick = undo;
byId("help").onclick = () => byId("keys").showModal();
byId("nothing").onclick = () => change({ items: [], adjustment: 0, done: !(current().done && !current().items.length) });
byId("full").onclick = () => change({ items: live().filter((item) => item.points > 0).map((item) => item.id), done: true });
byId("add").onclick = () => open_editor(null);
byId("editor-cancel").onclick = close_editor;
byId("editor-remove").onclick = () => save_item(true);
byId("editor").onsubmit = (event) => { event.preventDefault(); save_item(false); };
byId("adjustment").onchange = () => change({ adjustment: Number(byId("adjustment").value) || 0 });
byId("comment").oninput = () => { clearTimeout(typing); typing = setTimeout(keep_comment, TYPING_MS); };
byId("comment").onblur = keep_comment;
byId("earlier").onchange = (event) => {
  const comment = byId("comment");
  comment.value = [comment.value.trim(), event.target.value].filter(Boolean).join("\n\n");
  event.target.value = "";
  keep_comment();
};
byId("names").onclick = () => {
  names = !names;
  byId("names").setAttribute("aria-pressed", names);
  texts.clear();
  show();
};
byId("experiments").ontoggle = show_experiments;
byId("alike").ontoggle = show_alike;
byId("keys-on").checked = localStorage.getItem("autograder-mark keys") !== "off";
byId("keys-on").onchange = (event) => localStorage.setItem("autograder-mark keys", event.target.checked ? "on" : "off");
window.addEventListener("pagehide", keep_comment);
window.addEventListener("beforeunload", () => { leaving = true; });
window.addEventListener("pageshow", () => { leaving = false; });

recall();
if (answers.length) {
  const first = answers.findIndex((answer) => answer.open);
  at = new URLSearchParams(location.search).has("at") || first < 0 ? 0 : first;
  excepted = new Set(group().filter((answer) => !answer.open).map((answer) => answer.key));
  byId("alike").open = group().length > 0 && new URLSearchParams(location.search).has("at");
  if (data.second) for (const id of ["undo", "add"]) byId(id).hidden = true;
}
show();
send();
setInterval(poll, POLL_MS);
