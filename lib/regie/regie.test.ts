import { describe, expect, it } from 'vitest';
import { aRegie } from '../../tests/builders.ts';
import { findActiveRegie, type RegieCatalogue } from './regie.ts';

const catalogue: RegieCatalogue = {
  regies: [
    aRegie({ id: '1', slug: 'un' }),
    aRegie({ id: '2', slug: 'deux' }),
    aRegie({ id: '3', slug: 'trois', status: 'disabled' }),
    aRegie({ id: '4', slug: 'quatre', status: 'removed' }),
  ],
  names: { 1: '1', un: '1', 2: '2', deux: '2', 3: '3', trois: '3', 4: '4', cinq: '5' },
  defaultRegieId: '2',
  version: 1,
};

describe('findActiveRegie', () => {
  it.each([
    ['1', '1'],
    ['un', '1'],
    ['deux', '2'],
    [undefined, '2'],
    ['3', undefined],
    ['trois', undefined],
    ['4', undefined],
    ['cinq', undefined],
    ['six', undefined],
    ['constructor', undefined],
    ['', undefined],
    ['UN', undefined],
  ])('%s → %s', (idOrSlug, id) => {
    expect(findActiveRegie(catalogue, idOrSlug)?.id).toBe(id);
  });

  it('has no default without a pointer, or when it points to a regie that is not active', () => {
    const { defaultRegieId, ...withoutDefault } = catalogue;
    expect(findActiveRegie(withoutDefault)).toBeUndefined();
    expect(findActiveRegie({ ...catalogue, defaultRegieId: '3' })).toBeUndefined();
  });
});
