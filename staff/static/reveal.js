// Shows what belongs to a choice only while that choice is made. Without this script it is always shown.
for (const part of document.querySelectorAll("[data-when]")) {
  const form = part.closest("form");
  const values = part.dataset.values.split(" ");
  const show = () => {
    const chosen = [...form.querySelectorAll(`[name="${part.dataset.when}"]`)].some((each) => (each.checked ?? true) && values.includes(each.value));
    // What is wrong there is never hidden.
    part.hidden = !chosen && !part.querySelector(".govuk-error-message");
  };
  form.addEventListener("change", show);
  show();
}
