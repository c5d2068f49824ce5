// docs/decisions/edge-rules.md: what is live, and what only some deployments ask for besides.
import cf from 'cloudfront';

export const store = cf.kvs();
