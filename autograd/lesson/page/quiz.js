// The quiz: a number is asked for at every step, and typed.
//
// Three digits are right: of the number itself, exact or rounded as on a slide, or of what the rounded numbers on
// display come to. The sign has to be right, too, so that 0 is right for nothing but 0.

const quiz = {
  on: false,
  guesses: new Map(), // of each step asked, {tries, first: right at the first try}
  key: () => `${state.round} ${state.grain} ${state.at}`,

  toggle() {
    this.on = !this.on;
    byId("toggle-quiz").ariaPressed = String(this.on);
    go(state.at);
  },

  // What is asked for: what the scene's last row comes to.
  asked({rows}) {
    const row = rows.at(-1);
    return row && Number.isFinite(row.value) && row.numbers.length ? row : null;
  },

  isRight(answer, {value, worked}, other) {
    const near = (x) => Math.abs(answer - x) <= 0.5 * 10 ** (Math.floor(Math.log10(Math.abs(x))) - 2) * (1 + 1e-9);
    const right = [value, worked, other].filter((x) => x !== undefined && Number.isFinite(x));
    return Math.sign(answer) === Math.sign(value) && right.some((x) => x === answer || near(x));
  },

  check() {
    const row = this.asked(latest);
    const typed = byId("answer").value.trim().replace(/[−–]/g, "-").replace(",", ".");
    const answer = Number(typed);
    if (typed === "" || !Number.isFinite(answer)) return this.say("Type a number.");
    const other = formulasOf(state.mode === "exact" ? "slide" : "exact").at(-1)?.value;
    const right = this.isRight(answer, row, other);
    const {tries = 0, first = false} = this.guesses.get(this.key()) ?? {};
    this.guesses.set(this.key(), {tries: tries + 1, first: first || (right && tries === 0)});
    if (right) {
      state.shown = true;
      byId("answer").blur(); // so that the next key goes on
      show();
      return this.say("Right");
    }
    const off = answer - row.value;
    const amount = Number(Math.abs(off).toPrecision(2));
    const flipped = this.isRight(-answer, row, other);
    this.say(`Not quite: ${flipped ? "the sign is wrong" : `off by ${amount}, too ${off > 0 ? "large" : "small"}`}`);
    return byId("answer").select(); // what is typed next replaces it
  },

  say(words) {
    byId("verdict").textContent = words;
    const tried = [...this.guesses.values()];
    byId("score").textContent = tried.length ? `${tried.filter(({first}) => first).length} of ${tried.length} at first try` : "";
  },
};

function quizShown(shown) {
  const asking = quiz.on && !shown.shown && quiz.asked(shown) !== null;
  byId("guess").hidden = !quiz.on;
  byId("asking").hidden = !asking;
  if (!asking) return quiz.on && !shown.shown && quiz.say("");
  byId("answer").value = "";
  quiz.say("");
  return document.activeElement === document.body && byId("answer").focus();
}
