/*
 * Ranking by dragging, and by the arrows and the numbers without loading the page anew. Without this file the
 * numbers and the arrows do the same.
 */

const form = document.querySelector("#nominees");
const list = form?.querySelector("[data-ranked=yes]");
const status = document.querySelector("#order-status");
let saving = Promise.resolve();

function renumber() {
  const people = [...list.children];
  people.forEach((person, place) => {
    person.querySelector("input[name^=rank-]").value = place + 1;
    person.querySelector("[name=up]").disabled = place === 0;
    person.querySelector("[name=down]").disabled = place === people.length - 1;
  });
}

async function send() {
  const body = new FormData(form);
  body.delete("chosen");
  const answer = await fetch(form.action, { method: "POST", body });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const refusal = page.querySelector(".messages .error");
  const isSaved = answer.ok && page.querySelector("#nominees") && !refusal;
  status.textContent = isSaved ? form.dataset.saved : refusal?.textContent || form.dataset.notSaved;
}

function save() {
  renumber();
  status.textContent = "";
  saving = saving.then(send).catch(() => {
    status.textContent = form.dataset.notSaved;
  });
}

function step(event) {
  const button = event.target.closest("button[name=up], button[name=down]");
  if (!button) return;
  event.preventDefault();
  const person = button.closest("li");
  if (button.name === "up") person.previousElementSibling?.before(person);
  else person.nextElementSibling?.after(person);
  save();
  (button.disabled ? person.querySelector("button[name]:not([disabled])") : button)?.focus();
}

function put(event) {
  const input = event.target.closest("input[name^=rank-]");
  if (!input) return;
  const place = Number(input.value.normalize("NFKC"));
  if (!Number.isInteger(place) || place < 1) {
    renumber();
    return;
  }
  const person = input.closest("li");
  const others = [...list.children].filter((one) => one !== person);
  list.insertBefore(person, others[place - 1] ?? null);
  save();
  input.focus();
}

function drag(event) {
  const dragged = list.querySelector(".dragged");
  const over = event.target.closest("li");
  if (!dragged) return;
  event.preventDefault();
  if (!over || over === dragged || over.parentElement !== list) return;
  const { top, height } = over.getBoundingClientRect();
  if (event.clientY < top + height / 2) over.before(dragged);
  else over.after(dragged);
}

if (list) {
  list.addEventListener("click", step);
  list.addEventListener("change", put);
  list.addEventListener("dragstart", (event) => {
    event.dataTransfer.effectAllowed = "move";
    event.target.closest("li").classList.add("dragged");
  });
  list.addEventListener("dragover", drag);
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", (event) => {
    event.target.closest("li").classList.remove("dragged");
    save();
  });
  for (const person of list.children) person.querySelector(".rank").draggable = true;
}
