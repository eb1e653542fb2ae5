// In print: all steps as a handout, or in a quiz as a worksheet of blanks, with the picture as it stands in the end.

let before = null;
const SHEET = {width: 1032, height: 680}; // pixels of the screen: A4 on its side, within its margins
const READABLE = 8 * (96 / 72); // of a picture's text: 8 points

function beforePrint() {
  if (before) return;
  before = {...state};
  document.body.classList.toggle("worksheet", quiz.on);
  const list = byId("handout");
  list.replaceChildren(...scenes().map((one) => handoutItem(one)));
  const last = quiz.on ? 0 : scenes().findLastIndex(({phase}) => phase !== "update");
  Object.assign(state, {at: last, shown: true});
  show();
  for (const picture of Object.values(pictures)) picture.look(picture.whole);
  const {width, height} = pictures[state.view].whole;
  const text = 20 * Math.min(1, SHEET.width / width, SHEET.height / height);
  byId("picture").classList.toggle("too-large", text < READABLE);
}

function handoutItem(one) {
  const item = document.createElement("li");
  const heading = Object.assign(document.createElement("h2"), {textContent: `${PHASES[one.phase]}: ${one.title}`});
  const rows = formulas[state.mode].rows(one, taken(), ...knownIn(one));
  const leaksNothing = !quiz.on || !["matrix", "check"].includes(one.kind);
  item.append(heading, ...rows.map((row) => rowElement(row, !quiz.on, "")), ...(leaksNothing ? extras(one, !quiz.on) : [blank()]));
  if (quiz.on) for (const result of item.querySelectorAll("output")) result.replaceWith(blank());
  return item;
}

const blank = () => Object.assign(document.createElement("span"), {className: "blank"});

function afterPrint() {
  if (!before) return;
  Object.assign(state, before);
  before = null;
  byId("handout").replaceChildren();
  document.body.classList.remove("worksheet");
  byId("picture").classList.remove("too-large");
  show();
}

addEventListener("beforeprint", beforePrint);
addEventListener("afterprint", afterPrint);
matchMedia("print").addEventListener("change", ({matches}) => (matches ? beforePrint() : afterPrint()));
