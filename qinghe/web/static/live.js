// Loaded after qinghe.js, by the pages that tell what is new.
"use strict";

/* What is new in a list: server-sent events, one tab at a time and for half an hour; the list itself
   never moves, a bar says how much came and leads there. */
each("[data-live]", (place) => {
  if (!window.EventSource) return;
  const listen = () => new Promise((done) => {
    const source = new EventSource(place.dataset.live);
    const stop = () => { source.close(); done(); };
    source.addEventListener("new", (event) => {
      place.querySelector("[data-live-words]").textContent = event.data;
      place.querySelector("a").hidden = false;
    });
    source.addEventListener("error", () => { if (source.readyState === EventSource.CLOSED) stop(); });
    setTimeout(stop, 1800000);
  });
  if (navigator.locks) navigator.locks.request("hall-live", listen);
  else listen();
});
