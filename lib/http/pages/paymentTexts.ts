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
  readonly untilDay: (dayAndTime: string) => string;
  readonly untilTime: (time: string) => string;
  readonly resume: string;
  readonly refreshing: (seconds: number) => string;
  readonly stopRefreshing: string;
  readonly refresh: string;
  readonly registered: Message;
  readonly paid: Message;
  readonly paidAt: string;
  readonly reference: string;
  readonly notPaid: Readonly<Record<NotPaid, Message>>;
  readonly cancelled: Message;
  readonly moneyToRefund: string;
  readonly contact: (contact: string) => string;
  readonly authorisationFailed: string;
  readonly confirmRemoval: Message;
  readonly keep: string;
  readonly toTheBank: (host: string) => Message;
  readonly goOn: string;
}

export const paymentTexts = {
  fr: {
    toPay: (amount, label) => `Payer ${amount} – ${label}`,
    pay: 'Payer',
    atTheBank: 'Vous allez payer sur le site de la banque\u00a0: votre carte n’est connue que d’elle.',
    debitedOn: (day) => `Vous serez débité le ${day}.`,
    backToForm: 'Revenir à ma démarche',
    remove: 'Supprimer',
    email: 'Votre adresse électronique',
    emailHint: 'La banque la demande pour vous envoyer son reçu. Elle ne sert à rien d’autre.',
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
    untilDay: (dayAndTime) => `Nous attendons la réponse de la banque jusqu’au ${dayAndTime}.`,
    untilTime: (time) => `Nous attendons la réponse de la banque jusqu’à ${time}.`,
    resume: 'Reprendre le paiement',
    refreshing: (seconds) => `Cette page s’actualise d’elle-même toutes les ${seconds} secondes.`,
    stopRefreshing: 'Arrêter l’actualisation',
    refresh: 'Actualiser',
    registered: { heading: 'Paiement enregistré', sentence: 'Votre paiement est enregistré.' },
    paid: { heading: 'Paiement effectué', sentence: 'Votre paiement a bien été reçu. Merci.' },
    paidAt: 'Payé le',
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
          'Le paiement n’a pas abouti dans le temps prévu. À notre connaissance, aucun montant n’a été débité. Si vous pensez avoir payé, attendez le message de la banque avant de recommencer.',
      },
      failed: {
        heading: 'Échec du paiement',
        sentence:
          'La banque n’a pas pu mener le paiement à bien. À notre connaissance, aucun montant n’a été débité. Vous pouvez réessayer.',
      },
    },
    cancelled: { heading: 'Article supprimé', sentence: 'Il n’y a plus rien à payer pour cet article.' },
    moneyToRefund: 'Un paiement a été reçu en trop. La régie va vous le rembourser\u00a0: vous n’avez rien à faire.',
    contact: (contact) => `Contact\u00a0: ${contact}`,
    authorisationFailed: 'La banque a finalement refusé le débit prévu\u00a0: ce montant reste à payer.',
    confirmRemoval: {
      heading: 'Supprimer cet article\u202f?',
      sentence: 'Il ne pourra plus être payé, et votre démarche en sera informée.',
    },
    keep: 'Ne pas supprimer',
    toTheBank: (host) => ({
      heading: 'Vers le site de la banque',
      sentence: `Votre paiement est prêt. Vous allez le faire sur le site ${host}.`,
    }),
    goOn: 'Continuer',
  },
  en: {
    toPay: (amount, label) => `Pay ${amount} – ${label}`,
    pay: 'Pay',
    atTheBank: 'You will pay on the website of the bank, which alone sees your card.',
    debitedOn: (day) => `You will be charged on ${day}.`,
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
    untilDay: (dayAndTime) => `We are waiting for the answer of the bank until ${dayAndTime}.`,
    untilTime: (time) => `We are waiting for the answer of the bank until ${time}.`,
    resume: 'Resume the payment',
    refreshing: (seconds) => `This page refreshes itself every ${seconds} seconds.`,
    stopRefreshing: 'Stop refreshing',
    refresh: 'Refresh',
    registered: { heading: 'Payment registered', sentence: 'Your payment is registered.' },
    paid: { heading: 'Payment complete', sentence: 'Your payment has been received. Thank you.' },
    paidAt: 'Paid on',
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
          'The payment was not completed in time. As far as we know, no money was taken. If you believe that you have paid, wait for the message of the bank before you start again.',
      },
      failed: {
        heading: 'Payment failed',
        sentence: 'The bank could not complete the payment. As far as we know, no money was taken. You may try again.',
      },
    },
    cancelled: { heading: 'Item removed', sentence: 'There is nothing left to pay for this item.' },
    moneyToRefund: 'A payment was received in excess. It will be refunded: there is nothing for you to do.',
    contact: (contact) => `Contact: ${contact}`,
    authorisationFailed: 'The bank finally refused the planned debit: this amount is still to be paid.',
    confirmRemoval: {
      heading: 'Remove this item?',
      sentence: 'It can no longer be paid then, and your request will be told.',
    },
    keep: 'Keep it',
    toTheBank: (host) => ({
      heading: 'To the website of the bank',
      sentence: `Your payment is ready. You will make it on the website ${host}.`,
    }),
    goOn: 'Continue',
  },
} as const satisfies Record<Language, PaymentTexts>;
