// The explanation: the chain rule of one number's gradient, docked beside the picture.

listeners.push(() => {
  if (byId("explanation").hidden) return;
});
