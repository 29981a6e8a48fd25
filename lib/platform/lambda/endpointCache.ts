/**
 * Replaces the SDK's cache of discovered endpoints in the bundles (8 kB). The DynamoDB client makes a cache at its start, but
 * has no code that looks for endpoints.
 */
export class EndpointCache {}
