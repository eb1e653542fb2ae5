// Numbers that the program cannot take, in the words of the engine's DomainError.

// Why a run leaves an operation's domain, or "".
function outside({data}) {
  for (const [i, {row, parents}] of nodes.entries()) {
    const domain = row && domains[row];
    if (!domain) continue;
    const inputs = parents.map((parent) => data[parent]);
    if (!domain.contains(inputs, data[i])) return refusal(domain, parents, inputs);
  }
  return "";
}

function refusal({needs, inputs: names, together}, parents, inputs) {
  const size = inputs.length / names.length;
  const got = names.map((name, k) =>
    together
      ? `${name} = [${inputs.slice(k * size, (k + 1) * size).map(asPython).join(", ")}]`
      : `${name} = ${asPython(inputs[k])} (node ${quoted(nodes[parents[k]].label)})`);
  return `${needs}; got ${got.join(", ")}`;
}

// repr(label), of one without escapes.
const quoted = (label) => (label.includes("'") && !label.includes('"') ? `"${label}"` : `'${label}'`);

// repr(x) of a float.
function asPython(x) {
  if (!Number.isFinite(x)) return String(x).toLowerCase().replace("infinity", "inf");
  const [mantissa, exponent] = x.toExponential().split("e");
  if (exponent < -4 || exponent >= 16) {
    return `${mantissa}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const fixed = Object.is(x, -0) ? "-0" : String(x);
  return fixed.includes(".") ? fixed : `${fixed}.0`;
}
