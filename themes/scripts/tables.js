// Tables: a click on a column's head sorts it (up, down, as it was), and what a cell put out can be copied as CSV.
import { button, copy, words } from "./page.js";

const NUMBER = /^[(+-]?[$€£¥]?(\d[\d,]*(\.\d*)?|\.\d+)([eE][+-]?\d+)?\s*(%|[kKMB])?\)?$|^[+-]?inf$/;
const DATE = /^\d{4}-\d\d(-\d\d)?([ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;
const NOTHING = /^(|nan|nat|none|null|na|n\/a|<na>|-|–|—)$/i;
const FORMULA = /^[=+\-@\t\r]/;
const SCALES = { "%": 1, k: 1e3, K: 1e3, M: 1e6, B: 1e9 };
const FEWEST_OF_MARKDOWN = 5;

const text = (cell) => cell.textContent.trim();
const bare = (value) => value.replace(/^[−–]/, "-");
const isNumber = (value) => NUMBER.test(bare(value));
const collator = new Intl.Collator(document.documentElement.lang || undefined, { numeric: true, sensitivity: "base" });

function number(value) {
  const plain = bare(value);
  if (plain.endsWith("inf")) return plain.startsWith("-") ? -Infinity : Infinity;
  const sign = plain.startsWith("(") ? -1 : 1;
  const size = Number(plain.replace(/[^\d.eE+-]/g, ""));
  return sign * size * (SCALES[plain.replace(/\)$/, "").slice(-1)] ?? 1);
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

// How to compare two texts of this column.
function order(values) {
  const given = values.filter((value) => !NOTHING.test(value));
  if (given.every(isNumber)) return (a, b) => compare(number(a), number(b));
  if (given.every((value) => DATE.test(value))) return compare;
  return (a, b) => collator.compare(a, b);
}

const regular = (table) => [...table.rows].every((row) => [...row.cells].every((cell) => cell.colSpan === 1 && cell.rowSpan === 1));

// Columns and rows that can be moved: no merged cells, rows of one length, nothing left out with dots.
function sortable(table) {
  if (!table.tHead?.rows.length || table.tBodies.length !== 1 || table.tBodies[0].rows.length < 2 || !regular(table)) return false;
  const width = table.tHead.rows[0].cells.length;
  if ([...table.rows].some((row) => row.cells.length !== width)) return false;
  return [...table.tBodies[0].rows].every((row) => [...row.cells].some((cell) => !/^(\.\.\.|…|⋮)?$/.test(text(cell))));
}

// The head of a column is its first cell with words: an index has its name in a row of its own.
const head = (table, column) => [...table.tHead.rows].map((row) => row.cells[column]).find((cell) => cell.tagName === "TH" && text(cell));

function sorted(rows, column, direction) {
  if (!direction) return rows;
  const keys = new Map(rows.map((row) => [row, text(row.cells[column])]));
  const inOrder = order([...keys.values()]);
  return rows.toSorted((one, other) => {
    const [a, b] = [keys.get(one), keys.get(other)];
    const [noA, noB] = [NOTHING.test(a), NOTHING.test(b)];
    return noA || noB ? noA - noB : direction * inOrder(a, b);
  });
}

function makeSortable(table) {
  const body = table.tBodies[0];
  const rows = [...body.rows];
  let current = null;
  let direction = 0;
  const sort = (cell, column) => {
    direction = cell === current ? { 0: 1, 1: -1, [-1]: 0 }[direction] : 1;
    current?.removeAttribute("aria-sort");
    current = cell;
    if (direction) cell.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
    body.append(...sorted(rows, column, direction));
  };
  for (let column = 0; column < table.tHead.rows[0].cells.length; column++) {
    const cell = head(table, column);
    if (!cell || cell.querySelector("a, button, input, summary")) continue;
    const control = button("", "sort", () => sort(cell, column));
    control.append(...cell.childNodes);
    cell.append(control);
  }
}

// A text that a spreadsheet would take for a formula gets a quote before it; a number is none.
function field(value) {
  const safe = FORMULA.test(value) && !isNumber(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(table) {
  const grid = [];
  [...table.rows].forEach((row, y) => {
    let x = 0;
    for (const cell of row.cells) {
      while (grid[y]?.[x] !== undefined) x++;
      const high = Math.min(cell.rowSpan, table.rows.length - y);
      const wide = Math.min(cell.colSpan, 1000);
      for (let down = 0; down < high; down++) {
        grid[y + down] ??= [];
        for (let right = 0; right < wide; right++) grid[y + down][x + right] = down || right ? "" : text(cell);
      }
    }
  });
  return grid.map((row) => Array.from(row, (value) => field(value ?? "")).join(",")).join("\r\n") + "\r\n";
}

const inMarkdown = (table) =>
  table.tBodies[0]?.rows.length >= FEWEST_OF_MARKDOWN && [...table.tBodies[0].rows].some((row) => [...row.cells].some((cell) => isNumber(text(cell))));

export function start() {
  for (const table of document.querySelectorAll("main table")) {
    const box = table.closest("[data-table]");
    if ((box || inMarkdown(table)) && sortable(table)) makeSortable(table);
    if (!box || table.rows.length < 2) continue;
    const control = button(words("csv"), "csv", () => copy(csv(table), control));
    box.after(control);
  }
}
