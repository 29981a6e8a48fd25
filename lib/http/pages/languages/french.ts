/** The pages in French. */
import { parisDay } from '../../../values/days.ts';
import { formatEuros } from '../../../values/money.ts';
import type { Formats, Language } from './language.ts';

const days = new Intl.DateTimeFormat('fr-FR', { dateStyle: 'long', timeZone: 'UTC' });
const times = new Intl.DateTimeFormat('fr-FR', { timeStyle: 'short', timeZone: 'Europe/Paris' });

const formatTime = (instant: Date) => times.format(instant).replace(':', '\u00a0h\u00a0');

const formats: Formats = {
  amount: formatEuros,
  day: (day) => days.format(new Date(`${day}T00:00:00Z`)).replace(/^1 /, '1er '),
  until(instant, now) {
    const isToday = parisDay(instant) === parisDay(now);
    return isToday ? `jusqu’à ${formatTime(instant)}` : `jusqu’au ${this.dayAndTime(instant)}`;
  },
  dayAndTime(instant) {
    return `${this.day(parisDay(instant))} à ${formatTime(instant)}`;
  },
};

export const french: Language = {
  formats,
  frame: {
    service: 'Paiement en ligne',
    sandbox: 'Banque fictive\u00a0: aucun argent ne sera débité.',
    test: 'Mode test\u00a0: aucun argent ne sera débité.',
    contact: 'Une question\u202f?',

    error: 'Erreur\u00a0:',
    reference: 'Référence à communiquer à votre collectivité\u00a0:',
    back: 'Revenir à la page de paiement',
  },
  errors: {
    'not-found': {
      title: 'Page introuvable',
      advice:
        'Ce lien de paiement n’existe pas, ou n’existe plus. Vérifiez que vous l’avez copié en entier, ou revenez à votre démarche.',
    },
    'method-not-allowed': {
      title: 'Cette page ne s’ouvre pas ainsi',
      advice: 'Revenez à votre démarche, puis suivez de nouveau le lien.',
    },
    'payload-too-large': {
      title: 'Envoi trop volumineux',
      advice: 'Votre navigateur a envoyé plus que cette page n’attend. Revenez à la page de paiement et recommencez.',
    },
    'temporarily-unavailable': {
      title: 'Service momentanément indisponible',
      advice: 'Vous pouvez réessayer dans quelques minutes.',
    },
    'internal-error': {
      title: 'Un problème est survenu',
      advice:
        'Le problème vient de notre côté, et il est enregistré. Avant de recommencer, regardez sur la page de paiement où en est votre paiement.',
    },
  },
  payment: {
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
      'bank-not-configured': {
        heading: 'Paiement en ligne indisponible',
        sentence: 'Le paiement en ligne n’est pas ouvert pour ce service. Contactez votre collectivité.',
      },
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
};
