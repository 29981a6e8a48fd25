/** What a regie's file says of its account at PayFiP. */

/** A regie's account there. */
export interface PayfipSettings {
  /** Six digits. */
  readonly numcli: string;
  readonly mode: 'test' | 'activation' | 'production';
  /** Address of the web service, where it is not PayFiP's own. */
  readonly url?: string;
}
