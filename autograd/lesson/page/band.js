// The band above the picture: what the step is called, its question, its formulas and what they come to.

const SMALLEST = 16; // pixels: a formula shrinks to fit, but no further
const SHOWN_ROWS = 4;

listeners.push(({scene: one, rows, shown, mode, round}) => {
  byId("phase").textContent = PHASES[one.phase];
  byId("step-title").textContent = one.title;
  byId("counter").textContent = `${state.at + 1} / ${scenes().length}${lesson.optimizer ? ` · training step ${round}` : ""}`;
  byId("mode").textContent = mode === "slide" ? lesson.rounding : "";
  byId("question").textContent = shown ? filledIn(one.say) : filledIn(one.ask);
  byId("question").classList.toggle("said", shown);
  const some = rows.length > SHOWN_ROWS ? chosen(rows) : rows;
  const more = some.length < rows.length ? [paragraph(`and so on: ${rows.length} in all, in the picture`)] : [];
  byId("formulas").replaceChildren(...some.map((row) => rowElement(row, shown)), ...more, ...extras(one, shown));
  byId("formulas").dataset.rows = Math.min(rows.length, SHOWN_ROWS);
  fitFormulas();
});

// Of many rows, those of the quantity that changes most.
function chosen(rows) {
  const news = rows.filter(({place}) => place.startsWith("new "));
  const kept = news.length ? news : rows;
  const size = ({place, value}) => (news.length ? Math.abs(value - taken().data[place.split(" ")[1]]) : Math.abs(value));
  const most = kept.reduce((a, b) => (size(b) > size(a) ? b : a));
  if (!news.length) return rows.slice(0, SHOWN_ROWS - 1);
  const [, node] = most.place.split(" ");
  return rows.filter(({place}) => place.split(" ")[1] === node);
}

function rowElement({left, sign: equals, symbols, notes, numbers, result, role, value, agrees, soFar}, shown) {
  const row = document.createElement("div");
  row.className = "formula";
  row.append(mathElement([{math: left, role}]));
  const join = (pieces, before) => pieces.length && row.append(mathElement([{math: sign(before)}, ...pieces]));
  join(symbols.slice(0, 1).filter(() => symbols.length === 2 && !symbols[1].role && !symbols[0].role), equals);
  const calls = symbols.length === 2 && !symbols[1].role && !symbols[0].role;
  join(calls ? symbols.slice(1) : symbols, calls ? "=" : equals);
  if (notes.length) row.append(mathElement(notes, "note"));
  if (!shown) {
    row.append(mathElement([{math: sign("=")}]), resultElement("?", role));
    return row;
  }
  const bare = numbers.length === 0;
  join(numbers, "=");
  row.append(mathElement([{math: sign(agrees || bare ? "=" : "≈")}]), resultElement(plain(result), role, soFar));
  row.title = agrees ? String(value) : `${value}: worked with more digits than are shown`;
  return row;
}

function resultElement(text, role, soFar = false) {
  const result = document.createElement("output");
  result.className = `outcome ${role}`;
  result.textContent = text;
  if (soFar) result.append(Object.assign(document.createElement("small"), {textContent: " so far"}));
  return result;
}

function mathElement(pieces, classes = "") {
  const template = document.createElement("template");
  const inner = pieces.map(({math, role}) => (role ? `<mrow class="${role}">${math}</mrow>` : math)).join("");
  template.innerHTML = `<math class="${classes}">${inner}</math>`; // its names were escaped by Python
  return template.content.firstChild;
}

function paragraph(text) {
  return Object.assign(document.createElement("p"), {textContent: text});
}

// A sentence with the present numbers in it: {E}, {grad w46}, {new w46}.
function filledIn(sentence) {
  return sentence.replace(/\{(?:(data|grad|new|old) )?([^{}]+)\}/g, (all, quantity = "data", label) => {
    const node = nodes.findIndex((one) => one.label === label);
    if (node < 0) return all;
    const x = {data: taken().data, old: taken().data, grad: taken().grad, new: taken().next}[quantity][node];
    return plain(formulas[state.mode].show(x));
  });
}

// Makes the formulas fit the band.
function fitFormulas() {
  const area = byId("formulas");
  area.style.fontSize = "";
  let size = parseFloat(getComputedStyle(area).fontSize);
  const tooLarge = () => area.scrollWidth > area.clientWidth + 1 || area.scrollHeight > area.clientHeight + 1;
  while (tooLarge() && size > SMALLEST) area.style.fontSize = `${--size}px`;
}

addEventListener("resize", fitFormulas);
