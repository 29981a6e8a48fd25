/**
 * Stands in the bundles for the SDK's event streams (20 kB), which its protocols import when an operation has one: none of
 * ours has.
 */
export class EventStreamSerde {}

/** The first that would be called. */
export function eventStreamSerdeProvider(): never {
  throw new Error('This bundle has no event streams: see lib/platform/lambda/eventStreams.ts.');
}
