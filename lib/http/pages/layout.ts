/** What every page of the payment address has in common: its frame, and the headers of its answer. */

import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { bankProfiles } from '../../bank/profiles.ts';
import type { BankSettings } from '../../bank/settings.ts';
import type { Regie } from '../../regie/regie.ts';
import { languages, type PageLanguage } from './languages/languages.ts';
import { type Markup, markup, trusted } from './markup.ts';
import { securityHeaders } from './pageHeaders.ts';
import { stylesheet, stylesheetSource } from './stylesheet.ts';

/** What a page is made of. */
export interface Page {
  readonly language: PageLanguage;
  /** Of the document; the regie's name follows it. */
  readonly title: string;
  /** What stands in `main`, with the one `h1`. */
  readonly body: Markup;
  /** Whose page it is; without one, it is the service's. */
  readonly regie?: (Pick<Regie, 'name' | 'logo'> & BankSettings) | undefined;
  /** Whom the citizen may turn to, in one line. */
  readonly contact?: string | undefined;
  /** HTTP status, 200 by default. */
  readonly status?: number;
  /** Beside those of every page. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer to a request for a page. */
export function pageAnswer(page: Page): APIGatewayProxyStructuredResultV2 {
  const { language, headers } = page;
  const body = renderPage(page).toString();
  return {
    statusCode: page.status ?? 200,
    headers: {
      ...securityHeaders({ styleSource: stylesheetSource, leadsOn: hasForm(body) }),
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Language': language,
      ...headers,
    },
    body,
  };
}

/** Whether a page has a form: what it was given as text holds no `<`. */
export function hasForm(html: string): boolean {
  return html.includes('<form ');
}

function renderPage({ language, title, body, regie, contact }: Page): Markup {
  const texts = languages[language].frame;
  const owner = regie?.name ?? texts.service;
  return markup`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – ${owner}</title>
<link rel="icon" href="data:,">
<style>${trusted(stylesheet)}</style>
</head>
<body>
<header>${regie?.logo === undefined ? undefined : renderLogo(regie.logo)}<p>${owner}</p></header>
<main>
${regie === undefined ? undefined : renderPretence(regie, language)}
${body}
</main>
${contact === undefined ? undefined : markup`<footer><p>${texts.contact} ${contact}</p></footer>`}
</body>
</html>
`;
}

/** That no money moves, where none does: otherwise somebody would believe to have paid. */
function renderPretence(regie: BankSettings, language: PageLanguage): Markup | undefined {
  const { sandbox, test } = languages[language].frame;
  const { modeOf, isSandbox } = bankProfiles[regie.bank];
  return modeOf(regie) === 'test' ? markup`<p class="note">${isSandbox ? sandbox : test}</p>` : undefined;
}

/** The name stands beside it: a screen reader need not say it twice. */
function renderLogo(logo: string): Markup {
  return markup`<img src="${logo}" alt="">`;
}
