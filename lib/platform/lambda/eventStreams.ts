/**
 * Replaces the SDK's event streams in the bundles (20 kB). The SDK's protocols import them when an operation has an event
 * stream, and none of ours has.
 */
export class EventStreamSerde {}

/** The first function that the SDK would call. */
export function eventStreamSerdeProvider(): never {
  throw new Error('This bundle has no event streams: see lib/platform/lambda/eventStreams.ts.');
}
