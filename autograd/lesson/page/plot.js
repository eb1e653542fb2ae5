// Plots: a frame, curves, contours and points, by the coordinates of their numbers.

class Plot {
  // Of a width and height in pixels; `ranges` are those of x and y, each [from, to].
  constructor(svg, [width, height], [xs, ys], [xName, yName]) {
    Object.assign(this, {svg, width, height, xs, ys});
    this.inner = {left: 6, right: 6, top: 22, bottom: 24};
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const {left, right, top, bottom} = this.inner;
    svg.replaceChildren(element("rect", {class: "plot-ground", x: left, y: top, width: width - left - right, height: height - top - bottom}));
    const clip = `clip-${(Plot.made = (Plot.made ?? 0) + 1)}`;
    this.layer = element("g", {"clip-path": `url(#${clip})`});
    svg.append(element("clipPath", {id: clip}, svg.firstChild.cloneNode()));
    const short = (x) => minus(number(x, 3));
    this.text(left, 16, `${yName}${ys ? ` ${short(ys[0])} … ${short(ys[1])}` : ""}`);
    this.text(left, height - 6, short(xs[0]));
    this.text(width / 2, height - 6, xName, "middle");
    this.text(width - right, height - 6, short(xs[1]), "end");
    svg.append(this.layer);
  }

  text(x, y, words, anchor = "") {
    const text = element("text", {x, y, class: anchor});
    text.textContent = words;
    this.svg.append(text);
    return text;
  }

  at(x, y) {
    const {left, right, top, bottom} = this.inner;
    const along = (t, [from, to], size) => ((t - from) / (to - from || 1)) * size;
    return [left + along(x, this.xs, this.width - left - right), this.height - bottom - along(y, this.ys, this.height - top - bottom)];
  }

  // What a place on the screen stands for.
  from({clientX, clientY}) {
    const box = this.svg.getBoundingClientRect();
    const {left, right, top, bottom} = this.inner;
    const part = (t, start, size, scale, [from, to]) => from + ((t - start) / scale) * (to - from) / size;
    const [kx, ky] = [box.width / this.width, box.height / this.height];
    const x = part(clientX - box.left - left * kx, 0, this.width - left - right, kx, this.xs);
    const y = part(box.bottom - clientY - bottom * ky, 0, this.height - top - bottom, ky, this.ys);
    return [x, y];
  }

  curve(points, classes) {
    let pen = "M";
    const parts = [];
    for (const [x, y] of points) {
      if (!Number.isFinite(y)) pen = "M";
      else [parts[parts.length], pen] = [`${pen}${this.at(x, y).map((t) => t.toFixed(1)).join(",")}`, "L"];
    }
    return this.add("path", {d: parts.join("") || "M0,0", class: classes});
  }

  line([x1, y1], [x2, y2], classes) {
    const [[a, b], [c, d]] = [this.at(x1, y1), this.at(x2, y2)];
    return this.add("line", {x1: a, y1: b, x2: c, y2: d, class: classes});
  }

  point(x, y, classes, r = 6) {
    const [cx, cy] = this.at(x, y);
    return this.add("circle", {cx, cy, r, class: classes});
  }

  add(name, attributes) {
    const made = element(name, attributes);
    this.layer.append(made);
    return made;
  }

  // Lines of the same value of f, from its values on a grid of `count` by `count` points; `levels` are those values.
  contours(values, count, levels) {
    const [[x0, x1], [y0, y1]] = [this.xs, this.ys];
    const place = (i, j) => this.at(x0 + ((x1 - x0) * i) / (count - 1), y0 + ((y1 - y0) * j) / (count - 1));
    for (const level of levels) {
      const parts = [];
      for (let i = 0; i + 1 < count; i++) {
        for (let j = 0; j + 1 < count; j++) {
          const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
          const crossed = corners.flatMap(([a, b], k) => {
            const [c, d] = corners[(k + 1) % 4];
            const [u, v] = [values[a][b] - level, values[c][d] - level];
            if (!(u < 0 !== v < 0) || !Number.isFinite(u + v)) return [];
            const [[px, py], [qx, qy]] = [place(a, b), place(c, d)];
            const t = u / (u - v);
            return [`${(px + t * (qx - px)).toFixed(1)},${(py + t * (qy - py)).toFixed(1)}`];
          });
          for (let k = 0; k + 1 < crossed.length; k += 2) parts.push(`M${crossed[k]}L${crossed[k + 1]}`);
        }
      }
      if (parts.length) this.add("path", {d: parts.join(""), class: "contour"});
    }
  }
}

const plotSvg = (label) => element("svg", {class: "plot", role: "img", "aria-label": label});

// The values of the program forward alone, which is all that a curve needs.
function valueAt(leaves) {
  const data = [];
  for (const [i, {row, parents}] of nodes.entries()) data.push(row ? rows[row].forward(parents.map((parent) => data[parent])) : leaves[i]);
  return data[output];
}
