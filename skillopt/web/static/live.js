// Keeps the state of a run up to date; the server has escaped what it sends.
const place = document.getElementById("live");
if (place) {
  const source = new EventSource(place.dataset.events);
  source.addEventListener("state", (event) => { place.innerHTML = event.data; });
  source.addEventListener("over", () => { source.close(); location.reload(); });
}
