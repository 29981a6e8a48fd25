/** The API's error answers: from a code to a status and a sentence. */
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Language } from '../platform/config.ts';
import type { ApiErrorCode, ErrorCode } from '../values/errors.ts';

interface ErrorAnswer {
  readonly status: number;
  readonly fr: string;
  readonly en: string;
}

/** Every code, with what the administrator of a workflow reads. */
export const apiErrors: Readonly<Record<ApiErrorCode, ErrorAnswer>> = {
  'invalid-json': {
    status: 400,
    fr: "Le corps de la requête n'est pas du JSON encodé en UTF-8.",
    en: 'The body of the request is not JSON in UTF-8.',
  },
  'invalid-payload': {
    status: 400,
    fr: 'Le corps de la requête doit être un objet JSON : donnez un nom, et non un numéro, à chaque clé.',
    en: 'The body of the request must be a JSON object: give each key a name, not a number.',
  },
  'missing-amount': {
    status: 400,
    fr: 'Le paramètre amount (montant à payer) est obligatoire.',
    en: 'The parameter amount is required.',
  },
  'invalid-amount': {
    status: 400,
    fr: 'Le paramètre amount doit être un montant en euros supérieur à zéro, par exemple 10.05, 10,05 ou 1 000,50 €.',
    en: 'The parameter amount must be an amount in euros above zero, for example 10.05, 10,05 or 1 000,50 €.',
  },
  'amount-too-high': {
    status: 400,
    fr: 'Le montant dépasse le maximum de la régie.',
    en: 'The amount is above the maximum of the regie.',
  },
  'amount-too-low': {
    status: 400,
    fr: 'Le montant est inférieur au minimum de la régie.',
    en: 'The amount is below the minimum of the regie.',
  },
  'invalid-display-name': {
    status: 400,
    fr: 'Le paramètre display_name doit être un texte de 200 caractères au plus, sans caractère de contrôle.',
    en: 'The parameter display_name must be a text of at most 200 characters, without control characters.',
  },
  'invalid-url': {
    status: 400,
    fr: "Le paramètre url doit être l'adresse complète de la démarche, en https, de 2048 caractères au plus.",
    en: 'The parameter url must be the complete https address of the form, of at most 2048 characters.',
  },
  'invalid-capture-date': {
    status: 400,
    fr: 'Le paramètre capture_date doit être une date réelle au format aaaa-mm-jj (ou jj/mm/aaaa), que la banque de la régie accepte.',
    en: 'The parameter capture_date must be a real date, yyyy-mm-dd (or dd/mm/yyyy), that the bank of the regie accepts.',
  },
  'missing-user': {
    status: 400,
    fr: "Il faut NameId ou email dans les paramètres de l'URL (query string).",
    en: 'NameId or email is required in the query string.',
  },
  'invalid-name-id': {
    status: 400,
    fr: 'Le paramètre NameId doit être un texte de 256 caractères au plus, sans caractère de contrôle.',
    en: 'The parameter NameId must be a text of at most 256 characters, without control characters.',
  },
  'invalid-email': {
    status: 400,
    fr: 'Le paramètre email doit être une adresse électronique.',
    en: 'The parameter email must be an email address.',
  },
  'unknown-regie': {
    status: 400,
    fr: "Cette régie n'existe pas ou est désactivée ; sans regie_id, il faut une régie par défaut.",
    en: 'This regie does not exist or is disabled; without regie_id a default regie is needed.',
  },
  'invalid-cancellable': {
    status: 400,
    fr: 'Le paramètre cancellable doit valoir oui ou non (yes, no, true, false, on, off, 1 ou 0).',
    en: 'The parameter cancellable must be yes or no (oui, non, true, false, on, off, 1 or 0).',
  },
  'missing-basket-item-id': {
    status: 400,
    fr: "Le paramètre basket_item_id (identifiant de l'item) est obligatoire.",
    en: 'The parameter basket_item_id is required.',
  },
  'invalid-basket-item-id': {
    status: 400,
    fr: 'Le paramètre basket_item_id doit être un texte ou un nombre.',
    en: 'The parameter basket_item_id must be a string or a number.',
  },
  'invalid-notify': {
    status: 400,
    fr: 'Le paramètre notify doit valoir true ou false (oui, non, yes, no, on, off, 1 ou 0).',
    en: 'The parameter notify must be true or false (oui, non, yes, no, on, off, 1 or 0).',
  },
  'repeated-parameter': {
    status: 400,
    fr: "Un paramètre de l'URL (query string) est donné deux fois ; seul amount peut l'être.",
    en: 'A parameter of the query string is given twice; only amount may be.',
  },
  'access-denied': {
    status: 403,
    fr: "Appel refusé : la signature est absente, fausse ou périmée, ou l'appelant est inconnu. Vérifiez la clé partagée, l'heure du serveur, et que les paramètres sont dans le tableau « Données à envoyer en paramètres à l'URL » de l'action plutôt que dans son URL.",
    en: 'Call refused: the signature is missing, wrong or expired, or the caller is unknown. Check the shared key, the clock of the server, and that the parameters are in the query-string table of the action rather than in its URL.',
  },
  'nonce-already-used': {
    status: 403,
    fr: 'Appel refusé : cette URL signée a déjà servi.',
    en: 'Call refused: this signed URL has been used already.',
  },
  'unknown-item': {
    status: 404,
    fr: "Cet item n'existe pas pour cet usager et ce service.",
    en: 'There is no such item for this user and this service.',
  },
  'not-found': {
    status: 404,
    fr: "Cette adresse n'existe pas.",
    en: 'There is nothing at this address.',
  },
  'method-not-allowed': {
    status: 405,
    fr: 'Cette adresse attend la méthode POST.',
    en: 'This address expects the method POST.',
  },
  'payment-in-progress': {
    status: 409,
    fr: 'Un paiement de cet item est en cours : il ne peut pas être supprimé maintenant.',
    en: 'A payment of this item is under way: it cannot be removed now.',
  },
  'already-paid': {
    status: 409,
    fr: 'Cet item est déjà payé : il ne peut plus être supprimé.',
    en: 'This item is paid already: it can no longer be removed.',
  },
  'payload-too-large': {
    status: 413,
    fr: 'Le corps de la requête dépasse 4 Mo.',
    en: 'The body of the request is larger than 4 MB.',
  },
  'internal-error': {
    status: 500,
    fr: 'Une erreur interne est survenue. Elle est notée dans le journal du service de paiement.',
    en: 'An internal error occurred. It is in the log of the payment service.',
  },
  'temporarily-unavailable': {
    status: 503,
    fr: "Le service est momentanément indisponible : l'appel peut être refait.",
    en: 'The service is temporarily unavailable: the call may be made again.',
  },
};

/** Whether a code is one that callers of the API know. */
export function isApiErrorCode(code: ErrorCode): code is ApiErrorCode {
  return Object.hasOwn(apiErrors, code);
}

/** The answer to a refused call. w.c.s. reads `err` and the status, people read `err_class` and `err_desc`. */
export function errorAnswer(code: ApiErrorCode, language: Language): APIGatewayProxyStructuredResultV2 {
  const { status, [language]: sentence } = apiErrors[code];
  const answer = jsonAnswer(status, { err: 1, result: 'erreur', err_class: code, err_desc: sentence });
  return code === 'method-not-allowed' ? { ...answer, headers: { ...answer.headers, Allow: 'POST' } } : answer;
}

export function jsonAnswer(statusCode: number, body: object): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
}
