// Draws each figure of surfaces in the reader's light or dark mode; turning one scene turns its neighbours.
document.querySelectorAll(".surfaces").forEach((place) => {
  const figure = JSON.parse(place.dataset.figure);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const ink = () => ({ "font.color": getComputedStyle(document.body).color });
  const scenes = Object.keys(figure.layout).filter((name) => name.startsWith("scene"));
  let turning = false;
  Plotly.newPlot(place, figure.data, figure.layout, { displaylogo: false, displayModeBar: false, scrollZoom: true }).then(() => {
    Plotly.relayout(place, ink());
    dark.addEventListener("change", () => Plotly.relayout(place, ink()));
    place.on("plotly_relayout", (change) => {
      const moved = scenes.find((name) => change[name + ".camera"]);
      if (!moved || turning) return;
      turning = true;
      const camera = change[moved + ".camera"];
      const others = Object.fromEntries(scenes.filter((name) => name !== moved).map((name) => [name + ".camera", camera]));
      Plotly.relayout(place, others).then(() => { turning = false; });
    });
  });
});
