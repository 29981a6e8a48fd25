/** The headers of every page, and of the redirects between pages. */
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** The parts of a page that its headers depend on. */
interface PageParts {
  /** Source of the page's one stylesheet, by hash. */
  readonly styleSource?: string;
  /** Whether the page posts a form, or leads on to a page that does. */
  readonly leadsOn?: boolean;
}

/**
 * The headers that keep a page, whose address is a key, from everybody else.
 *
 * No `form-action`: browsers apply it to each redirect that follows a form, and a bank may lead on to any host (ADR 11).
 */
export function securityHeaders({ styleSource = "'none'", leadsOn = false }: PageParts = {}): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `style-src ${styleSource}`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    // No other site may learn the address. The site to which a form is posted learns our host. Without it the browser would say
    // `Origin: null`, which gateways and firewalls refuse.
    'Referrer-Policy': leadsOn ? 'strict-origin' : 'no-referrer',
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'X-Robots-Tag': 'noindex, nofollow',
    'Strict-Transport-Security': 'max-age=31536000',
    'Cross-Origin-Opener-Policy': 'same-origin',
    Vary: 'Accept-Language',
  };
}

/**
 * Sends the browser elsewhere, with a GET, whatever its own request was.
 *
 * @param location relative to the requested address, or absolute.
 */
export function redirectAnswer(location: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode: 303, headers: { ...securityHeaders({ leadsOn: true }), Location: location }, body: '' };
}
