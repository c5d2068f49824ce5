export const entries = () => [{ slug: 'first' }, { slug: 'john.doe' }];

export const load = ({ params }) => ({ title: `Post ${params.slug}` });
