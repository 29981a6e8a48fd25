/**
 * Stands in the bundles for the cache of discovered endpoints (8 kB): the DynamoDB client makes one at its start, and
 * what would look for endpoints is not in it.
 */
export class EndpointCache {}
