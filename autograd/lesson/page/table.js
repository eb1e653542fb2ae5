// The table of parameters: value, gradient, what the optimizer remembers, and the new value.

const tabled = nodes.flatMap(({kind}, i) => (kind === "parameter" ? [i] : []));

function makeTable() {
  const memory = lesson.optimizer ? remembered(lesson.optimizer.t + 1) : [];
  const head = byId("parameters").createTHead().insertRow();
  const headings = ["", "value", "gradient", ...memory.map(([letter]) => letter), ...(lesson.optimizer ? ["new"] : [])];
  head.append(...headings.map((words) => Object.assign(document.createElement("th"), {textContent: words, scope: "col"})));
  const places = (i) => [`data ${i}`, `grad ${i}`, ...memory.map(([, k]) => `memory ${i} ${k}`), ...(lesson.optimizer ? [`new ${i}`] : [])];
  return tabled.map((i) => {
    const row = byId("parameters").tBodies[0].insertRow();
    row.dataset.node = i;
    row.tabIndex = 0;
    row.append(Object.assign(document.createElement("th"), {scope: "row", textContent: nodes[i].label}));
    const cells = places(i).map((place) => [place, row.insertCell()]);
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
