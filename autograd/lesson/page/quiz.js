// The quiz: every number is asked for.

const quiz = {
  on: false,
  toggle() {
    this.on = !this.on;
    byId("toggle-quiz").ariaPressed = String(this.on);
    go(state.at);
  },
};
