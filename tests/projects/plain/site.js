fetch("/version.txt")
  .then((answer) => answer.text())
  .then((text) => { document.getElementById("version").textContent = text.trim(); });
