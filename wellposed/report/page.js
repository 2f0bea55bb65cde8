"use strict";

// A click on a header sorts by its column; words by the alphabet, numbers by value, what is missing always last.
function sortBy(header) {
  const table = header.closest("table");
  const column = header.cellIndex;
  const first = header.dataset.first;
  const other = first === "ascending" ? "descending" : "ascending";
  const order = header.getAttribute("aria-sort") === first ? other : first;
  const sign = order === "ascending" ? 1 : -1;
  const numeric = header.classList.contains("number");
  const key = (row) => row.cells[column].dataset.value;
  const compare = (a, b) => {
    if (key(a) === "" || key(b) === "") return (key(a) === "") - (key(b) === "");
    return sign * (numeric ? key(a) - key(b) : key(a).localeCompare(key(b)));
  };
  for (const cell of header.parentNode.cells) cell.setAttribute("aria-sort", cell === header ? order : "none");
  table.tBodies[0].append(...[...table.tBodies[0].rows].sort(compare));
}

for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => sortBy(button.closest("th")));
}

// A click on a reconstruction shows the truth in its place, and back.
for (const button of document.querySelectorAll(".tile button")) {
  const image = button.querySelector("img");
  const own = image.src;
  button.addEventListener("click", () => {
    const pressed = button.getAttribute("aria-pressed") === "false";
    button.setAttribute("aria-pressed", pressed);
    image.src = pressed ? button.closest(".tiles").dataset.truth : own;
  });
}

// The table of contents marks the part that is being read.
const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (!entry.isIntersecting) continue;
    for (const [name, link] of links) link.toggleAttribute("aria-current", name === entry.target.id);
  }
}, { rootMargin: "-10% 0px -75% 0px" });
for (const part of document.querySelectorAll("main > section")) watcher.observe(part);
