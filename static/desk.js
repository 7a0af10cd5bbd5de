/*
 * What the desk adds where script runs; every page works without it.
 *
 *   /              goes to the search field
 *   columns        move up and down, or are dragged, without asking the server
 *   making         the page of a big roster looks again by itself
 *   print          a button
 */

const search = document.querySelector("[data-search]");
const columns = document.querySelector("[data-order-of-columns]");
const making = document.querySelector("[data-look-again]");
const print = document.querySelector("[data-print]");

if (search) document.addEventListener("keydown", goToTheSearchField);
if (columns) orderTheColumns(columns.querySelector("[data-chosen]"));
if (making) lookAgain();
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

function goToTheSearchField(event) {
  const typing = event.target.closest("input, select, textarea, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  search.focus();
  search.select();
}

function orderTheColumns(list) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=move]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("li");
    const up = button.value.endsWith(":up");
    const other = up ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (up) other.before(item);
    else other.after(item);
    button.focus();
  });
  let carried = null;
  for (const item of list.children) item.draggable = true;
  list.addEventListener("dragstart", (event) => {
    carried = event.target.closest("li");
    carried.classList.add("carried");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", carried.dataset.column);
  });
  list.addEventListener("dragover", (event) => {
    const under = event.target.closest("li");
    if (!carried || !under) return;
    event.preventDefault();
    const box = under.getBoundingClientRect();
    if (under === carried) return;
    if (event.clientY < box.top + box.height / 2) under.before(carried);
    else under.after(carried);
  });
  list.addEventListener("drop", (event) => event.preventDefault());
  list.addEventListener("dragend", () => {
    carried?.classList.remove("carried");
    carried = null;
  });
}

async function lookAgain() {
  while (document.querySelector("[data-look-again]")) {
    await new Promise((later) => setTimeout(later, 2000));
    if (document.hidden) continue;
    const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || answer.redirected) continue;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#making");
    if (fresh) document.querySelector("#making").replaceWith(fresh);
  }
}
