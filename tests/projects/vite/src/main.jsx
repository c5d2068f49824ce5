import { StrictMode, Suspense, lazy, useState } from "react";
import { createRoot } from "react-dom/client";
import logo from "./logo.svg";
import "./style.css";

const Settings = lazy(() => import("./Settings.jsx"));

function App() {
  const [path, setPath] = useState(location.pathname);
  const open = (event) => {
    event.preventDefault();
    history.pushState(null, "", event.target.href);
    setPath(location.pathname);
  };
  return (
    <>
      <img src={logo} alt="" width="32" height="32" />
      <h1>Vite app</h1>
      <p id="version">{__VERSION__}</p>
      <a href="/settings" onClick={open}>Settings</a>
      <Suspense fallback={<p>Loading</p>}>{path === "/settings" ? <Settings /> : <p>Home</p>}</Suspense>
    </>
  );
}

createRoot(document.getElementById("root")).render(<StrictMode><App /></StrictMode>);
