// To take along: formulas as LaTeX, the picture as SVG or PNG, the numbers as Python, the address.

// MathML as LaTeX: of the elements that formulas here are made of.
function latexOf(math) {
  if (math.nodeType === Node.TEXT_NODE) return latexText(math.data);
  const inner = [...math.childNodes].map(latexOf);
  const all = inner.join("");
  const grouped = (x) => (/^(.|\\[A-Za-z]+)$/u.test(x) ? x : `{${x}}`);
  const isCases = math.localName === "mrow" && math.firstChild?.textContent === "{" && math.children[1]?.localName === "mtable";
  if (isCases) return inner[1].replace("{matrix}", "{cases}").replace(/\{matrix\}$/, "{cases}");
  const made = {
    mfrac: () => `\\frac{${inner[0]}}{${inner[1]}}`,
    msub: () => `${inner[0]}_{${inner[1]}}`,
    msup: () => `${grouped(inner[0])}^{${inner[1]}}`,
    msubsup: () => `${inner[0]}_{${inner[1]}}^{${inner[2]}}`,
    mover: () => `\\hat{${inner[0]}}`,
    msqrt: () => `\\sqrt{${all}}`,
    mtable: () => `\\begin{matrix}${inner.join(" \\\\ ")}\\end{matrix}`,
    mtr: () => inner.join(" & "),
    mtext: () => `\\text{${[...math.textContent].map((c) => SPECIAL[c] ?? c).join("")}}`,
    mi: () => (math.textContent.length > 1 && !/^\\/.test(all) ? `\\mathrm{${all}}` : all),
    math: () => all.trim(),
  }[math.localName];
  return made ? made() : all;
}

const SPECIAL = {"\\": "\\backslash ", "{": "\\{", "}": "\\}", "$": "\\$", "#": "\\#", "%": "\\%", "&": "\\&", "_": "\\_", "^": "\\hat{}", "~": "\\sim "};
const SIGNS = {
  ...SPECIAL,
  "∂": "\\partial ", "×": " \\times ", "·": " \\cdot ", "−": "-", "←": " \\leftarrow ", "≈": " \\approx ", "∑": "\\sum ", "Σ": "\\Sigma ",
  "∘": " \\circ ", "√": "\\surd ", "∞": "\\infty ", "→": " \\rightarrow ", "…": "\\ldots ", "½": "\\tfrac12 ", "′": "'", "≥": " \\ge ", "≤": " \\le ", "\u00a0": "~", "=": " = ",
  "α": "\\alpha ", "β": "\\beta ", "γ": "\\gamma ", "δ": "\\delta ", "ε": "\\epsilon ", "η": "\\eta ", "θ": "\\theta ", "λ": "\\lambda ", "μ": "\\mu ",
  "ρ": "\\rho ", "σ": "\\sigma ", "τ": "\\tau ", "φ": "\\phi ", "ω": "\\omega ",
};
const latexText = (text) => [...text].map((c) => SIGNS[c] ?? c).join("");

// The rows of an element, one below the other.
function latexRows(parent) {
  const rows = [...parent.querySelectorAll(".formula")].map((row) =>
    [...row.querySelectorAll("math, output")].map((one) => (one.localName === "math" ? latexOf(one) : latexText(one.firstChild.data))).join(" ").replace(/\s+/g, " ").trim());
  return rows.length > 1 ? `\\begin{gathered}\n${rows.join(" \\\\\n")}\n\\end{gathered}` : (rows[0] ?? "");
}

function explanationLatex() {
  const panel = byId("explanation");
  const wasHidden = panel.hidden;
  if (wasHidden) toggle("explanation");
  const latex = latexRows(panel);
  if (wasHidden) toggle("explanation");
  return latex;
}

// model.set(...) with the parameters as they are; and what is no parameter, as assignments.
function numbersPython() {
  const isName = (label) => /^[A-Za-z_]\w*$/.test(label) && !PYTHON_WORDS.has(label);
  const text = (label) => JSON.stringify(label);
  const {leaves} = taken();
  const of = (kind) => nodes.flatMap(({label, kind: own}, i) => (own === kind && isGiven(i) ? [[label, asPython(leaves[i])]] : []));
  const parameters = of("parameter");
  const set = parameters.every(([label]) => isName(label))
    ? parameters.map(([label, x]) => `${label}=${x}`).join(", ")
    : `{${parameters.map(([label, x]) => `${text(label)}: ${x}`).join(", ")}}`;
  const lines = parameters.length ? [`model.set(${set})`] : [];
  for (const [label, x] of of("input")) lines.push(isName(label) ? `${label} = Value(${x}, ${text(label)})` : `Value(${x}, ${text(label)})`);
  for (const key of Object.keys(hyperGiven)) {
    if (!key.includes(".")) lines.push(`optimizer.${key} = ${asPython(hyperNow(key))}`);
    else if (key.endsWith(".0")) lines.push(`optimizer.${key.slice(0, -2)} = (${lesson.optimizer.hyperparameters[key.slice(0, -2)].map(asPython).join(", ")})`);
  }
  return lines.join("\n");
}

const PYTHON_WORDS = new Set("False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(" "));

// The picture as it stands, whole, with its looks in it, so that it needs no page.
function pictureSvg() {
  const {svg, whole} = pictures[state.view];
  const copy = svg.cloneNode(true);
  const looks = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font", "text-anchor", "visibility", "marker-start", "marker-end", "opacity"];
  const [from, to] = [svg, copy].map((one) => [...one.querySelectorAll("*")]);
  from.forEach((one, k) => {
    const style = getComputedStyle(one);
    for (const look of looks) {
      const value = style.getPropertyValue(look);
      if (look !== "font") to[k].setAttribute(look, value.replace(/url\("?[^#)]*#/, "url(#").replace('")', ")"));
      else if (one.localName === "text") {
        to[k].setAttribute("font-family", "Arial, sans-serif");
        to[k].setAttribute("font-size", style.fontSize);
        to[k].setAttribute("font-weight", style.fontWeight);
        to[k].setAttribute("font-style", style.fontStyle);
      }
    }
  });
  for (const [key, x] of Object.entries({xmlns: SVG, width: whole.width, height: whole.height, viewBox: [whole.x, whole.y, whole.width, whole.height].join(" ")})) copy.setAttribute(key, x);
  const ground = {x: whole.x, y: whole.y, width: whole.width, height: whole.height, fill: getComputedStyle(document.body).backgroundColor};
  copy.prepend(element("rect", ground));
  copy.removeAttribute("class");
  return new XMLSerializer().serializeToString(copy);
}

function download(blob, name) {
  const link = make("a", {href: URL.createObjectURL(blob), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const saveSvg = () => download(new Blob([pictureSvg()], {type: "image/svg+xml"}), "picture.svg");

function savePng() {
  const {whole} = pictures[state.view];
  const image = new Image();
  image.onload = () => {
    const canvas = make("canvas", {width: 2 * whole.width, height: 2 * whole.height});
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => download(blob, "picture.png"), "image/png");
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(pictureSvg())}`;
}

// Shows a text, and copies it where the browser lets it.
async function copy(text) {
  takenText.value = text;
  takenText.hidden = false;
  const before = document.activeElement;
  takenText.select();
  let copied = false;
  try {
    await navigator.clipboard.writeText(text);
    copied = true;
  } catch {
    copied = document.execCommand("copy"); // as in a frame that may not ask for the clipboard
  }
  if (copied) before.focus(); // where keys are the board's
  takenNote.textContent = copied ? "Copied." : "Select and copy:";
}

const takenText = make("textarea", {readOnly: true, hidden: true, rows: 7, ariaLabel: "To copy"});
const takenNote = make("p");
takenNote.setAttribute("role", "status");
const takePart = make("div", {},
  ...[
    ["Formula (LaTeX)", () => copy(latexRows(byId("formulas")))],
    ["Explanation (LaTeX)", () => copy(explanationLatex())],
    ["Numbers (Python)", () => copy(numbersPython())],
    ["Address", () => copy(addressNow())],
    ["Picture (SVG)", saveSvg],
    ["Picture (PNG)", savePng],
  ].map(([words, action]) => make("div", {}, labButton(words, action))),
  takenNote, takenText);
takePart.dataset.about = "copy formula, explanation, numbers, address; save the picture";
lab.add("take", "Take", "c", takePart, () => {});
