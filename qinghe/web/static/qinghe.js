// Enhancement only: every page reads and works without it. No inline script, no inline style.
"use strict";

const root = document.documentElement;
const each = (selector, act, scope = document) => scope.querySelectorAll(selector).forEach(act);

/* Theme: the form keeps the choice on the server side of things; here it applies at once. */
function theme(value) {
  root.dataset.theme = value;
  document.cookie = `theme=${value};path=/;max-age=31536000;samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
  drawCharts();
}
addEventListener("submit", (event) => {
  const choice = event.submitter;
  if (!event.target.matches("[data-theme-form]") || !choice) return;
  event.preventDefault();
  theme(choice.value);
  event.target.querySelector(choice.value === "dark" ? ".theme-dark" : ".theme-light").focus();
});

/* Errors: bring the summary to the reader. */
document.querySelector("[data-error-summary]")?.focus();

/* Countdown: text once a second, no colour change, no announcement. */
const two = (n) => String(n).padStart(2, "0");
const words = (n) => `${two(Math.floor(n / 3600))}:${two(Math.floor(n / 60) % 60)}:${two(n % 60)}`;
setInterval(() => each("[data-left]", (place) => {
  const left = Math.max(0, Number(place.dataset.left) - 1);
  place.dataset.left = left;
  place.textContent = words(left);
}), 1000);

/* Keys. Single letters act outside inputs only, and can be switched off (WCAG 2.1.4).
   J and K walk over [data-item] or follow rel=next and rel=prev; others press [data-key="x"]. */
const dialog = document.getElementById("keys");
const off = () => localStorage.getItem("keys") === "off";
const typing = (target) => target.closest?.("input, select, textarea, [contenteditable=true], dialog");

function walk(step) {
  const items = [...document.querySelectorAll("[data-item]")];
  if (!items.length) return document.querySelector(step > 0 ? "a[rel=next]" : "a[rel=prev]")?.click();
  const now = items.findIndex((item) => item === document.activeElement || item.matches("[aria-current]"));
  items[Math.min(items.length - 1, Math.max(0, now + step))].focus();
}
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    const search = document.querySelector("[data-key-focus]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target) || off()) return;
  const key = event.key.toLowerCase();
  if (key === "j") walk(1);
  else if (key === "k") walk(-1);
  else if (key === "?") dialog?.showModal();
  else document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.click();
});
each("[data-keys]", (button) => {
  button.hidden = !dialog;
  button.addEventListener("click", () => dialog.showModal());
});
each("[data-keys-off]", (box) => {
  box.checked = off();
  box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "off" : "on"));
});

/* Menus close on Escape and on a click elsewhere. */
addEventListener("click", (event) => each(".q-menu[open]", (menu) => { if (!menu.contains(event.target)) menu.open = false; }));
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  each(".q-menu[open]", (menu) => { menu.open = false; menu.querySelector("summary").focus(); });
});

/* A filter form that asks for it is sent when a choice changes; its button stays for everyone else.
   Where the form was unfolded first, as on a phone, several choices are made before it is sent. */
addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form && !form.closest("details")?.querySelector("summary").offsetParent) form.requestSubmit();
});

/* Who writes slowly is still here: the stay is kept awake while somebody types, and only then. */
let awake = Date.now();
addEventListener("input", () => {
  const place = document.querySelector("[data-awake]")?.dataset.awake;
  if (!place || Date.now() - awake < 240_000) return;
  awake = Date.now();
  fetch(place, { redirect: "manual" }).catch(() => { awake = 0; });
});

/* Files that are too large together are said before they are sent, with the words of their field. */
const tooMuch = (box) => [...box.files].reduce((sum, file) => sum + file.size, 0) > Number(box.dataset.most);
const weigh = (box) => box.setCustomValidity(tooMuch(box) ? box.dataset.tooMuch : "");
addEventListener("change", (event) => {
  if (event.target.matches("input[type=file][data-most]")) { weigh(event.target); event.target.reportValidity(); }
});
addEventListener("submit", (event) => each("input[type=file][data-most]", (box) => {
  weigh(box);
  if (!box.reportValidity()) event.preventDefault();
}, event.target));

/* A file input may show its name elsewhere; printing and selecting stay the browser's own. */
each("[data-print]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => print());
});
each("[data-copy]", (button) => {
  button.hidden = false;
  button.addEventListener("click", () => navigator.clipboard.writeText(button.dataset.copy));
});

/* htmx: every changing request carries the form token of the page. */
addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (token && !["GET", "HEAD"].includes((request.method || "GET").toUpperCase())) request.headers["X-CSRFToken"] = token;
});

/* Charts: SVG, colours from the tokens, drawn again when the theme changes. The table beside each
   chart is the page's own; the drawing only repeats it. */
const probe = Object.assign(document.createElement("span"), { hidden: true });
const colour = (token) => { probe.style.color = `var(${token})`; return getComputedStyle(probe).color; };
const TONES = ["--q-accent", "--q-c2", "--q-c3", "--q-c4", "--q-ink-2"];
const DASHES = ["solid", [7, 3], [2, 3], [9, 3, 2, 3], [4, 4]];
let charts = [];

function axes(spec) {
  const line = colour("--q-line"), ink = colour("--q-ink-3");
  const common = { axisTick: { show: false }, axisLine: { lineStyle: { color: line } }, axisLabel: { color: ink, fontSize: 12 } };
  return {
    xAxis: { type: "category", data: spec.labels, boundaryGap: spec.kind !== "line", ...common },
    yAxis: { type: "value", min: 0, splitNumber: 4, splitLine: { lineStyle: { color: line } }, ...common,
      axisLabel: { ...common.axisLabel, formatter: (v) => v.toLocaleString("en") + spec.unit } },
  };
}
function limitLine(spec) {
  const tone = colour("--q-warn");
  return spec.limit && { symbol: "none", silent: true, lineStyle: { color: tone, type: [5, 4] },
    label: { color: tone, formatter: spec.limit[1], fontSize: 12, position: "insideEndTop" }, data: [{ yAxis: spec.limit[0] }] };
}
function oneSeries(spec, item, index) {
  const tone = colour(spec.series.length === 1 && spec.kind !== "line" ? "--q-t5" : TONES[index % TONES.length]);
  const shared = { name: item.name, data: item.data, itemStyle: { color: tone }, emphasis: { disabled: true } };
  if (index === 0 && spec.limit) shared.markLine = limitLine(spec);
  if (spec.kind === "line") return { ...shared, type: "line", symbol: "none", connectNulls: false, lineStyle: { width: 2, color: tone, type: DASHES[index % DASHES.length] } };
  return { ...shared, type: "bar", barMaxWidth: 28, stack: spec.kind === "stack" ? "all" : undefined, itemStyle: { color: tone, borderRadius: spec.kind === "stack" ? 0 : [3, 3, 0, 0] } };
}
function option(spec) {
  const top = spec.limit ? Math.ceil(spec.limit[0] * 1.2 * 10) / 10 : undefined;
  const drawn = axes(spec);
  if (top !== undefined) drawn.yAxis.max = ({ max }) => Math.max(max, top);
  return {
    ...drawn, animation: false, backgroundColor: "transparent",
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: colour("--q-ink-3") },
    grid: { left: 8, right: 16, top: 16, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: { trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colour("--q-surface"), borderColor: colour("--q-line-2"), textStyle: { color: colour("--q-ink"), fontSize: 12 },
      valueFormatter: (v) => v == null ? "–" : v.toLocaleString("en", { minimumFractionDigits: spec.decimals, maximumFractionDigits: spec.decimals }) + spec.unit },
    series: spec.series.map((item, index) => oneSeries(spec, item, index)),
  };
}
function drawCharts() {
  charts.forEach((chart) => chart.dispose());
  charts = [];
  if (!window.echarts) return;
  document.body.append(probe);
  each("[data-chart]", (place) => {
    const data = document.getElementById(place.dataset.chart);
    place.classList.add("drawn");
    const chart = echarts.init(place, null, { renderer: "svg" });
    chart.setOption(option(JSON.parse(data.textContent)));
    charts.push(chart);
  });
  probe.remove();
}
addEventListener("DOMContentLoaded", drawCharts);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawCharts);
addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
