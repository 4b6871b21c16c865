"use strict";
/*
 * The dashboard of braid: reads the JSON of its own listener and shows it. Everything that comes
 * from there is put into the page as text, never as HTML.
 */
const POLL = 2000, POLL_REQUESTS = 4000, POLL_SHAPE = 30000, PATIENCE = 5000, SHOWN = 40;
const KINDS = ["failed", "degraded", "slow", "asked", "ordinary"];
const SVG = "http://www.w3.org/2000/svg";

const seen = { figures: null, status: null, requests: [], matrix: null, config: null };
const rows = new Map();
let lastGood = 0, lastError = "", isPaused = false, filter = "", kind = "all", opener = null, sheetTurn = 0;

/* --- making nodes ------------------------------------------------------------------------- */

const at = (id) => document.getElementById(id);

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}
const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const unseen = (text) => h("span", { class: "unseen" }, text);

/* --- numbers ------------------------------------------------------------------------------ */

function rate(value) {
  if (!value) return "0";
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
}
function time(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms < 10) return ms.toFixed(1) + " ms";
  if (ms < 1000) return Math.round(ms) + " ms";
  return (ms / 1000).toFixed(ms < 10000 ? 2 : 1) + " s";
}
function share(part, whole) {
  if (!whole || !part) return "0 %";
  const percent = 100 * part / whole;
  return percent < 0.1 ? "< 0.1 %" : (percent < 10 ? percent.toFixed(1) : Math.round(percent)) + " %";
}
function span(seconds) {
  if (seconds < 120) return Math.round(seconds) + " s";
  if (seconds < 7200) return Math.round(seconds / 60) + " min";
  return seconds < 172800 ? Math.round(seconds / 3600) + " h" : Math.round(seconds / 86400) + " days";
}
const one = (count, word, words = word + "s") => count + " " + (count === 1 ? word : words);
const clock = (text) => text ? new Date(text).toLocaleTimeString("en-GB") : "";

/* --- fetching ----------------------------------------------------------------------------- */

async function get(path) {
  const answer = await fetch(path, { signal: AbortSignal.timeout(PATIENCE), cache: "no-store" });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(path + " answered " + answer.status);
  return answer.json();
}

async function refresh(names) {
  const paths = { figures: "/figures?seconds=" + document.querySelector("[name=window]:checked").value,
    status: "/status", requests: "/requests", matrix: "/matrix", config: "/config" };
  const answers = await Promise.allSettled(names.map((name) => get(paths[name])));
  lastError = "";
  answers.forEach((answer, i) => {
    if (answer.status === "rejected") lastError = "braid does not answer";
    else if (answer.value) seen[names[i]] = names[i] === "requests" ? answer.value.requests : answer.value;
  });
  if (!lastError) lastGood = Date.now();
  show(names);
}

function repeat(names, pause) {
  let isBusy = false;
  setInterval(async () => {
    if (isPaused || isBusy || document.hidden) return;
    isBusy = true;
    try { await refresh(names); } finally { isBusy = false; }
  }, pause);
}

/* --- tables ------------------------------------------------------------------------------- */

/* Rows are kept by their key, and a cell is touched only when it says something else. */
function table(body, list, make) {
  const wanted = list.map(({ key, cells }) => {
    let row = rows.get(key);
    if (!row) {
      row = { node: h("tr", {}), cells: [], texts: [] };
      rows.set(key, row);
    }
    cells.forEach((cell, i) => {
      const text = JSON.stringify(cell);
      if (row.texts[i] === text) return;
      const node = make(i, cell, key);
      if (row.cells[i]) row.cells[i].replaceWith(node); else row.node.append(node);
      row.cells[i] = node;
      row.texts[i] = text;
    });
    return row.node;
  });
  const focused = document.activeElement;
  wanted.forEach((node, i) => { if (body.children[i] !== node) body.insertBefore(node, body.children[i] || null); });
  while (body.children.length > wanted.length) body.lastChild.remove();
  if (focused !== document.activeElement && body.contains(focused)) focused.focus();
}

function nothing(body, columns, text) {
  body.replaceChildren(h("tr", {}, h("td", { class: "empty", colspan: columns }, text)));
}

const fits = (...texts) => !filter || texts.some((text) => (text || "").toLowerCase().includes(filter));
const number = (text, mood, extra) => h("td", { class: "number " + (mood || "") + " " + (extra || "") }, text);
const mood = (part, whole, much) => !part ? "is-nil" : part / whole >= much ? "bad" : "warn";

function spark({ steps, bad, step }) {
  const most = Math.max(1, ...steps), width = 3, high = 18;
  const bars = steps.flatMap((count, i) => {
    const tall = count ? Math.max(1, high * count / most) : 0;
    const ill = bad[i] ? Math.max(1.5, Math.min(tall, high * bad[i] / most)) : 0;
    const x = (30 - steps.length + i) * (width + 1);
    return [tall && s("rect", { class: "all", x, y: high - tall, width, height: tall }),
      ill && s("rect", { class: "ill", x, y: high - ill, width, height: ill })];
  });
  const sum = steps.reduce((a, b) => a + b, 0);
  return h("td", { class: "minor" }, s("svg", { class: "spark", width: 30 * (width + 1), height: high, role: "img",
    "aria-label": sum + " in " + span(steps.length * step) + ", most " + most + " in " + step + " s" }, bars.filter(Boolean)));
}

/* --- routes ------------------------------------------------------------------------------- */

function showRoutes() {
  const { routes, step_s: step } = seen.figures;
  const trouble = (route) => route.requests ? (2 * route.failed + route.degraded) / route.requests : 0;
  const list = routes.filter((route) => fits(route.route))
    .sort((a, b) => trouble(b) - trouble(a) || b.rate - a.rate || (a.route < b.route ? -1 : 1));
  const all = routes.reduce((sum, route) => sum + route.rate, 0);
  at("routes-sum").textContent = one(routes.length, "route") + ", " + rate(all) + " requests/s, over " + span(seen.figures.window_s);
  if (!list.length) return nothing(at("route-rows"), 8, filter ? "No route has that name." : "There are no routes.");
  table(at("route-rows"), list.map((route) => ({
    key: "route " + route.route,
    cells: [route.route, route.rate, [route.failed, route.requests], [route.degraded, route.requests],
      route.p50_ms, route.p90_ms, route.p99_ms, { steps: route.steps, bad: route.bad, step }],
  })), (i, cell) => [
    () => h("th", { scope: "row" }, cell === "other" ? h("span", { class: "quiet" }, "no route")
      : h("button", { class: "name", type: "button", title: "Show the plan", on: { click: () => openPlan(cell) } }, cell)),
    () => number(rate(cell), cell ? "" : "is-nil"),
    () => number(share(...cell), mood(cell[0], cell[1], 0)),
    () => number(share(...cell), cell[0] ? "warn" : "is-nil"),
    () => number(time(cell), "", "minor"),
    () => number(time(cell), "", "minor"),
    () => number(time(cell)),
    () => spark(cell),
  ][i]());
}

/* --- services ----------------------------------------------------------------------------- */

/* In a word, how bad that is (0 fine, 1 mind it, 2 trouble), and where it stands in the list. */
function stateOf(name) {
  const guard = seen.status && seen.status.services[name];
  if (!guard) return { text: "unknown", level: 0 };
  const out = guard.addresses.filter((address) => !address.healthy || address.ejected_ms > 0).length;
  const breaker = guard.breaker;
  if (breaker && breaker.state === "open") return { text: "breaker open", since: breaker.since_ms, level: 2 };
  if (guard.panic) return { text: "most addresses are out, all are used", level: 2 };
  if (out && out === guard.addresses.length) return { text: "no healthy address", level: 2 };
  if (breaker && breaker.state === "half_open") return { text: "breaker half open", since: breaker.since_ms, level: 1 };
  if (out) return { text: out + " of " + one(guard.addresses.length, "address", "addresses") + " out", level: 1 };
  if (guard.waiting) return { text: "calls wait for a place", level: 1 };
  return { text: breaker ? "breaker closed" : "no breaker", level: 0 };
}

/* Without a breaker nobody has declared a service lost: then what calls meet says so. */
function troubleOf(name) {
  const { level } = stateOf(name);
  const figures = seen.figures && seen.figures.services.find((service) => service.service === name);
  return Math.max(level, figures && figures.calls && figures.failed / figures.calls >= 0.5 ? 2 : 0);
}

function addressList(addresses) {
  const open = addresses.some((address) => !address.healthy || address.ejected_ms > 0);
  const tell = (address) => [address.address, ", ",
    address.ejected_ms > 0 ? h("span", { class: "bad" }, "ejected for " + time(address.ejected_ms))
      : address.healthy ? "healthy" : h("span", { class: "bad" }, "unhealthy"),
    ", " + address.in_flight + " in flight"];
  if (addresses.length === 1 && !open) return h("div", { class: "quiet addresses" }, addresses[0].address);
  return h("details", { open }, h("summary", { class: "quiet" }, one(addresses.length, "address", "addresses")),
    h("ul", { class: "addresses" }, addresses.map((address) => h("li", {}, tell(address)))));
}

function showServices() {
  const { services, step_s: step } = seen.figures;
  const list = services.filter((service) => fits(service.service))
    .sort((a, b) => troubleOf(b.service) - troubleOf(a.service) || b.rate - a.rate || (a.service < b.service ? -1 : 1));
  const ill = services.filter((service) => troubleOf(service.service) === 2).length;
  at("services-sum").textContent = one(services.length, "service") + (ill ? ", " + ill + " in trouble" : "");
  if (!list.length) return nothing(at("service-rows"), 10, filter ? "No service has that name." : "There are no services.");
  table(at("service-rows"), list.map((service) => {
    const guard = (seen.status && seen.status.services[service.service]) || { addresses: [], retry_budget: {} };
    const addresses = guard.addresses.map(({ address, healthy, in_flight, ejected_ms }) =>
      ({ address, healthy, in_flight, ejected_ms: Math.ceil(ejected_ms / 1000) * 1000 }));
    const state = stateOf(service.service);
    return {
      key: "service " + service.service,
      cells: [[service.service, addresses], [state.text, state.level, state.since ? span(state.since / 1000) : ""], service.rate,
        [service.failed, service.calls], service.p50_ms, service.p99_ms, [guard.in_flight, guard.concurrency],
        [guard.waiting, guard.queue], guard.retry_budget.left, { steps: service.steps, bad: service.bad, step }],
    };
  }), (i, cell) => [
    () => h("th", { scope: "row" }, cell[0], addressList(cell[1])),
    () => h("td", { class: "state " + ["good", "warn", "bad"][cell[1]] }, cell[0], cell[2] && h("span", { class: "quiet" }, " " + cell[2])),
    () => number(rate(cell), cell ? "" : "is-nil"),
    () => number(share(...cell), mood(cell[0], cell[1], 0.1)),
    () => number(time(cell), "", "minor"),
    () => number(time(cell)),
    () => number(cell[0] === undefined ? "–" : cell[0] + " / " + cell[1], cell[0] >= cell[1] ? "warn" : "", "minor"),
    () => number(cell[0] === undefined ? "–" : cell[0] + " / " + cell[1], cell[0] ? "warn" : "", "minor"),
    () => number(cell === undefined ? "–" : String(cell), "", "minor"),
    () => spark(cell),
  ][i]());
}

function showCache() {
  const cache = seen.status && seen.status.cache;
  if (!cache) return;
  const asked = cache.hit + cache.miss + cache.validated + cache.stale + cache.coalesced;
  const size = (bytes) => (bytes / 1048576).toFixed(bytes < 10485760 ? 1 : 0) + " MiB";
  at("cache").textContent = "Cache: " + one(cache.entries, "answer") + ", " + size(cache.bytes) + " of " + size(cache.limit)
    + (asked ? "; since the start " + ["hit", "coalesced", "validated", "stale", "miss"]
      .map((name) => name + " " + share(cache[name], asked)).join(", ") : "")
    + (cache.evictions ? "; " + cache.evictions.toLocaleString("en") + " dropped for want of room" : "") + ".";
}

/* --- requests ----------------------------------------------------------------------------- */

const what = (request) => [request.degraded, request.reason].filter(Boolean).join("; ").replace(/;(?! )/g, "; ") || (request.route ? "" : "no route");

function showRequests() {
  const all = seen.requests.filter((request) => request.kind && fits(request.path, request.route, request.id));
  const list = all.filter((request) => kind === "all" || request.kind === kind)
    .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)).slice(0, SHOWN);
  at("requests-sum").textContent = one(all.length, "request") + (list.length < all.length ? ", " + list.length + " are shown" : "");
  if (!list.length) return nothing(at("request-rows"), 6, "None yet.");
  table(at("request-rows"), list.map((request) => ({
    key: "request " + request.kind + request.id + request.time,
    cells: [[request.id, request.method + " " + request.path], request.kind, request.status, request.ms, what(request), request.time],
  })), (i, cell) => [
    () => h("th", { scope: "row" }, h("button", { class: "name", type: "button", title: "Show its waterfall",
      on: { click: () => openRequest(cell[0]) } }, cell[1])),
    () => h("td", { class: "minor " + (cell === "failed" ? "bad" : cell === "degraded" ? "warn" : "quiet") }, cell),
    () => number(cell || "left", cell >= 500 ? "bad" : ""),
    () => number(time(cell)),
    () => h("td", { class: "what quiet" }, cell),
    () => h("td", { class: "minor quiet" }, clock(cell)),
  ][i]());
  forget();
}

/* Rows of requests that are shown no more. */
function forget() {
  for (const [key, row] of rows) if (key.startsWith("request ") && !row.node.isConnected) rows.delete(key);
}

/* --- coupling ----------------------------------------------------------------------------- */

const CELLS = { fails: "F", degrades: "D" };

function showMatrix() {
  const { services, routes } = seen.matrix;
  const columns = services.filter((name) => fits(name) || routes.some((route) => fits(route.route) && route.outages[name]));
  const lines = routes.filter((route) => fits(route.route) || columns.some((name) => fits(name) && route.outages[name]));
  const lit = new Set(columns.filter((name) => troubleOf(name) === 2));
  const text = JSON.stringify([columns, lines, [...lit]]);
  if (showMatrix.text === text) return;
  showMatrix.text = text;
  at("matrix").classList.toggle("is-dense", columns.length > 8);
  at("matrix").replaceChildren(
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Route"), columns.map((name) =>
      h("th", { scope: "col", class: lit.has(name) ? "is-lit" : null }, h("span", {}, name, lit.has(name) && unseen(" (in trouble)")))))),
    h("tbody", {}, lines.map((route) => h("tr", {}, h("th", { scope: "row" },
      h("button", { class: "name", type: "button", on: { click: () => openPlan(route.route) } }, route.route)),
    columns.map((name) => {
      const outage = route.outages[name];
      return outage
        ? h("td", { class: "cell " + outage + (lit.has(name) ? " is-lit" : ""), title: "without " + name + ": " + outage },
          h("span", { "aria-hidden": "true" }, CELLS[outage]), unseen(outage))
        : h("td", {}, h("span", { "aria-hidden": "true" }, "·"), unseen("untouched"));
    })))));
}

/* --- configuration ------------------------------------------------------------------------ */

const plain = (text) => /^[\w./$][\w./:$%+ -]*$/.test(text) && !/^(null|true|false|[-+.\d]+)$/.test(text) && !/: | #|\s$/.test(text);
function word(value) {
  if (typeof value !== "string") return JSON.stringify(value);
  if (value === "(hidden)") return h("span", { class: "hidden" }, value);
  return plain(value) ? value : JSON.stringify(value);
}

/* As the file would say it. */
function asYaml(value, indent) {
  const out = [];
  const put = (lead, key, item) => {
    out.push(lead, h("span", { class: "key" }, key));
    if (item !== null && typeof item === "object" && Object.keys(item).length) out.push("\n", ...asYaml(item, indent + "  "));
    else out.push(key === "-" ? "" : " ", item !== null && typeof item === "object" ? JSON.stringify(item) : word(item), "\n");
  };
  if (Array.isArray(value)) {
    for (const item of value) {
      if (item !== null && typeof item === "object") put(indent, "-", item);
      else out.push(indent, "- ", word(item), "\n");
    }
  } else for (const [key, item] of Object.entries(value)) put(indent, key + ":", item);
  return out;
}

function showConfig() {
  const text = JSON.stringify(seen.config);
  if (showConfig.text === text) return;
  showConfig.text = text;
  const { files, settings, services, routes } = seen.config;
  const open = new Set([...at("config").querySelectorAll("details[open]")].map((part) => part.id));
  const part = (id, title, value) => h("details", { id: "config-" + id, open: open.has("config-" + id) },
    h("summary", {}, title), h("pre", { tabindex: "0" }, ...asYaml(value, "")));
  at("config-files").textContent = "From " + files.join(", ") + ", with the defaults of what is not said there. Secrets are hidden.";
  at("config").replaceChildren(part("settings", "Settings", settings),
    part("services", one(Object.keys(services).length, "service"), services),
    part("routes", one(Object.keys(routes).length, "route"), routes));
}

/* --- the sheet: a waterfall or a plan ----------------------------------------------------- */

function openSheet(title, hash, ...content) {
  at("sheet-title").textContent = title;
  at("sheet-body").replaceChildren(...content);
  history.replaceState(null, "", hash);
  if (at("sheet").open) return;
  opener = document.activeElement;
  at("sheet").showModal();
}

const facts = (pairs) => h("dl", { class: "facts" }, pairs.filter(([, value]) => value !== "" && value !== undefined && value !== null)
  .map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, String(value)))));

async function openWith(title, hash, path, gone, draw, titleOf) {
  openSheet(title, hash, h("p", { class: "quiet" }, "loading"));
  const mine = ++sheetTurn; // what comes after it was closed, or after another was opened, is not shown
  let answer;
  try {
    answer = await get(path);
  } catch {
    if (mine === sheetTurn) openSheet(title, hash, h("p", { class: "note bad" }, "braid does not answer. Close this and try again."));
    return;
  }
  if (mine !== sheetTurn) return;
  if (answer === null) openSheet(title, hash, h("p", { class: "note" }, gone));
  else openSheet(titleOf ? titleOf(answer) : title, hash, ...draw(answer));
}

/* --- waterfall ---------------------------------------------------------------------------- */

function lane(call, whole) {
  const x = (ms) => (100 * Math.min(1, ms / whole)).toFixed(2) + "%";
  const thin = (ms) => Math.max(0.4, 100 * ms / whole).toFixed(2) + "%";
  const wait = Math.min(call.wait_ms, call.ms);
  const look = call.source === "failed" ? " ill" : call.source === "live" ? "" : " half";
  return s("svg", { width: "100%", height: 16, role: "img", "aria-label": "starts at " + time(call.start_ms) + ", takes " + time(call.ms) },
    [25, 50, 75].map((p) => s("line", { class: "grid", x1: p + "%", x2: p + "%", y1: 0, y2: 16 })),
    wait > 0 && s("rect", { class: "waits", x: x(call.start_ms), y: 3, width: thin(wait), height: 10 }),
    s("rect", { class: "works" + look, x: x(call.start_ms + wait), y: 3, width: thin(call.ms - wait), height: 10 }));
}

function waterfall(request) {
  const whole = Math.max(0.001, request.ms, ...request.calls.map((call) => call.start_ms + call.ms));
  const parts = [facts([["status", request.status || "the client left"], ["time", time(request.ms)], ["bytes", request.bytes],
    ["route", request.route || "none"], ["degraded", request.degraded], ["reason", request.reason], ["at", clock(request.time)],
    ["id", request.id], ["trace", request.trace]])];
  if (!request.calls.length) return [...parts, h("p", { class: "quiet" }, "No call was made.")];
  parts.push(h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Waterfall" }, h("table", { class: "fall" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Call"), h("th", { scope: "col", class: "minor" }, "Service"),
      h("th", { scope: "col" }, h("span", { class: "scale" }, h("span", {}, "0"), h("span", {}, time(whole / 2)), h("span", {}, time(whole)))),
      ["Start", "Wait", "Time"].map((text) => h("th", { scope: "col", class: "number" }, text)),
      ["Source", "Status", "Reason", "Tries"].map((text) => h("th", { scope: "col" }, text)))),
    h("tbody", {}, [...request.calls].sort((a, b) => a.start_ms - b.start_ms).map((call) => h("tr", {},
      h("th", { scope: "row" }, call.call || "passed on"), h("td", { class: "minor" }, call.service),
      h("td", { class: "lane" }, lane(call, whole)),
      number(time(call.start_ms)), number(call.wait_ms ? time(call.wait_ms) : "–", call.wait_ms ? "" : "is-nil"), number(time(call.ms)),
      h("td", { class: call.source === "failed" ? "bad" : call.source === "live" || call.source === "none" ? "" : "warn" }, call.source),
      h("td", {}, call.status ? String(call.status) : "–"), h("td", {}, call.reason || ""),
      h("td", {}, call.tries + (call.requests > 1 ? " for " + call.requests + " requests" : ""))))))));
  if (request.route) parts.push(h("p", { class: "below" }, h("button", { type: "button", on: { click: () => openPlan(request.route) } }, "The route's plan")));
  return parts;
}

const openRequest = (id) => openWith("Request " + id, "#request=" + encodeURIComponent(id), "/requests/" + encodeURIComponent(id),
  "This request is not kept any more. A bounded number of each kind is.", waterfall,
  (request) => request.method + " " + request.path);

/* --- plan --------------------------------------------------------------------------------- */

const BOX = { width: 176, height: 58, gapX: 64, gapY: 18 };

/* Each call stands one column behind the last of those that it waits for. */
function layers(calls) {
  const column = new Map();
  for (let round = 0; round <= calls.length; round++)
    for (const call of calls) {
      const before = [...call.waits_for, ...call.after].map((name) => column.get(name) ?? 0);
      column.set(call.name, before.length ? Math.max(...before) + 1 : 0);
    }
  const list = [];
  for (const call of calls) (list[column.get(call.name)] ??= []).push(call);
  return list.filter(Boolean);
}

const short = (text, most) => text.length > most ? text.slice(0, most - 1) + "…" : text;

function picture(plan) {
  const columns = layers(plan.calls), spot = new Map();
  const tall = Math.max(...columns.map((column) => column.length)) * (BOX.height + BOX.gapY);
  columns.forEach((column, i) => column.forEach((call, k) => spot.set(call.name, {
    x: 4 + i * (BOX.width + BOX.gapX),
    y: (tall - column.length * (BOX.height + BOX.gapY)) / 2 + k * (BOX.height + BOX.gapY) + BOX.gapY / 2 })));
  const path = plan.longest_path.map((step) => step.call);
  const edge = (from, to, look) => {
    const a = spot.get(from), b = spot.get(to), x = a.x + BOX.width, y = a.y + BOX.height / 2, z = b.y + BOX.height / 2;
    const isLongest = path.indexOf(to) > 0 && path[path.indexOf(to) - 1] === from;
    const d = b.x > a.x ? `M${x} ${y} C${x + 32} ${y} ${b.x - 34} ${z} ${b.x - 5} ${z}`
      : `M${a.x + BOX.width / 2} ${a.y + (b.y > a.y ? BOX.height : 0)} L${b.x + BOX.width / 2} ${b.y + (b.y > a.y ? -5 : BOX.height + 5)}`;
    return s("path", { class: look + (isLongest ? " longest" : ""), d, "marker-end": "url(#arrow)" });
  };
  const edges = plan.calls.flatMap((call) => [
    ...call.waits_for.map((name) => edge(name, call.name, "")),
    ...call.after.filter((name) => !call.waits_for.includes(name)).map((name) => edge(name, call.name, "after")),
    ...call.fallback.flatMap((rung) => (rung.waits_for || []).filter((name) => name !== call.name && !call.waits_for.includes(name))
      .map((name) => edge(name, call.name, "rung")))]);
  const boxes = plan.calls.map((call) => {
    const { x, y } = spot.get(call.name);
    return s("g", {}, s("title", {}, call.method + " " + call.target),
      s("rect", { x, y, width: BOX.width, height: BOX.height, rx: 4,
        class: (call.required ? "needed" : "") + (troubleOf(call.service) === 2 ? " lit" : "") }),
      s("text", { x: x + 10, y: y + 18 }, short(call.name, 24)),
      s("text", { class: "sub", x: x + 10, y: y + 34 }, short(call.service + ", " + time(call.timeout_ms), 28)),
      s("text", { class: "sub", x: x + 10, y: y + 49 }, short(call.required ? "required" : "else " + ladder(call), 28)));
  });
  const width = columns.length * (BOX.width + BOX.gapX) - BOX.gapX + 8;
  return h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Plan" },
    s("svg", { class: "plan", width, height: tall, viewBox: `0 0 ${width} ${tall}`, role: "img",
      "aria-label": "The calls as boxes, from left to right as they start. The table below says the same." },
    s("defs", {}, s("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 6, refY: 4, markerWidth: 7, markerHeight: 7, markerUnits: "userSpaceOnUse", orient: "auto" },
      s("path", { d: "M0 0 L8 4 L0 8 z" }))), edges, boxes));
}

const rung = (step) => step.kind === "stale" ? "stale for " + time(step.age_ms) : step.kind === "request" ? "ask " + step.service
  : step.kind === "value" ? "a value" : step.kind;
const ladder = (call) => call.fallback.map(rung).join(", then ") || "nothing";

function planOf(plan) {
  const parts = [facts([["deadline", plan.deadline_ms === null ? "none" : time(plan.deadline_ms)], ["at worst", time(plan.worst_case_ms)],
    ["longest path", plan.longest_path.map((step) => step.call).join(" → ")], ["in the file", plan.file + ":" + plan.line]])];
  if (plan.proxies.length) parts.push(h("p", {}, "Passed on, not composed:"), h("ul", {}, plan.proxies.map((proxy) =>
    h("li", {}, "to " + proxy.service + (proxy.path ? " as " + proxy.path : "") + ", within " + time(proxy.timeout_ms) + (proxy.condition ? ", under a condition" : "")))));
  else if (!plan.calls.length) parts.push(h("p", { class: "quiet" }, "It makes no call: braid answers by itself."));
  if (plan.calls.length) parts.push(picture(plan),
    h("p", { class: "quiet plan-note" }, "Solid: needs its answer. Dashed: only after it. Dotted: needed by the fallback. Heavy line: the longest path. Heavy frame: without it the route fails."),
    h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "Calls" }, h("table", {},
      h("thead", {}, h("tr", {}, ["Call", "Request", "Waits for", "Timeout", "If it fails"].map((text) => h("th", { scope: "col" }, text)))),
      h("tbody", {}, plan.calls.map((call) => h("tr", {}, h("th", { scope: "row" }, call.name),
        h("td", { class: "what" }, call.service + " " + call.method + " " + call.target),
        h("td", {}, [...call.waits_for, ...call.after.filter((name) => !call.waits_for.includes(name))].join(", ") || "nothing"),
        h("td", {}, time(call.timeout_ms)), h("td", {}, call.required ? "the route fails" : ladder(call))))))));
  const hit = plan.outages.filter((outage) => outage.outcome !== "untouched");
  if (hit.length) parts.push(h("h3", {}, "When a service is lost"), h("ul", {}, hit.map((outage) => h("li", {},
    h("b", {}, outage.service), ": ", h("span", { class: outage.outcome === "fails" ? "bad" : "warn" }, outage.outcome)))));
  return parts;
}

const openPlan = (route) => openWith(route, "#plan=" + encodeURIComponent(route), "/plan?route=" + encodeURIComponent(route),
  "The configuration in force has no such route.", planOf);

/* --- the whole ---------------------------------------------------------------------------- */

function showPulse() {
  const pulse = at("pulse"), isLost = lastError !== "";
  pulse.className = isPaused ? "" : isLost ? "is-lost" : "is-live";
  const text = isPaused ? "paused" : !isLost ? "live"
    : lastError + (lastGood ? "; figures of " + new Date(lastGood).toLocaleTimeString("en-GB") : "");
  if (at("pulse-text").textContent !== text) at("pulse-text").textContent = text;
  const { figures } = seen;
  if (figures) at("about").textContent = figures.version + ", up " + span(figures.up_s) + ", " + one(figures.workers, "worker");
}

function show(names) {
  const has = (...wanted) => wanted.some((name) => names.includes(name));
  if (seen.figures && has("figures", "status")) { showRoutes(); showServices(); showCache(); }
  if (has("requests")) showRequests();
  if (seen.matrix && has("matrix", "figures", "status")) showMatrix();
  if (seen.config && has("config")) showConfig();
  showPulse();
}

const everything = ["figures", "status", "requests", "matrix", "config"];

function openHash() {
  const [name, value] = location.hash.slice(1).split("=");
  if (name === "request" && value) openRequest(decodeURIComponent(value));
  if (name === "plan" && value) openPlan(decodeURIComponent(value));
}

at("kinds").append(...["all", ...KINDS].map((name) => h("label", {}, h("input", { type: "radio", name: "kind", value: name,
  checked: name === kind, on: { change: () => { kind = name; showRequests(); } } }), h("span", {}, name))));
at("filter").addEventListener("input", (event) => { filter = event.target.value.trim().toLowerCase(); show(everything); });
at("pause").addEventListener("click", () => {
  isPaused = !isPaused;
  at("pause").setAttribute("aria-pressed", String(isPaused));
  if (isPaused) showPulse(); else refresh(everything);
});
for (const choice of document.querySelectorAll("[name=window]")) choice.addEventListener("change", () => refresh(["figures"]));
at("sheet-close").addEventListener("click", () => at("sheet").close());
at("sheet").addEventListener("close", () => {
  sheetTurn++;
  history.replaceState(null, "", location.pathname);
  if (opener && opener.isConnected) opener.focus();
});
at("sheet").addEventListener("click", (event) => { if (event.target === at("sheet")) at("sheet").close(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden && !isPaused) refresh(everything); });
window.addEventListener("hashchange", openHash);

refresh(everything).then(openHash);
repeat(["figures", "status"], POLL);
repeat(["requests"], POLL_REQUESTS);
repeat(["matrix", "config"], POLL_SHAPE);
