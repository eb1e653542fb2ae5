// Paths: of a number that has the pointer, the focus or a pin, every path from it to the output lights up, with a
// frame about each factor; and each factor is tied to its fraction in the docked explanation.

const paths = {pinned: null, shown: null};

function lightPaths(node) {
  const picture = pictures[state.view];
  paths.shown = node;
  for (const other of Object.values(pictures)) {
    other.pathLayer ??= other.sheet.insertBefore(element("g", {class: "paths", "aria-hidden": "true"}), other.markLayer);
    other.pathLayer.replaceChildren();
  }
  if (node === null || !state.shown) return;
  const ways = pathsTo(node, MOST_PATHS);
  const inside = new Set(between(node));
  const all = [...inside].flatMap((child) => (nodes[child].parents ?? []).flatMap((parent, k) => (inside.has(parent) ? [[child, k]] : [])));
  const drawn = ways.length <= MOST_PATHS ? ways : [all];
  const factors = new Set();
  for (const [k, way] of drawn.entries()) {
    for (const [child, place] of way) {
      for (const line of picture.edges.get(`${child} ${place}`) ?? []) {
        const lit = element("path", {d: line.getAttribute("d"), class: `lit way-${k % 4}`});
        lit.dataset.edge = `${child} ${place}`;
        picture.pathLayer.append(lit);
      }
      factors.add(`${child} ${place}`);
    }
  }
  if (scene().phase !== "forward" && drawn === ways) for (const edge of factors) frameFactor(picture, edge);
}

// A frame about the number that is the factor of an edge, where it stands.
function frameFactor(picture, edge) {
  const [node, k] = edge.split(" ").map(Number);
  const places = [`slope ${edge}`, placeOfSlope(nodes, node, k)].flatMap((place) => picture.numbers.get(place) ?? []);
  for (const text of places) {
    if (!text.textContent) continue;
    const {x, y, width, height} = picture.placeOf(text);
    picture.pathLayer.append(element("rect", {class: "factor", "data-edge": edge, x: x - 5, y: y - 2, width: width + 10, height: height + 4, rx: 6}));
  }
}

const nodeUnder = (target) => {
  const node = Number(target.closest?.("#picture [data-node], #parameters [data-node]")?.dataset.node ?? NaN);
  return Number.isNaN(node) ? null : node;
};

function follows(target) {
  const node = nodeUnder(target);
  const wanted = node !== null && nodes[node].kind !== "constant" && node !== output ? node : paths.pinned;
  if (wanted !== paths.shown) lightPaths(wanted);
}

byId("picture").addEventListener("pointerover", ({target}) => follows(target));
byId("picture").addEventListener("pointerleave", () => follows(document.activeElement));
document.addEventListener("focusin", ({target}) => follows(target));
document.addEventListener("focusout", ({relatedTarget}) => relatedTarget || follows(document.body));

// Pinned, its paths stay, and the explanation is about it.
KEYS.k = () => {
  const node = paths.shown ?? nodeUnder(document.activeElement);
  paths.pinned = paths.pinned === node ? null : node;
  chosenToExplain = paths.pinned;
  if (paths.pinned !== null && byId("explanation").hidden) toggle("explanation");
  else show();
};
explainKey(["k"], "pin the paths of the number under the pointer or the focus, and explain it; again: no longer");

listeners.push(() => {
  lightPaths(paths.pinned ?? paths.shown);
  for (const [node, rows] of pictures[state.view].homes) for (const row of rows) row.classList.toggle("pinned", node === paths.pinned);
});

// A factor of the explanation and its edge, one pointed at, both marked.
function tie(edge) {
  for (const one of document.querySelectorAll("#explanation [data-edge], .paths [data-edge]")) {
    one.classList.toggle("tied", edge !== undefined && one.dataset.edge === edge);
  }
}

for (const [event, isOn] of [["pointerover", true], ["focusin", true], ["pointerout", false], ["focusout", false]]) {
  for (const id of ["explanation", "picture"]) {
    byId(id).addEventListener(event, ({target}) => tie(isOn ? target.closest("[data-edge]")?.dataset.edge : undefined));
  }
}
