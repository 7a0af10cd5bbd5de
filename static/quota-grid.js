// The table of quotas: totals follow while one types, arrows move between cells, and a copied table may be pasted
// straight into it. Everything works without this file.

const form = document.getElementById("quotas");
const inputs = [...(form?.querySelectorAll("input[data-column]") ?? [])];
const rows = [...(form?.querySelectorAll("tbody tr:has(input[data-column])") ?? [])];
const places = form?.dataset.places === undefined ? null : Number(form.dataset.places);

const number = (text) => {
  const digits = text.normalize("NFKC").trim();
  return /^\d+$/.test(digits) ? Number(digits) : 0;
};

const sum = (cells) => cells.reduce((whole, cell) => whole + number(cell.value), 0);

const put = (place, text) => {
  if (place) place.textContent = text;
};

const recount = () => {
  for (const row of rows) put(row.querySelector("[data-total-row]"), sum([...row.querySelectorAll("input[data-column]")]));
  for (const total of form.querySelectorAll("[data-total-column]")) {
    put(total, sum(inputs.filter((input) => input.dataset.column === total.dataset.totalColumn)));
  }
  const whole = sum(inputs);
  put(form.querySelector("[data-total]"), whole);
  if (places === null) return;
  const pool = form.querySelector("[data-pool]");
  put(pool, Math.max(places - whole, 0));
  const tooMany = whole + Number(pool?.dataset.poolHeld ?? 0) > places;
  form.querySelector("[data-too-many]").hidden = !tooMany;
};

const beside = (input, across, down) => {
  const row = rows.indexOf(input.closest("tr")) + down;
  const column = Number(input.dataset.column) + across;
  return rows[row]?.querySelector(`input[data-column="${column}"]`);
};

const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0], Enter: [0, 1] };

const atTheEdge = (input, across) =>
  across === 0 ||
  input.selectionStart !== input.selectionEnd ||
  input.selectionStart === (across < 0 ? 0 : input.value.length);

const move = (event) => {
  const step = steps[event.key];
  if (!step || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!event.target.matches?.("input[data-column]") || !atTheEdge(event.target, step[0])) return;
  event.preventDefault();
  const next = beside(event.target, ...step);
  next?.focus();
  next?.select();
};

const isNumbers = (table) => table.every((row) => row.every((cell) => /^[\d\s]*$/.test(cell.normalize("NFKC"))));

// Numbers alone go into the cells from here on; a table with names is read where names are known.
const paste = (event) => {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!event.target.matches?.("input[data-column]") || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const table = text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
  if (!isNumbers(table)) {
    form.querySelector("[name=table]").value = text;
    form.querySelector("[name=paste]").click();
    return;
  }
  let leftOut = 0;
  table.forEach((line, down) => {
    line.forEach((cell, across) => {
      const input = beside(event.target, across, down);
      if (input) input.value = cell.trim();
      else if (cell.trim()) leftOut += 1;
    });
  });
  recount();
  const beyond = form.querySelector("[data-beyond]");
  beyond.hidden = leftOut === 0;
  put(beyond.querySelector("b"), leftOut);
};

if (form) {
  form.addEventListener("input", recount);
  form.addEventListener("keydown", move);
  form.addEventListener("paste", paste);
  recount();
}
