/** What a regie's file says of its shop at PayZen. */

/** A regie's shop there. Its keys are secrets, and not here. */
export interface PayzenSettings {
  /** Eight digits. */
  readonly siteId: string;
  readonly mode: 'test' | 'production';
  /** PayZen itself when absent. */
  readonly brand?: 'payzen' | 'systempay' | 'scellius' | 'sogecommerce';
  /** Addresses of the form and of the REST API, where they are not the brand's. */
  readonly url?: string;
  readonly restUrl?: string;
  /** As the back office has it; HMAC-SHA-256 when absent. */
  readonly algorithm?: 'hmac-sha256' | 'sha1';
}
