// The lab: a panel beside the picture in which numbers are changed, looked at, trained and taken along. It has one part
// at a time, each with a key of its own.

const lab = {
  parts: new Map(), // by name, {title, key, body, show}
  open: null,

  // Adds a part: `show()` fills its body whenever what is shown has changed.
  add(name, title, key, body, show) {
    const button = Object.assign(document.createElement("button"), {type: "button", textContent: title});
    button.setAttribute("aria-keyshortcuts", key);
    button.setAttribute("role", "tab");
    button.addEventListener("click", () => this.show(name));
    labTabs.append(button);
    body.className = "part-of-lab";
    body.hidden = true;
    labPanel.append(body);
    this.parts.set(name, {title, key, body, show, button});
    KEYS[key] = () => this.toggle(name);
    explainKey([key], `${title.toLowerCase()}: ${body.dataset.about}`);
  },

  toggle(name) {
    this.show(this.open === name ? null : name);
  },

  show(name) {
    this.open = name;
    labPanel.hidden = name === null;
    byId("open-lab").ariaPressed = String(name !== null);
    for (const [other, {body, button}] of this.parts) {
      body.hidden = other !== name;
      button.ariaSelected = String(other === name);
    }
    show();
  },
};

function explainKey(keys, words) {
  const [term, meaning] = ["dt", "dd"].map((tagName) => document.createElement(tagName));
  term.append(...keys.flatMap((key, k) => [...(k ? [" "] : []), Object.assign(document.createElement("kbd"), {textContent: key})]));
  meaning.textContent = words;
  byId("keys").querySelector("dl").append(term, meaning);
}

// An element with properties and children, for the parts.
function make(tagName, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tagName), properties);
  made.append(...children);
  return made;
}

function labButton(textContent, onclick, properties = {}) {
  return make("button", {type: "button", textContent, onclick, ...properties});
}

// What someone has typed, with a comma or a dash of any kind; NaN where it is no number.
function numberTyped(text) {
  const typed = text.trim().replace(/[−–]/g, "-").replace(",", ".");
  return typed === "" || !Number.isFinite(Number(typed)) ? NaN : Number(typed);
}

// An input for a number that `take` takes, or says in words why not.
function numberInput(label, take, properties = {}) {
  const input = make("input", {type: "text", inputMode: "decimal", autocomplete: "off", ariaLabel: label, ...properties});
  const refused = make("p", {className: "refused", hidden: true});
  refused.setAttribute("role", "alert");
  const tryIt = () => {
    const x = numberTyped(input.value);
    const why = Number.isNaN(x) ? `${input.ariaLabel} needs a number` : (take(x) ?? "");
    refused.textContent = why;
    refused.hidden = why === "";
    input.setAttribute("aria-invalid", String(why !== ""));
  };
  input.addEventListener("input", tryIt);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") input.blur();
    if (!["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const x = numberTyped(input.value);
    if (Number.isNaN(x)) return;
    input.value = minus(String(nudgedBy(x, event)));
    tryIt();
    event.preventDefault();
  });
  return {input, refused, write: (x) => document.activeElement !== input && (input.value = minus(String(x)))};
}

// A number one step up or down, by tenths; with Shift by hundredths, and whole numbers with Control.
function nudgedBy(x, {key, shiftKey, ctrlKey}) {
  const step = ctrlKey ? 1 : shiftKey ? 0.01 : 0.1;
  return round(x + (key === "ArrowUp" ? step : -step), 10);
}

const labTabs = make("div", {className: "tabs", role: "tablist", ariaLabel: "What if"});
const labPanel = make("aside", {id: "lab", hidden: true, ariaLabel: "What if"}, labTabs);
byId("explanation").before(labPanel);
byId("full").before(labButton("What if", () => lab.show(lab.open ? null : [...lab.parts.keys()][0]), {id: "open-lab", ariaPressed: "false"}));
KEYS.Escape = () => lab.open && lab.show(null);

listeners.push(() => lab.open && lab.parts.get(lab.open).show());
