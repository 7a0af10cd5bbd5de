// The agenda's page: a button under each day adds a row that continues where the last one ends.

const form = document.getElementById("agenda");
const blank = document.getElementById("blank-row");
const total = form?.querySelector("[name=items-TOTAL_FORMS]");
const words = form?.dataset.addRow;

const named = (row, name) => row.querySelector(`[name$="-${name}"]`);

const endOfTheLastRow = (day) => {
  const ends = [...day.querySelectorAll(".item-row")].map((row) => named(row, "ends")?.value).filter(Boolean);
  return ends.sort().at(-1) ?? "";
};

const addRow = (day) => {
  const number = Number(total.value);
  const holder = document.createElement("tbody");
  holder.innerHTML = blank.innerHTML.replaceAll("__prefix__", number);
  const row = holder.querySelector(".item-row");
  named(row, "day").value = day.dataset.day;
  named(row, "starts").value = endOfTheLastRow(day);
  day.querySelector(".add-row").before(row);
  total.value = number + 1;
  row.dispatchEvent(new CustomEvent("formset:added", { bubbles: true, detail: { formsetName: "items" } }));
  named(row, "starts").focus();
};

if (form && blank && total) {
  for (const day of form.querySelectorAll("tbody[data-day]")) {
    const row = day.insertRow();
    row.className = "add-row";
    const cell = row.insertCell();
    cell.colSpan = 9;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "as-link";
    button.textContent = words;
    button.addEventListener("click", () => addRow(day));
    cell.append(button);
  }
}
