// Scenes: what is shown one after the other in a grain, {phase, kind, steps, units, title, ask, say, all, begin, end}.
//
// A scene's `steps` are those of its group, from `begin` to before `end` among `all` steps of the grain. It may `ask` a
// question before it shows what its steps determine, and `say` something then. A story tells scenes of its own in place
// of the unit-level ones: see `autograd.lesson.story`.

const PHASES = {forward: "Forward", backward: "Backward", update: "Update"};

function scenesOf(lesson, steps) {
  const groups = grouped(lesson, steps);
  const scenes = Object.fromEntries(GRAINS.map((grain) => [grain, inOrder(groups[grain], (group) => describe(lesson, group, grain))]));
  if (lesson.story.length) scenes.unit = told(lesson, [...scenes.unit, ...scenes.layer]);
  return scenes;
}

function inOrder(groups, described) {
  const all = [];
  return groups.map((group) => ({ask: "", say: "", ...group, ...described(group), ...taking(group.steps, all)}));
}

// That these are the next steps, after all before.
function taking(steps, all) {
  const begin = all.length;
  all.push(...steps);
  return {steps, all, begin, end: all.length};
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
  const all = [];
  let latest = groups[0];
  return story.map(({kind, of, ...words}) => {
    const labels = of.split(" ").sort().join(" ");
    const outputs = ({units}) => units.map(({node}) => nodes[node].label).sort().join(" ");
    const group = groups.find((one) => one.kind === kind && (!one.units.length || outputs(one) === labels));
    const own = Object.fromEntries(Object.entries(words).filter(([, text]) => text));
    latest = group ?? latest;
    const scene = {units: [], ask: "", say: "", title: "", phase: latest.phase, ...group, ...own, kind, of};
    return {...scene, ...taking(group?.steps ?? [], all)};
  });
}
