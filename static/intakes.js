/* The page of a list that is being read looks again by itself; without script there is a link. */

const reading = document.querySelector("[data-look-again]");

if (reading) lookAgain();

async function lookAgain() {
  for (;;) {
    await new Promise((later) => setTimeout(later, 1500));
    if (document.hidden) continue;
    const answer = await fetch(location.href, { credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok || answer.redirected) continue;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-look-again]");
    if (!fresh) return location.reload();
    document.querySelector("[data-look-again]").replaceWith(fresh);
  }
}

// On a phone a row becomes a card; each cell then says which column it belongs to.
const sheet = document.querySelector(".intake-sheet");

if (sheet) {
  const titles = [...sheet.tHead.lastElementChild.cells].map((head) => head.textContent.trim());
  for (const row of sheet.tBodies[0].rows) {
    [...row.cells].slice(1).forEach((cell, place) => (cell.dataset.title = titles[place + 1]));
  }
  sheet.classList.add("titled");
}
