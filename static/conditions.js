/*
 * A question that hangs on another answer appears and goes as that answer changes.
 * Without this, all questions stand there and the server leaves out what is not asked.
 */

const separator = "=";

function answersTo(form, name) {
  return [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
    .filter((control) => (control.type === "radio" || control.type === "checkbox" ? control.checked : true))
    .map((control) => control.value);
}

function arrange(form) {
  for (const question of form.querySelectorAll("[data-shown-if]")) {
    const [name, value] = question.dataset.shownIf.split(separator);
    const asked = form.querySelector(`[name="${CSS.escape(name)}"]`);
    const isHidden = asked !== null && (asked.closest("[hidden]") !== null || !answersTo(form, name).includes(value));
    question.hidden = isHidden;
  }
}

for (const form of document.querySelectorAll("[data-conditions]")) {
  form.addEventListener("change", () => arrange(form));
  arrange(form);
}
