import Link from "next/link";

export default function Home() {
  return (
    <main>
      <h1>Next.js site</h1>
      <p id="version">{process.env.VERSION}</p>
      <Link href="/about">About</Link> <Link href="/docs/guide/start">Start</Link>
    </main>
  );
}
