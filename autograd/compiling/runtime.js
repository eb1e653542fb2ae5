// What JavaScript has otherwise than Python: where Math.pow is NaN, what a maximum of NaN is, how a number is rounded
// and how it is written. Python's floats rule; each function here gives what Python gives.

function pow(a, b) {
  return a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b);
}

// From left to right.
function total(terms) {
  return terms.reduce((sum, term) => sum + term, 0);
}

// The same, smaller terms first.
function ascending_sum(terms) {
  return total([...terms].sort((a, b) => a - b));
}

function maximum(xs) {
  return xs.some(Number.isNaN) ? NaN : xs.reduce((most, x) => (x > most ? x : most));
}

function minimum(xs) {
  return xs.some(Number.isNaN) ? NaN : xs.reduce((least, x) => (x < least ? x : least));
}

// As round(x, decimals): to the nearest, and of two that are equally near, to the even one.
function round(x, decimals) {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52 || x === 0) return x;
  const up = x.toFixed(decimals);
  const halfway = (Math.abs(x) * 2 ** (decimals + 1)) % 2 === 1; // for then x has no other factor in its denominator
  return Number(halfway ? even(up, x.toFixed(decimals + 1).slice(0, -1)) : up);
}

// As f"{x + 0.0:.{digits}g}": to some significant digits, without a negative zero.
function number(x, digits) {
  if (!Number.isFinite(x)) return String(x).toLowerCase().replace("infinity", "inf");
  const [mantissa, exponent] = significant(x + 0, digits).split("e");
  if (exponent < -4 || exponent >= digits) {
    const sign = exponent < 0 ? "-" : "+";
    return `${withoutZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  return withoutZeros(Number(`${mantissa}e${exponent}`).toFixed(Math.max(0, digits - 1 - exponent)));
}

// A mantissa and an exponent of ten; toExponential rounds what is halfway up, Python to the even digit.
function significant(x, digits) {
  const up = x.toExponential(digits - 1);
  if (!x.toExponential(digits).includes("5e")) return up; // it is not halfway, which most are not
  const exact = x.toExponential(100); // as many digits as there may be, and more than tell what is halfway
  const end = exact.indexOf("e");
  const kept = exact.indexOf(".") + digits;
  if (!/^50*$/.test(exact.slice(kept, end))) return up;
  const down = exact.slice(0, digits > 1 ? kept : kept - 1) + exact.slice(end);
  return even(up, down);
}

// The one of two neighbours whose last digit is even.
function even(a, b) {
  return Number(a.replace(/e.*/, "").replace(/\.$/, "").slice(-1)) % 2 === 0 ? a : b;
}

function withoutZeros(written) {
  return written.includes(".") ? written.replace(/\.?0+$/, "") : written;
}

// ---- Formulas: what a template of `autograd.formulas.template` comes to ---------------------------------------------

// The case that the numbers n fall into, in a notation ("text", "latex" or "mathml"): with the names as they are written
// in it, or, where `show` is given, with numbers, each as `show` writes it, given its slot too.
function written(template, n, notation, names, show = null) {
  return filled(template.find(({when}) => when(n))[notation], n, notations[notation], names, show);
}

function filled(pieces, n, {digits, brackets}, names, show) {
  return pieces.map((piece) => {
    if (typeof piece === "string") return piece;
    const {slot, of, guard, when, then, otherwise} = piece;
    if (when) return filled(when(n) ? then : otherwise, n, {digits, brackets}, names, show);
    if (slot !== undefined && !show) return names[slot];
    const shown = slot === undefined ? number(of(n), 12) : show(n[slot], slot);
    const guarded = (guard.includes("-") && shown.startsWith("-")) || (guard.includes("e") && shown.includes("e"));
    return guarded ? brackets(digits(shown)) : digits(shown);
  }).join("");
}

const minus = (shown) => shown.replaceAll("-", "−");
const raised = (exponent) => exponent.replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);
const isWord = (shown) => /[a-z]$/.test(shown);

// Of 2.5e-08 the mantissa, a cross, and the exponent; 1e-08 is the power alone.
function scientific(shown) {
  const [mantissa, exponent = ""] = shown.split("e");
  if (!exponent) return [mantissa, "", ""];
  const alone = Number(mantissa) ** 2 === 1;
  return [alone ? mantissa.slice(0, -1) : mantissa, alone ? "" : "×", String(Number(exponent))];
}

const notations = {
  text: {
    digits(shown) {
      if (isWord(shown)) return minus(shown).replace("inf", "∞").replace("nan", "NaN");
      const [mantissa, times, exponent] = scientific(shown);
      return minus(mantissa) + times + (exponent && `10${raised(exponent)}`);
    },
    brackets: (piece) => `(${piece})`,
  },
  latex: {
    digits(shown) {
      if (isWord(shown)) return shown.replace("inf", "\\infty").replace("nan", "\\mathrm{NaN}");
      const [mantissa, times, exponent] = scientific(shown);
      return mantissa + (times && " \\times ") + (exponent && `10^{${exponent}}`);
    },
    brackets: (piece) => `\\left(${piece}\\right)`,
  },
  mathml: {
    digits(shown) {
      if (isWord(shown)) return `<mn>${notations.text.digits(shown)}</mn>`;
      const [mantissa, times, exponent] = scientific(shown).map(minus);
      const written = (mantissa && `<mn>${mantissa}</mn>`) + (times && `<mo>${times}</mo>`);
      return exponent ? `<mrow>${written}<msup><mn>10</mn><mn>${exponent}</mn></msup></mrow>` : written;
    },
    brackets: (piece) => `<mrow><mo>(</mo>${piece}<mo>)</mo></mrow>`,
  },
};
