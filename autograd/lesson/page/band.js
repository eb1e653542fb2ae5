// The band above the picture: what the step is called, its question, its formulas and what they come to.

const SHOWN_ROWS = 3;
const LARGEST = [1.3, 1.3, 1.15]; // how much larger formulas are where there are none, one, two of them
const SMALLEST = {room: 16, frame: 13}; // pixels: a formula shrinks to fit, but no further
const SUM = 3; // terms: a longer sum may be written with dots

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
  fitBand();
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
  const side = (name, ...pieces) => {
    row.append(Object.assign(document.createElement("span"), {className: `side ${name}`}));
    row.lastChild.append(...pieces);
  };
  const joined = (pieces, before) => (pieces.length ? [mathElement([{math: sign(before)}, ...pieces])] : []);
  const calls = symbols.length === 2 && symbols.every((piece) => !piece.role); // o = σ(i) = ...
  const blanked = (piece, k) => (k === numbers.length - 1 ? {...piece, math: tag("mtext", "?")} : piece);
  const agree = !shown || agrees || !numbers.length;
  side("left", mathElement([{math: left, role}]));
  side("symbols", ...(calls ? symbols.map((piece) => [piece]) : [symbols]).flatMap((pieces, k) => joined(pieces, k ? "=" : equals)));
  side("notes", ...(notes.length ? [mathElement(notes, "note")] : []));
  side("numbers", ...joined(shown ? numbers : blank === "factor" ? numbers.map(blanked) : [], "="));
  side("outcomes", mathElement([{math: sign(agree ? "=" : "≈")}]), resultElement(shown ? plain(result) : "?", role, shown && soFar));
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
  const math = template.content.firstChild;
  for (const mo of math.querySelectorAll("mo")) {
    if (mo.textContent === "/") for (const space of ["lspace", "rspace"]) mo.setAttribute(space, "0");
    if (!mo.parentNode.querySelector("mfrac, mtable")) mo.setAttribute("stretchy", "false");
    if (mo.textContent === "∂") mo.replaceWith(Object.assign(document.createElementNS(mo.namespaceURI, "mi"), {textContent: "∂"}));
  }
  return math;
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

// Makes question and formulas fit the band. Formulas stand in columns; if there is no room for them at the size of the
// page, they stand one after the other; then break at their signs; then long sums are written with dots; and only then
// they become smaller than that.
function fitBand() {
  const area = byId("formulas");
  const fits = ({scrollWidth, clientWidth, scrollHeight, clientHeight}) => scrollWidth <= clientWidth + 1 && scrollHeight <= clientHeight + 1;
  const shrink = (element, from, to) => { // each look at it has it laid out anew, so that it is halved
    let [good, large] = [to, from + 1];
    element.style.fontSize = `${to}px`;
    if (!fits(element)) return false;
    while (large - good > 1) {
      const size = Math.floor((good + large) / 2);
      element.style.fontSize = `${size}px`;
      if (fits(element)) good = size;
      else large = size;
    }
    element.style.fontSize = `${good}px`;
    return true;
  };
  area.style.fontSize = "";
  const least = parseFloat(getComputedStyle(area).fontSize);
  const most = Math.round(least * (LARGEST[area.children.length] ?? 1));
  dotted(area, false);
  const fitted = ["aligned", "ragged", "broken", "dotted", "broken dotted"].some((layout) => {
    area.className = layout;
    if (layout.includes("dotted")) dotted(area, true);
    return shrink(area, most, least);
  });
  const smallest = SMALLEST[document.body.classList.contains("embed") ? "frame" : "room"];
  if (!fitted) shrink(area, least, smallest);
  const question = byId("question");
  question.style.fontSize = "";
  if (!fits(question)) shrink(question, parseFloat(getComputedStyle(question).fontSize), smallest);
}

// Writes long sums with dots in place of what is between their second and their last term; or whole.
function dotted(area, isOn) {
  for (const math of area.querySelectorAll(".symbols > math, .numbers > math")) {
    math.querySelector(".dots")?.remove();
    const parts = [...math.children];
    const signs = parts.filter((part) => part.localName === "mo" && /^[+−]$/.test(part.textContent));
    const isLong = isOn && signs.length >= SUM;
    const [from, to] = isLong ? [signs[1], signs.at(-1)].map((one) => parts.indexOf(one)) : [0, -1];
    parts.forEach((part, k) => part.classList.toggle("left-out", k > from && k < to));
    if (!isLong) continue;
    const dots = document.createElementNS(math.namespaceURI, "mtext");
    dots.setAttribute("class", "dots");
    dots.textContent = "⋯";
    signs[1].after(dots);
  }
}

addEventListener("resize", fitBand);
