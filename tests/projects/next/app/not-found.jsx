export default function NotFound() {
  return <h1>Nothing here in the Next.js site</h1>;
}
