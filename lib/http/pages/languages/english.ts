/** The pages in English. */
import { parisDay } from '../../../values/days.ts';
import { currency } from '../../../values/money.ts';
import type { Formats, Language } from './language.ts';

/** British English: the day stands before the month, as everywhere in Europe. */
const locale = 'en-GB';
const amounts = new Intl.NumberFormat(locale, { style: 'currency', currency });
const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
const times = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: 'Europe/Paris' });

const formats: Formats = {
  amount: (cents) => amounts.format(cents / 100),
  day: (day) => days.format(new Date(`${day}T00:00:00Z`)),
  until(instant, now) {
    const isToday = parisDay(instant) === parisDay(now);
    return `until ${isToday ? times.format(instant) : this.dayAndTime(instant)}`;
  },
  dayAndTime(instant) {
    return `${this.day(parisDay(instant))} at ${times.format(instant)}`;
  },
};

export const english: Language = {
  formats,
  frame: {
    service: 'Online payment',
    sandbox: 'Fictitious bank: no money will be taken.',
    test: 'Test mode: no money will be taken.',
    contact: 'Questions?',
    error: 'Error:',
    reference: 'Reference to give to your local authority:',
    back: 'Back to the payment page',
  },
  errors: {
    'not-found': {
      title: 'Page not found',
      advice:
        'This payment link does not exist, or no longer exists. Check that you have copied it whole, or go back to your request.',
    },
    'method-not-allowed': {
      title: 'This page does not open like that',
      advice: 'Go back to your request, then follow the link again.',
    },
    'payload-too-large': {
      title: 'Too much was sent',
      advice: 'Your browser sent more than this page expects. Go back to the payment page and start again.',
    },
    'temporarily-unavailable': {
      title: 'Service temporarily unavailable',
      advice: 'You may try again in a few minutes.',
    },
    'internal-error': {
      title: 'Something went wrong',
      advice:
        'The fault is ours, and is on record. Before you start again, see on the payment page how your payment stands.',
    },
  },
  payment: {
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
      'bank-not-configured': {
        heading: 'Online payment not available',
        sentence: 'Online payment is not open for this service. Contact your local authority.',
      },
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
};
