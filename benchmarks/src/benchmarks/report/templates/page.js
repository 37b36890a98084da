"use strict";

/* Sorting: each title of a sortable table becomes a button. Cells without a figure stay last either way. */
const sortValue = (row, place) => {
  const text = row.cells[place].dataset.sort;
  if (text === undefined) return null;
  return Number.isNaN(Number(text)) ? text : Number(text);
};

const compare = (one, other, direction) => {
  if (one === null || other === null) return (one === null) - (other === null);
  return direction * (typeof one === "number" ? one - other : one.localeCompare(other));
};

const sortBy = (table, heading) => {
  const titles = [...heading.parentElement.cells];
  const place = titles.indexOf(heading);
  const direction = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  for (const title of titles) title.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  rows.sort((one, other) => compare(sortValue(one, place), sortValue(other, place), direction));
  body.append(...rows);
};

const makeSortable = (table) => {
  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    button.addEventListener("click", () => sortBy(table, heading));
  }
};

for (const table of document.querySelectorAll("table[data-sortable]")) makeSortable(table);

/* Age: the page was made on a day, and is read on another one. */
const stale = document.getElementById("stale");
const days = Math.floor((Date.now() - Date.parse(stale.dataset.measured)) / 86400000);
if (days > Number(stale.dataset.days)) {
  const words = stale.querySelector("span");
  const age = `it is ${days} days old, more than ${stale.dataset.days}`;
  words.textContent = words.textContent ? `${age}; ${words.textContent}` : age;
  stale.hidden = false;
}

/* The reader's mix. A core that serves capacity_i requests a second of kind i spends 1 / capacity_i seconds on one, so
   of a mix it serves 1 / sum(share_i / capacity_i) a second. Ranks as in benchmarks.report.mix: all pairs, by the ratio
   within each round, with Student's t at 5 % divided by the number of pairs (Bonferroni). */
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

const median = (values) => {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

const mixRates = (kinds, shares) => {
  const wanted = Object.entries(shares).filter(([, share]) => share > 0);
  const whole = wanted.reduce((sum, [, share]) => sum + share, 0);
  const found = new Map();
  if (!whole || wanted.some(([kind]) => !(kind in kinds))) return found;
  for (const round of Object.keys(kinds[wanted[0][0]])) {
    if (wanted.every(([kind]) => round in kinds[kind])) {
      found.set(round, 1 / wanted.reduce((sum, [kind, share]) => sum + share / whole / kinds[kind][round], 0));
    }
  }
  return found;
};

const ratioOf = (slower, faster, quantiles) => {
  const logs = [...slower.keys()].filter((round) => faster.has(round)).map((r) => Math.log(slower.get(r) / faster.get(r)));
  if (logs.length < 2) return { estimate: logs.length ? Math.exp(logs[0]) : 1, low: 0, high: Infinity };
  const centre = mean(logs);
  const spread = Math.sqrt(logs.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (logs.length - 1));
  const half = (quantiles[logs.length - 2] * spread) / Math.sqrt(logs.length);
  return { estimate: Math.exp(centre), low: Math.exp(centre - half), high: Math.exp(centre + half) };
};

const rankMix = (data, shares) => {
  const rates = new Map(Object.entries(data.rates).map(([name, kinds]) => [name, mixRates(kinds, shares)]));
  const logMean = (name) => mean([...rates.get(name).values()].map(Math.log));
  const order = [...rates.keys()].filter((name) => rates.get(name).size);
  order.sort((one, other) => logMean(other) - logMean(one));
  const near = data.equivalence;
  const between = (slower, faster) => ratioOf(rates.get(slower), rates.get(faster), data.quantiles[order.length]);
  // Two variants make one pair, so their quantiles are those of an interval that is corrected for nothing.
  const shown = (name) => ratioOf(rates.get(name), rates.get(order[0]), data.quantiles[2]);
  const tied = ({ low, high }) => (low <= 1 && high >= 1) || (low >= 1 - near && high <= 1 + near);
  return order.map((name, place) => {
    const ahead = order.slice(0, place).map((faster) => between(name, faster));
    const behind = order.slice(place + 1).map((slower) => between(slower, name));
    return {
      name,
      capacity: median([...rates.get(name).values()]),
      ratio: place ? shown(name) : null,
      rank: 1 + ahead.filter((ratio) => !tied(ratio)).length,
      tied: [...ahead, ...behind].some(tied),
    };
  });
};

const significant = (value) => {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
};

const hundredths = (value) => (value >= 0.1 || value === 0 ? value.toFixed(2) : significant(value));

const cell = (tag, text, note, sort) => {
  const made = document.createElement(tag);
  made.textContent = text;
  if (tag === "td") made.className = "number";
  if (sort !== undefined) made.dataset.sort = sort;
  if (note) {
    const small = document.createElement("small");
    small.textContent = note;
    made.append(" ", small);
  }
  return made;
};

const nameCell = (data, name) => {
  const made = cell("th", data.titles[name], "", data.titles[name].toLowerCase());
  const key = document.createElement("span");
  key.className = `key v${data.slots[name]}`;
  key.setAttribute("aria-hidden", "true");
  made.scope = "row";
  made.prepend(key);
  return made;
};

const mixRow = (data, found) => {
  const { estimate, low, high } = found.ratio ?? { estimate: 1, low: 1, high: 1 };
  const bounds = `${hundredths(low)}–${high > 1000 ? "∞" : hundredths(high)}`;
  const rank = cell("td", String(found.rank), found.tied ? "tied" : "", found.rank);
  if (found.rank === 1) rank.classList.add("best");
  const row = document.createElement("tr");
  row.append(
    nameCell(data, found.name),
    cell("td", significant(found.capacity), "", found.capacity),
    found.ratio ? cell("td", hundredths(estimate), bounds, estimate) : cell("td", "1", "", 1),
    rank,
  );
  return row;
};

const lostRow = (data, name, why) => {
  const row = document.createElement("tr");
  const told = cell("td", why);
  told.classList.add("invalid");
  row.append(nameCell(data, name), told, cell("td", "–"), cell("td", "–"));
  return row;
};

const mixer = document.getElementById("mixer");
if (mixer) {
  const data = JSON.parse(document.getElementById("mix-data").textContent);
  const table = document.getElementById("mix-table");
  const sliders = [...mixer.querySelectorAll("input")];
  const show = () => {
    const shares = Object.fromEntries(sliders.map((slider) => [slider.name, Number(slider.value)]));
    const whole = Object.values(shares).reduce((sum, share) => sum + share, 0);
    const told = [];
    for (const slider of sliders) {
      const percent = whole ? `${((100 * shares[slider.name]) / whole).toFixed(0)} %` : "0 %";
      document.getElementById(`of-${slider.name}`).textContent = percent;
      slider.setAttribute("aria-valuetext", percent);
      if (shares[slider.name]) told.push(`${mixer.querySelector(`[for="${slider.id}"]`).textContent} ${percent}`);
    }
    document.getElementById("mix-shares").textContent = told.join(", ") || "none";
    const placed = rankMix(data, shares);
    const names = new Set(placed.map((found) => found.name));
    const why = whole ? "a part has no figure" : "nothing is asked for";
    const lost = Object.keys(data.titles).filter((name) => !names.has(name));
    table.tBodies[0].replaceChildren(
      ...placed.map((found) => mixRow(data, found)),
      ...lost.map((name) => lostRow(data, name, why)),
    );
    for (const heading of table.tHead.rows[0].cells) heading.removeAttribute("aria-sort");
  };
  mixer.hidden = false;
  mixer.addEventListener("input", show);
  mixer.addEventListener("reset", () => setTimeout(show));
  mixer.addEventListener("submit", (event) => event.preventDefault());
  show();
}
