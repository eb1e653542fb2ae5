// In print: all steps as a handout, or in a quiz as a worksheet of blanks, with the picture as it stands in the end.

let before = null;

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
}

function handoutItem(one) {
  const item = document.createElement("li");
  const heading = Object.assign(document.createElement("h2"), {textContent: `${PHASES[one.phase]}: ${one.title}`});
  const rows = formulas[state.mode].rows(one, taken(), ...knownIn(one));
  item.append(heading, ...rows.map((row) => rowElement(row, !quiz.on, "")), ...extras(one, !quiz.on));
  if (quiz.on) for (const result of item.querySelectorAll("output")) result.replaceWith(Object.assign(document.createElement("span"), {className: "blank"}));
  return item;
}

function afterPrint() {
  if (!before) return;
  Object.assign(state, before);
  before = null;
  byId("handout").replaceChildren();
  document.body.classList.remove("worksheet");
  show();
}

addEventListener("beforeprint", beforePrint);
addEventListener("afterprint", afterPrint);
matchMedia("print").addEventListener("change", ({matches}) => (matches ? beforePrint() : afterPrint()));
