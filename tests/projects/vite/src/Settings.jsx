export default function Settings() {
  return <p id="settings">Settings of {__VERSION__}</p>;
}
