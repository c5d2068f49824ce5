export default function About() {
  return <h1>{`About ${process.env.VERSION}`}</h1>;
}
