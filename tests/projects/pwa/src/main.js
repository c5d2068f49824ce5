import "./style.css";

// tests choose the worker: Workbox's, or Angular's
const worker = new URLSearchParams(location.search).get("worker") ?? "/sw.js";
document.getElementById("version").textContent = __VERSION__;
fetch("/version.json")
  .then((answer) => answer.json())
  .then(({ version }) => { document.getElementById("fetched").textContent = version; });
navigator.serviceWorker.register(worker, { updateViaCache: "none" });
