// Scenes: what is shown one after the other in a grain, {phase, kind, steps, units, title, ask, say, before, after}.
//
// A scene's `steps` are those of its group; `before` and `after` are all that have been taken when it begins and when it
// is over. It may `ask` a question before it shows what its steps determine, and `say` something then. A story tells
// scenes of its own in place of the unit-level ones: see `autograd.lesson.story`.

const PHASES = {forward: "Forward", backward: "Backward", update: "Update"};

function scenesOf(lesson, steps) {
  const groups = grouped(lesson, steps);
  const scenes = Object.fromEntries(GRAINS.map((grain) => [grain, inOrder(groups[grain], (group) => describe(lesson, group, grain))]));
  if (lesson.story.length) scenes.unit = told(lesson, [...scenes.unit, ...scenes.layer]);
  return scenes;
}

function inOrder(groups, described) {
  let before = [];
  return groups.map((group) => {
    const after = [...before, ...group.steps];
    const scene = {ask: "", say: "", ...group, ...described(group), before, after};
    before = after;
    return scene;
  });
}

// What a class is told of a group, and asked.
function describe({nodes, optimizer}, {kind, steps, units: members}, grain) {
  const [{node, parent, writes}] = steps;
  const label = (i) => nodes[i]?.label;
  const E = label(nodes.length - 1);
  const whose = members.map(({title}) => title).join(", ");
  const unit = `${members.length > 1 ? "units" : members[0]?.net === undefined ? "" : "unit"} ${whose}`.trim();
  const asking = grain !== "scalar";
  const told = {
    given: () => ["The inputs and parameters are given"],
    result: () => [`${label(node)} is computed`],
    seed: () => [`${E} changes by 1 when ${E} changes by 1`],
    hand: () => [`${label(node)} hands ${label(parent)} its contribution`],
    line: () => [`${writes ? `${optimizer.memory[writes - 1].text} of ` : ""}${label(node)} is updated`],
    unit: () => [`Forward through ${unit}`, `What does ${unit} put out?`],
    delta: () => [`Back to ${unit}`, `How does ${E} change with the net input of ${unit}?`],
    products: () => [`The weights of ${unit}`, `How does ${E} change with each of them?`],
    inputs: () => ["The inputs", `How does ${E} change with each input?`],
    update: () => ["Every weight and bias takes its step", "Where do they go?"],
  };
  const [title, ask = ""] = told[kind]();
  return {title, ask: asking ? ask : ""};
}

// The scenes of a story, each found among the groups of units and layers by what it names: a kind, and outputs of units.
// What a story leaves out is not known in it.
function told({nodes, story}, groups) {
  let [before, latest] = [[], groups[0]];
  return story.map(({kind, of, ...words}) => {
    const labels = of.split(" ").sort().join(" ");
    const outputs = ({units}) => units.map(({node}) => nodes[node].label).sort().join(" ");
    const group = groups.find((one) => one.kind === kind && (!one.units.length || outputs(one) === labels));
    const own = Object.fromEntries(Object.entries(words).filter(([, text]) => text));
    const steps = group?.steps ?? [];
    latest = group ?? latest;
    const after = [...before, ...steps];
    const scene = {units: [], ask: "", say: "", title: "", phase: latest.phase, ...group, ...own, kind, of, steps, before, after};
    before = after;
    return scene;
  });
}
