// New numbers: for every leaf that is no target one with one decimal, such that no unit is saturated.

const FLAT = 3; // beyond this net input the slope of σ or tanh is next to nothing
const TRIES = 30;

// A generator with a seed (mulberry32), so that the same key gives the same numbers.
function generator(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

// Leaves that nothing but the output is computed from stay as they are: a target is what it is.
const isTarget = (node) => nodes[node].kind === "input" && nodes.every(({parents}, i) => i === output || !parents?.includes(node));

const saturates = ({data}) => nodes.some(({row, parents}) =>
  ["sigmoid/1", "tanh/1"].includes(row) && !(Math.abs(data[parents[0]]) < FLAT));

function newNumbers() {
  const draws = changes.now.draws + 1;
  const draw = generator(draws);
  const drawn = nodes.flatMap((_, node) => (isGiven(node) && !(nodes.length > 1 && isTarget(node)) ? [node] : []));
  const isShare = drawn.filter((node) => nodes[node].kind === "input").every((node) => given[node] >= 0 && given[node] <= 1);
  for (let largest = 10; largest >= 1; largest = Math.floor(largest / 2)) {
    for (let k = 0; k < TRIES; k++) {
      const pairs = drawn.map((node) => {
        const x = 1 + Math.floor(draw() * largest);
        const isNegative = draw() < 0.5 && !(nodes[node].kind === "input" && isShare);
        return [node, (isNegative ? -x : x) / 10];
      });
      const leaves = [...taken().leaves];
      for (const [node, x] of pairs) leaves[node] = x;
      const run = replay(nodes, leaves);
      if (!saturates(run) && !outside(run) && Number.isFinite(run.data[output])) return changes.setAll(pairs, null, draws);
    }
  }
  return "no new numbers were found that saturate no unit";
}
