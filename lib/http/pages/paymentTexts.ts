/** What the citizen reads on the payment pages, in both languages. Days, times and amounts come written out. */

import type { OpeningFailure } from '../../item/attempt.ts';
import type { Obstacle } from '../../payment/obstacle.ts';
import type { Situation } from '../../payment/situation.ts';
import type { Language } from '../../platform/config.ts';

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
  readonly emailInvalid: string;
  readonly itemEmailRefused: string;
  readonly typedEmailRefused: string;
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
  readonly notOpened: Readonly<Record<OpeningFailure, Message>>;
  readonly obstacles: Readonly<Record<Obstacle, Message>>;
  readonly interrupted: string;
  readonly referenceToGive: string;
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
    emailInvalid:
      'La banque n’accepte pas l’adresse saisie. Écrivez-la sous la forme nom@exemple.fr, sans accent ni espace.',
    itemEmailRefused:
      'La banque n’accepte pas l’adresse donnée dans votre démarche. Saisissez-en une autre, sans accent ni espace.',
    typedEmailRefused:
      'La banque n’accepte pas l’adresse que vous avez saisie. Vérifiez-la, ou saisissez-en une autre, sans accent ni espace.',
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
    notOpened: {
      rejected: {
        heading: 'La banque a refusé d’ouvrir le paiement',
        sentence:
          'Aucun montant n’a été débité. Vous n’avez pas fait d’erreur : c’est à votre collectivité de résoudre le problème, qui lui est signalé. Contactez-la, ou réessayez un autre jour.',
      },
      unavailable: {
        heading: 'La banque ne répond pas',
        sentence: 'Aucun montant n’a été débité. Vous pouvez réessayer dans quelques minutes.',
      },
      unknown: {
        heading: 'La réponse de la banque n’est pas arrivée',
        sentence: 'Aucun montant n’a été débité. Vous pouvez recommencer.',
      },
      'item-email': {
        heading: 'Adresse électronique refusée',
        sentence: 'Aucun montant n’a été débité. Donnez une autre adresse électronique pour payer.',
      },
      'typed-email': {
        heading: 'Adresse électronique refusée',
        sentence: 'Aucun montant n’a été débité. Donnez une autre adresse électronique pour payer.',
      },
    },
    obstacles: {
      'too-many-attempts': {
        heading: 'Trop d’essais de paiement',
        sentence: 'Ce montant ne peut plus être payé en ligne. Contactez votre collectivité pour le régler autrement.',
      },
      'capture-too-late': {
        heading: 'Paiement en ligne impossible',
        sentence:
          'La banque ne peut pas attendre la date prévue pour le débit. Contactez votre collectivité pour régler ce montant autrement.',
      },
    },
    interrupted:
      'Votre demande n’a pas pu être traitée : le problème vient de notre côté, et il est enregistré. Voici où en est votre paiement ; réessayez dans quelques minutes.',
    referenceToGive: 'Référence à communiquer à votre collectivité :',
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
    keep: 'Garder cette demande',
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
    emailInvalid:
      'The bank does not take the address that you typed. Type it like name@example.com, without accents or spaces.',
    itemEmailRefused:
      'The bank does not take the address given in your request. Type another one, without accents or spaces.',
    typedEmailRefused:
      'The bank does not take the address that you typed. Check it, or type another one, without accents or spaces.',
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
    notOpened: {
      rejected: {
        heading: 'The bank refused to open the payment',
        sentence:
          'No money was taken. You made no mistake: your local authority has to solve the problem, and has been told of it. Contact them, or try again another day.',
      },
      unavailable: {
        heading: 'The bank does not answer',
        sentence: 'No money was taken. You may try again in a few minutes.',
      },
      unknown: {
        heading: 'The answer of the bank did not arrive',
        sentence: 'No money was taken. You may start again.',
      },
      'item-email': {
        heading: 'Email address refused',
        sentence: 'No money was taken. Give another email address to pay.',
      },
      'typed-email': {
        heading: 'Email address refused',
        sentence: 'No money was taken. Give another email address to pay.',
      },
    },
    obstacles: {
      'too-many-attempts': {
        heading: 'Too many payment attempts',
        sentence: 'This amount can no longer be paid online. Contact your local authority to pay it another way.',
      },
      'capture-too-late': {
        heading: 'Online payment not possible',
        sentence:
          'The bank cannot wait for the day that was set for the debit. Contact your local authority to pay this amount another way.',
      },
    },
    interrupted:
      'Your request could not be completed: the fault is ours, and is on record. This is how your payment stands; try again in a few minutes.',
    referenceToGive: 'Reference to give to your local authority:',
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
