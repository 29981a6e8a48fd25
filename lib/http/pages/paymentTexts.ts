/** What the citizen reads on the payment pages, in both languages. Days, times and amounts come written out. */
import type { Language } from '../../config.ts';
import type { Situation } from '../../payment/situation.ts';

type UnderWay = Extract<Situation, 'opening' | 'open' | 'pending'>;
type NotPaid = Extract<Situation, 'refused' | 'abandoned' | 'expired' | 'failed'>;

/** A heading and the sentences under it. */
export interface Message {
  readonly heading: string;
  readonly sentence: string;
}

interface PaymentTexts {
  readonly toPay: (amount: string, label: string) => string;
  readonly pay: string;
  readonly atTheBank: string;
  readonly debitedOn: (day: string) => string;
  readonly backToForm: string;
  readonly remove: string;
  readonly email: string;
  readonly emailHint: string;
  readonly emailRefused: string;
  readonly errorTitle: string;
  readonly underWay: Readonly<Record<UnderWay, Message>>;
  readonly openUntil: (until: string) => string;
  readonly pendingUntil: (until: string) => string;
  readonly resume: string;
  readonly refreshing: (seconds: number) => string;
  readonly stopRefreshing: string;
  readonly refresh: string;
  readonly registered: Message;
  readonly paid: Message;
  readonly paidOn: string;
  readonly reference: string;
  readonly notPaid: Readonly<Record<NotPaid, Message>>;
  readonly cancelled: Message;
  readonly moneyToRefund: string;
  readonly contact: (contact: string) => string;
  readonly authorisationFailed: string;
  readonly acceptedOn: string;
  readonly ifAuthorised: string;
  readonly unconfirmed: Message;
  readonly confirmRemoval: Message;
  readonly keep: string;
  readonly toTheBank: (host: string) => Message;
  readonly goOn: string;
}

export const paymentTexts = {
  fr: {
    toPay: (amount, label) => `Payer ${amount} – ${label}`,
    pay: 'Payer',
    atTheBank: 'Vous allez payer sur un site sécurisé, seul à connaître vos coordonnées bancaires.',
    debitedOn: (day) => `Le montant sera débité le ${day}.`,
    backToForm: 'Revenir à ma démarche',
    remove: 'Supprimer',
    email: 'Votre adresse électronique',
    emailHint: 'La banque la demande pour vous envoyer son reçu. Elle ne sera pas utilisée à d’autres fins.',
    emailRefused: 'Cette adresse n’est pas valable. Saisissez-la sous la forme nom@exemple.fr.',
    errorTitle: 'Erreur\u00a0: adresse électronique',
    underWay: {
      opening: {
        heading: 'Préparation du paiement',
        sentence: 'Nous préparons votre paiement auprès de la banque. Cela prend quelques secondes.',
      },
      open: {
        heading: 'Paiement en cours',
        sentence:
          'Un paiement a été commencé sur le site de la banque. Si vous l’avez terminé, son résultat s’affichera ici.',
      },
      pending: {
        heading: 'Paiement en cours de traitement',
        sentence: 'La banque traite votre paiement. Vous n’avez rien à faire\u00a0: ne payez pas une seconde fois.',
      },
    },
    openUntil: (until) =>
      `Vous pouvez le terminer ${until}\u00a0; sans nouvelles, vous pourrez recommencer un peu après.`,
    pendingUntil: (until) => `Nous attendons la réponse de la banque au moins ${until}.`,
    resume: 'Reprendre le paiement',
    refreshing: (seconds) => `Cette page s’actualise d’elle-même toutes les ${seconds} secondes.`,
    stopRefreshing: 'Arrêter l’actualisation',
    refresh: 'Actualiser',
    registered: { heading: 'Paiement enregistré', sentence: 'Votre paiement est enregistré.' },
    paid: { heading: 'Paiement effectué', sentence: 'Votre paiement a bien été reçu. Merci.' },
    paidOn: 'Payé le',
    reference: 'Référence',
    notPaid: {
      refused: {
        heading: 'Paiement refusé',
        sentence:
          'Votre paiement a été refusé par la banque. À notre connaissance, aucun montant n’a été débité. Vous pouvez réessayer, au besoin avec une autre carte.',
      },
      abandoned: {
        heading: 'Paiement abandonné',
        sentence:
          'Le paiement a été interrompu avant la fin. À notre connaissance, aucun montant n’a été débité. Vous pouvez le recommencer quand vous voulez.',
      },
      expired: {
        heading: 'Paiement non abouti',
        sentence:
          'Le paiement n’a pas abouti dans le temps prévu. À notre connaissance, aucun montant n’a été débité. Si vous pensez avoir payé, ne recommencez pas tout de suite\u00a0: cette page dira si le paiement est reçu.',
      },
      failed: {
        heading: 'Échec du paiement',
        sentence:
          'La banque n’a pas pu mener le paiement à bien. À notre connaissance, aucun montant n’a été débité. Vous pouvez réessayer.',
      },
    },
    cancelled: { heading: 'Demande de paiement supprimée', sentence: 'Il n’y a plus rien à payer.' },
    moneyToRefund:
      'Un paiement a été reçu alors que rien n’était dû. La régie doit vous le rembourser\u00a0; sans nouvelles de sa part, contactez-la.',
    contact: (contact) => `Contact\u00a0: ${contact}`,
    authorisationFailed: 'La banque a finalement refusé le débit prévu\u00a0: ce montant reste à payer.',
    acceptedOn: 'Enregistré le',
    ifAuthorised: 'Votre banque doit encore donner son accord, peu avant cette date.',
    unconfirmed: {
      heading: 'Débit non confirmé',
      sentence:
        'Nous n’avons pas pu savoir si le débit a eu lieu. Ne payez pas de nouveau\u00a0: contactez la régie, qui vérifiera.',
    },
    confirmRemoval: {
      heading: 'Supprimer cette demande de paiement\u202f?',
      sentence: 'Elle ne pourra plus être payée, et le service qui vous l’a adressée en sera averti.',
    },
    keep: 'Ne pas supprimer',
    toTheBank: (host) => ({
      heading: 'Vers le site de paiement',
      sentence: `Votre paiement est prêt. Vous allez le faire sur le site ${host}.`,
    }),
    goOn: 'Continuer',
  },
  en: {
    toPay: (amount, label) => `Pay ${amount} – ${label}`,
    pay: 'Pay',
    atTheBank: 'You will pay on a secure website, which alone sees your bank details.',
    debitedOn: (day) => `The amount will be debited on ${day}.`,
    backToForm: 'Back to my request',
    remove: 'Remove',
    email: 'Your email address',
    emailHint: 'The bank asks for it to send you its receipt. It serves no other purpose.',
    emailRefused: 'This address is not valid. Type it like name@example.com.',
    errorTitle: 'Error: email address',
    underWay: {
      opening: {
        heading: 'Preparing the payment',
        sentence: 'We are preparing your payment with the bank. This takes a few seconds.',
      },
      open: {
        heading: 'Payment under way',
        sentence:
          'A payment was started on the website of the bank. If you have completed it, the result will show here.',
      },
      pending: {
        heading: 'Payment being processed',
        sentence: 'The bank is processing your payment. There is nothing for you to do: do not pay again.',
      },
    },
    openUntil: (until) => `You may complete it ${until}; without news, you may start again a little later.`,
    pendingUntil: (until) => `We wait for the answer of the bank at least ${until}.`,
    resume: 'Resume the payment',
    refreshing: (seconds) => `This page refreshes itself every ${seconds} seconds.`,
    stopRefreshing: 'Stop refreshing',
    refresh: 'Refresh',
    registered: { heading: 'Payment registered', sentence: 'Your payment is registered.' },
    paid: { heading: 'Payment complete', sentence: 'Your payment has been received. Thank you.' },
    paidOn: 'Paid on',
    reference: 'Reference',
    notPaid: {
      refused: {
        heading: 'Payment refused',
        sentence:
          'The bank refused your payment. As far as we know, no money was taken. You may try again, with another card if need be.',
      },
      abandoned: {
        heading: 'Payment abandoned',
        sentence:
          'The payment was interrupted before its end. As far as we know, no money was taken. You may start again whenever you like.',
      },
      expired: {
        heading: 'Payment not completed',
        sentence:
          'The payment was not completed in time. As far as we know, no money was taken. If you believe that you have paid, do not start again at once: this page will say if the payment is received.',
      },
      failed: {
        heading: 'Payment failed',
        sentence: 'The bank could not complete the payment. As far as we know, no money was taken. You may try again.',
      },
    },
    cancelled: { heading: 'Payment request removed', sentence: 'There is nothing left to pay.' },
    moneyToRefund:
      'A payment was received that was not due. It must be refunded to you; if you hear nothing, contact the service.',
    contact: (contact) => `Contact: ${contact}`,
    authorisationFailed: 'The bank refused the planned debit in the end: this amount is still to be paid.',
    acceptedOn: 'Registered on',
    ifAuthorised: 'Your bank has still to agree, shortly before that date.',
    unconfirmed: {
      heading: 'Debit not confirmed',
      sentence:
        'We could not find out whether the debit took place. Do not pay again: contact the service, which will check.',
    },
    confirmRemoval: {
      heading: 'Remove this payment request?',
      sentence: 'It can no longer be paid then, and the service that asked will be told.',
    },
    keep: 'Keep it',
    toTheBank: (host) => ({
      heading: 'To the payment website',
      sentence: `Your payment is ready. You will make it on the website ${host}.`,
    }),
    goOn: 'Continue',
  },
} as const satisfies Record<Language, PaymentTexts>;
