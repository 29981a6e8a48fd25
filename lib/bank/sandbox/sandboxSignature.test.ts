import { describe, expect, it } from 'vitest';
import { parseQueryString } from '../../publik/queryString.ts';
import { encodeFields, readSignedFields, signFields } from './sandboxSignature.ts';

const key = 'clé-secrète';
const fields = { status: 'paid', reference: '7zzzz01', label: "L'été & (co)*~", Amount: '10' };

/*
 * Python 3.12: hmac.new(key.encode(), message.encode(), 'sha256').hexdigest(), where message is
 * 'Amount=10&label=L%27%C3%A9t%C3%A9+%26+%28co%29%2A~&reference=7zzzz01&status=paid'.
 */
const signature = 'd8fefcade9ff893ce9c9dfad44b0dc3100e527baa06ef189d21c5986bffa2fad';

describe('signFields', () => {
  it('signs the fields sorted by name and form-encoded, as another language computes it', () => {
    expect(signFields(fields, key)).toEqual({ ...fields, signature });
  });
});

describe('readSignedFields', () => {
  const sent = encodeFields({ signature, ...fields });

  it('gives the fields of a message without its signature, whatever their order', () => {
    expect(readSignedFields(parseQueryString(sent), key)).toEqual(fields);
  });

  it.each([
    ['has no signature', encodeFields(fields), 'signature-missing'],
    ['has another signature', sent.replace('d8fe', 'd8ff'), 'signature-wrong'],
    ['has a signature in capitals', sent.replace(signature, signature.toUpperCase()), 'signature-wrong'],
    ['has a signature of another length', sent.replace(signature, 'd8fe'), 'signature-wrong'],
    ['has an empty signature', sent.replace(signature, ''), 'signature-wrong'],
    ['has a field changed', sent.replace('Amount=10', 'Amount=11'), 'signature-wrong'],
    ['has one field more', `${sent}&mode=test`, 'signature-wrong'],
    ['has one field less', sent.replace('Amount=10', ''), 'signature-wrong'],
    ['repeats a field', `${sent}&Amount=10`, 'message-malformed'],
    ['repeats the signature', `${sent}&signature=${signature}`, 'message-malformed'],
    ['is not UTF-8', `${sent}&mode=%FF`, 'message-malformed'],
  ])('refuses a message that %s', (_, raw, reason) => {
    expect(() => readSignedFields(parseQueryString(raw), key)).toThrow(
      expect.objectContaining({ code: 'bank-message-refused', reason }),
    );
  });

  it('refuses a message signed with another key', () => {
    expect(() => readSignedFields(parseQueryString(sent), 'autre')).toThrow(
      expect.objectContaining({ reason: 'signature-wrong' }),
    );
  });
});
