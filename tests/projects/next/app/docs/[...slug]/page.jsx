import Counter from "./counter";

export const dynamicParams = false;

export function generateStaticParams() {
  return [{ slug: ["intro"] }, { slug: ["guide", "start"] }];
}

export default async function Doc({ params }) {
  const { slug } = await params;
  return (
    <main>
      <h1>{`Doc ${slug.join("/")} of ${process.env.VERSION}`}</h1>
      <Counter />
    </main>
  );
}
