// The band above the picture: what the step is called, its question, its formulas and what they come to.

const SMALLEST = 16; // pixels: a formula shrinks to fit, but no further
const SHOWN_ROWS = 3;

listeners.push(({scene: one, rows, shown, mode, round}) => {
  byId("phase").textContent = PHASES[one.phase];
  byId("step-title").textContent = one.title;
  byId("counter").textContent = `${round > 1 ? `training step ${round} · ` : ""}${state.at + 1} / ${scenes().length}`;
  byId("mode").textContent = mode === "slide" ? lesson.rounding : "";
  byId("question").textContent = shown ? filledIn(one.say) : filledIn(one.ask);
  byId("question").classList.toggle("said", shown);
  const some = rows.length > SHOWN_ROWS ? chosen(rows) : rows;
  const isKnown = (k) => shown || (one.blank === "factor" && k < some.length - 1);
  const written = some.map((row, k) => rowElement(row, isKnown(k), one.blank));
  if (some.length < rows.length) written.at(-1).append(remark(`and so on: ${rows.length} in all`));
  byId("formulas").replaceChildren(...written, ...extras(one, shown));
  quizShown(latest);
  fitFormulas();
  const said = [...byId("formulas").children].map((row) => row.textContent.replaceAll("∂", "d ").replace("≈", "is about"));
  byId("live").textContent = [one.title, byId("question").textContent, ...said].filter(Boolean).join(". ");
});

// Of many rows, those of the quantity that changes most.
function chosen(rows) {
  const news = rows.filter(({place}) => place.startsWith("new "));
  const kept = news.length ? news : rows;
  const size = ({place, value}) => (news.length ? Math.abs(value - taken().data[place.split(" ")[1]]) : Math.abs(value));
  const most = kept.reduce((a, b) => (size(b) > size(a) ? b : a));
  if (!news.length) return rows.slice(0, SHOWN_ROWS);
  const [, node] = most.place.split(" ");
  return rows.filter(({place}) => place.split(" ")[1] === node);
}

function rowElement({left, sign: equals, symbols, notes, numbers, result, role, value, agrees, soFar}, shown, blank) {
  const row = document.createElement("div");
  row.className = "formula";
  row.append(mathElement([{math: left, role}]));
  const join = (pieces, before) => pieces.length && row.append(mathElement([{math: sign(before)}, ...pieces]));
  const calls = symbols.length === 2 && symbols.every((piece) => !piece.role); // o = σ(i) = ...
  for (const [k, side] of (calls ? symbols.map((piece) => [piece]) : [symbols]).entries()) join(side, k ? "=" : equals);
  if (notes.length) row.append(mathElement(notes, "note"));
  if (shown) join(numbers, "=");
  else if (blank === "factor") join(numbers.map((piece, k) => (k === numbers.length - 1 ? {...piece, math: tag("mtext", "?")} : piece)), "=");
  const agree = !shown || agrees || !numbers.length;
  row.append(mathElement([{math: sign(agree ? "=" : "≈")}]), resultElement(shown ? plain(result) : "?", role, shown && soFar));
  if (shown) row.title = agrees ? String(value) : `${value}: worked with more digits than are shown`;
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

function remark(text) {
  return Object.assign(document.createElement("span"), {className: "remark", textContent: text});
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

// Makes the formulas fit the band: they shrink, and if they would become too small break at their signs.
function fitFormulas() {
  const area = byId("formulas");
  const tooLarge = () => area.scrollWidth > area.clientWidth + 1 || area.scrollHeight > area.clientHeight + 1;
  for (const broken of [false, true]) {
    area.style.fontSize = "";
    area.classList.toggle("broken", broken);
    if (!tooLarge()) return;
    let [fits, large] = [broken ? SMALLEST : 20, parseFloat(getComputedStyle(area).fontSize)];
    area.style.fontSize = `${fits}px`;
    if (tooLarge()) continue;
    while (large - fits > 1) { // each look at it has it laid out anew
      const size = Math.floor((fits + large) / 2);
      area.style.fontSize = `${size}px`;
      if (tooLarge()) large = size;
      else fits = size;
    }
    area.style.fontSize = `${fits}px`;
    return;
  }
}

addEventListener("resize", fitFormulas);
