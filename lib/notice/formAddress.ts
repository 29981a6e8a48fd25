/** The address for a form's notice, and whether it may be called. Pure. */

export interface FormAddressRules {
  /** Name of the service that added the item: a host. */
  readonly service: string;
  /** Its other hosts (`host` or `host:port`). */
  readonly aliases: readonly string[];
  readonly allowHttp: boolean;
}

/** Why a form gets no notice. Its address then serves only for the link on the page. */
export type NotTold = 'bad-address' | 'not-https' | 'foreign-host';

/**
 * `{form's address}jump/trigger/{trigger}`: query and fragment dropped, a missing final slash added.
 *
 * Only hosts of the service that added the item are allowed. Otherwise one service could make us speak to another in our name.
 * The port is the usual one, unless the list has another.
 */
export function triggerUrl(formUrl: string, trigger: string, rules: FormAddressRules): URL | NotTold {
  const address = URL.parse(formUrl);
  if (address === null || address.username !== '' || address.password !== '') return 'bad-address';
  const { protocol, host } = address;
  if (protocol !== 'https:' && !(protocol === 'http:' && rules.allowHttp)) return 'not-https';
  // `host` holds the port only if it is not the scheme's own.
  const hosts = [rules.service, ...rules.aliases].map((name) => URL.parse(`${protocol}//${name}`)?.host);
  if (!hosts.includes(host)) return 'foreign-host';
  const folder = address.pathname.endsWith('/') ? address.pathname : `${address.pathname}/`;
  // Joined as text: a path that begins with two slashes would, as a relative address, name another host.
  const target = URL.parse(`${address.origin}${folder}jump/trigger/${encodeURIComponent(trigger)}`);
  return target?.host === host ? target : 'bad-address';
}
