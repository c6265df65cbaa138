"use strict";

function orderOf(row, column) {
  const cell = row.cells[column];
  const order = cell.dataset.order;
  if (order !== undefined) return Number(order);
  const text = cell.textContent.trim();
  const number = Number(text);
  return text !== "" && !Number.isNaN(number) ? number : text;
}

function compare(first, second) {
  const numbers = typeof first === "number" && typeof second === "number";
  if (numbers) return (Number.isNaN(first) ? Infinity : first) - (Number.isNaN(second) ? Infinity : second);
  if (typeof first === "number") return -1;
  if (typeof second === "number") return 1;
  return first.localeCompare(second);
}

function sortBy(table, column) {
  const headers = [...table.tHead.rows[0].cells];
  const rising = headers[column].getAttribute("aria-sort") !== "ascending";
  headers.forEach((header, number) => {
    const state = number === column ? (rising ? "ascending" : "descending") : "none";
    header.setAttribute("aria-sort", state);
  });
  const body = table.tBodies[0];
  const rows = [...body.rows];
  rows.sort((a, b) => (rising ? 1 : -1) * compare(orderOf(a, column), orderOf(b, column)));
  body.append(...rows);
}

for (const table of document.querySelectorAll("table")) {
  [...table.tHead.rows[0].cells].forEach((header, column) => {
    header.querySelector("button").addEventListener("click", () => sortBy(table, column));
  });
}

document.getElementById("look").addEventListener("click", () => {
  const root = document.documentElement;
  const prefersDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const isDark = root.classList.contains("dark") || (prefersDark && !root.classList.contains("light"));
  root.classList.toggle("dark", !isDark);
  root.classList.toggle("light", isDark);
});

addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details")) part.open = true;
});
