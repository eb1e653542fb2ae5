// The table of parameters: value, gradient, what the optimizer remembers, and the new value.

const tabled = nodes.flatMap(({kind}, i) => (kind === "parameter" ? [i] : []));

function makeTable() {
  const memory = lesson.optimizer?.memory ?? [];
  const head = byId("parameters").createTHead().insertRow();
  const headings = ["", "value", "gradient", ...memory.map(({text: letter}) => letter), ...(lesson.optimizer ? ["new"] : [])];
  head.append(...headings.map((words) => Object.assign(document.createElement("th"), {textContent: words, scope: "col"})));
  const places = (i) => [`data ${i}`, `grad ${i}`, ...memory.map((_, k) => `memory ${i} ${k}`), ...(lesson.optimizer ? [`new ${i}`] : [])];
  const used = lesson.optimizer ? remembered(lesson.optimizer.t + 1).map(([, k]) => k) : [];
  const isOut = (k) => k > 2 && k <= 2 + memory.length && !used.includes(k - 3);
  [...head.cells].forEach((cell, k) => (cell.hidden = isOut(k)));
  return tabled.map((i) => {
    const row = byId("parameters").tBodies[0].insertRow();
    row.dataset.node = i;
    row.tabIndex = 0;
    row.append(Object.assign(document.createElement("th"), {scope: "row", textContent: nodes[i].label}));
    const cells = places(i).map((place) => [place, row.insertCell()]);
    [...row.cells].forEach((cell, k) => (cell.hidden = isOut(k)));
    return {i, row, cells};
  });
}

const tableRows = makeTable();

listeners.push(({texts, marks}) => {
  if (byId("table").hidden) return;
  const roles = new Map(ROLES.flatMap((role) => (marks[role] ?? []).map((place) => [place, role])));
  for (const {row, cells} of tableRows) {
    let marked = false;
    for (const [place, cell] of cells) {
      const [shown, role] = [texts.get(place) ?? "", roles.get(place) ?? ""];
      if (cell.textContent !== shown) cell.textContent = shown;
      if (cell.className !== role) cell.className = role;
      marked ||= roles.get(place) === "result";
    }
    row.classList.toggle("now", marked);
    if (marked) row.scrollIntoView?.({block: "nearest"});
  }
});

byId("parameters").addEventListener("click", ({target}) => {
  const row = target.closest("[data-node]");
  if (row) openNode(Number(row.dataset.node), row, target);
});
