// Sorts tables by a click on a column's button. The state is in the address: #sort=KEY-asc or #sort=KEY-desc.
(() => {
  "use strict";
  const table = document.querySelector("table[data-sortable]");
  if (!table) return;
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  // Headings of groups are wrong in any other order, so the first sort removes them.
  const initial = [...body.rows].filter((row) => !row.classList.contains("group"));

  const apply = (key, descending) => {
    const column = heads.findIndex((head) => head.dataset.key === key);
    if (column < 0) return;
    const numeric = heads[column].dataset.numeric !== undefined;
    const value = (row) => {
      const text = row.cells[column].dataset.value ?? "";
      return numeric ? parseFloat(text) : text;
    };
    const rows = initial.map((row) => ({ row, value: value(row) }));
    const empty = (v) => v === "" || Number.isNaN(v);
    rows.sort((a, b) => {
      if (empty(a.value) || empty(b.value)) return empty(a.value) - empty(b.value);
      const order = numeric ? a.value - b.value : a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
      return descending ? -order : order;
    });
    body.replaceChildren(...rows.map(({ row }) => row));
    for (const head of heads) {
      if (head === heads[column]) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  };

  const fromHash = () => {
    const match = /^#sort=(.*)-(asc|desc)$/.exec(location.hash);
    if (!match) return;
    let key = match[1];
    try {
      key = decodeURIComponent(key);
    } catch {}
    apply(key, match[2] === "desc");
  };

  for (const head of heads) {
    if (head.dataset.key === undefined) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const sorted = head.getAttribute("aria-sort");
      const numbers = head.dataset.numeric !== undefined;
      const descending = sorted ? sorted === "ascending" : numbers;
      // The hashchange event then sorts, so that a click and a link do the same.
      location.replace(`#sort=${encodeURIComponent(head.dataset.key)}-${descending ? "desc" : "asc"}`);
    });
  }
  addEventListener("hashchange", fromHash);
  fromHash();
})();
