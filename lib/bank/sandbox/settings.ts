/** What a regie's file says to the sandbox bank. */

/** How it behaves for a regie. */
export interface SandboxSettings {
  /** As some real banks do. */
  readonly requiresEmail?: boolean;
}
