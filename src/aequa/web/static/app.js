// Progressive enhancement only: every page is complete without this file. Words come from the page.

// Tables that can be sorted: a button in each head.
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  for (const [at, head] of [...table.tHead.rows[0].cells].entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].sort((one, two) => compared(text(one, at), text(two, at)));
      body.append(...(down ? rows.reverse() : rows));
    });
  }
}

function text(row, at) {
  return row.cells[at].textContent.trim();
}

function compared(one, two) {
  const [a, b] = [number(one), number(two)];
  if (Number.isNaN(a) !== Number.isNaN(b)) return Number.isNaN(a) ? 1 : -1;
  return Number.isNaN(a) ? one.localeCompare(two, document.documentElement.lang) : a - b;
}

// The first number of a cell, whichever marks the language sets.
function number(words) {
  const found = words.match(/^[-−]?[\d.,\u00a0\u202f' ]*\d/);
  if (!found) return NaN;
  const parts = found[0].replace("−", "-").replace(/[\s\u00a0\u202f']/g, "").split(/[.,]/);
  const last = parts.pop();
  return Number(parts.length && last.length !== 3 ? `${parts.join("")}.${last}` : parts.join("") + last);
}

// Forms that answer at once: sliders and lists of choices.
let asking = null;
for (const form of document.querySelectorAll("form[data-live]")) {
  const region = document.getElementById(form.dataset.live);
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`;
    try {
      const answer = await fetch(address, { signal: asking.signal });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      region.replaceChildren(...page.getElementById(form.dataset.live).childNodes);
      history.replaceState(null, "", address);
    } catch (error) {
      if (error.name !== "AbortError") form.submit();
    }
  };
  let wait = 0;
  form.addEventListener("input", (event) => {
    const output = event.target.parentElement.querySelector("output");
    if (output) output.value = event.target.value;
    clearTimeout(wait);
    wait = setTimeout(ask, 150);
  });
}

// The language list closes with Escape.
for (const list of document.querySelectorAll("details.languages")) {
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    list.open = false;
    list.querySelector("summary").focus();
  });
}
