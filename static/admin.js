// The admin's few comforts. Everything works without them.

const typing = (element) => element.matches("input, select, textarea, [contenteditable]");

// "/" goes to the search, as on every list.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const search = document.getElementById("searchbar");
  if (search) {
    event.preventDefault();
    search.select();
    search.focus();
  }
});

// Arrows move between the rows of a list; Enter opens because the focus is on the row's link.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = event.target.closest?.("#result_list tbody tr");
  if (!step || !row || !event.target.matches("a, input[type=checkbox]")) return;
  const next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
  const target = next?.querySelector(event.target.matches("a") ? "th a, td a" : "input[type=checkbox]");
  if (target) {
    event.preventDefault();
    target.focus();
  }
});

// On a phone a row becomes a card; each cell then says which column it belongs to.
for (const table of document.querySelectorAll(".results > table")) {
  const titles = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  for (const row of table.querySelectorAll("tbody tr")) {
    if (row.cells.length !== titles.length) continue;
    [...row.cells].forEach((cell, place) => {
      if (!cell.dataset.label && titles[place]) cell.dataset.label = titles[place];
    });
  }
}

// One filter is open at a time, and a press beside it closes it.
document.addEventListener("click", (event) => {
  for (const filter of document.querySelectorAll("details.filter[open], details.display[open]")) {
    if (!filter.contains(event.target)) filter.open = false;
  }
});

// Django's boxes to search in have no name of their own; they are called like the field that they stand for.
const nameSearches = () => {
  for (const search of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
    const field = search.closest(".select2")?.previousElementSibling;
    const name = field?.getAttribute("aria-label") || field?.labels?.[0]?.textContent.trim();
    if (name) search.setAttribute("aria-label", name);
  }
};
if (document.querySelector(".admin-autocomplete")) {
  new MutationObserver(nameSearches).observe(document.body, { childList: true, subtree: true });
  nameSearches();
}

// What went wrong is where the eye and the screen reader go first.
document.querySelector(".wrongs")?.focus();
