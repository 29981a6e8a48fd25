/** The languages of the pages. */
import { english } from './english.ts';
import { french } from './french.ts';
import type { Language } from './language.ts';

export const languages = { fr: french, en: english } as const satisfies Record<string, Language>;

export type PageLanguage = keyof typeof languages;
