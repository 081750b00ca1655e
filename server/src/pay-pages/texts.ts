import { type MobileMoneyMethod } from '../kernel/enums.ts'

/**
 * Every word that payers read, in one place. Another language is another value of this shape. Names of merchants, of
 * documents and of amounts come in as they are.
 */
export const english = {
  language: 'en',
  methods: {
    MTN_MOMO_LBR: 'MTN Mobile Money',
    ORANGE_MONEY_LBR: 'Orange Money',
    AIRTEL_RWA: 'Airtel Money',
    MTN_MOMO_RWA: 'MTN Mobile Money',
    ORANGE_MONEY_RWA: 'Orange Money',
  } satisfies Record<MobileMoneyMethod, string>,
  countries: { LR: 'Liberia', RW: 'Rwanda' } as Readonly<Record<string, string>>,
  documents: { INVOICE: 'Invoice', ORDER: 'Order' },

  bill: {
    more: (count: number) => `${count} more lines`,
    showAll: 'Show all lines',
    total: 'Total',
  },
  form: {
    title: (merchant: string) => `Pay ${merchant}`,
    methods: 'How do you want to pay?',
    elsewhere: 'Operators in other countries',
    feesIncluded: (fees: string) => `Fees of ${fees} included`,
    noFees: 'No fees for you',
    rate: (from: string, rate: string, to: string) => `1 ${from} = ${rate} ${to}`,
    phone: 'Mobile money number',
    phoneHint: 'With country code, for example 231880000001. The payment must be approved on this phone.',
    pay: 'Pay now',
    payHint: 'Nothing is paid before you enter your PIN on your phone.',
    giveUp: (merchant: string) => `Do not pay, go back to ${merchant}`,
    mistake: 'Not paid yet:',
  },
  mistakes: {
    option: 'Choose how you want to pay.',
    gone: 'This way of paying is not available now. Choose another one.',
    price: 'The amount to pay has changed. Look at it again and then pay.',
    phone: 'Enter a mobile money number with its country code.',
    refused: 'This payment cannot be made in this way. Choose another one, or try again later.',
    again: 'This page was too old. Nothing was charged: press the button again.',
  },
  waiting: {
    title: 'Approve the payment on your phone',
    asked: (method: string, amount: string) => `We asked ${method} for ${amount}.`,
    look: (ending: string) => `Take the phone whose number ends in ${ending}.`,
    lookAnywhere: 'Take the phone you pay with.',
    approve: 'Follow the message on it and enter your mobile money PIN.',
    stay: 'Come back to this page. It tells you when the payment has arrived.',
    doNotRepeat:
      'Do not pay again. This can take a few minutes, and until it is over we do not know whether you were charged.',
    refreshes: 'This page looks again by itself.',
    lookAgain: 'Look again now',
    stop: 'Stop looking again by itself',
  },
  failed: {
    title: 'The payment did not go through',
    notCharged: 'You were not charged.',
    again: 'Try again',
    reasons: {
      PAYMENT_NOT_APPROVED: 'It was not approved on the phone, or not in time.',
      INSUFFICIENT_BALANCE: 'There is too little money in this mobile money account.',
      PAYMENT_IN_PROGRESS: 'Another payment waits on this phone. Try again in about ten minutes.',
      TRANSACTION_ALREADY_IN_PROCESS: 'Another payment waits on this phone. Try again in about ten minutes.',
      PAYER_NOT_FOUND: 'This number has no account with this operator. Check the number and the operator.',
      INVALID_PHONE_NUMBER: 'This number is none of this operator’s. Check the number and the operator.',
      PAYER_LIMIT_REACHED: 'This mobile money account has reached a limit.',
      WALLET_LIMIT_REACHED: 'This mobile money account has reached a limit.',
      AMOUNT_OUT_OF_BOUNDS: 'The operator does not take this amount.',
      PROVIDER_TEMPORARILY_UNAVAILABLE: 'The operator cannot be reached now. Try again later.',
      NOT_RECEIVED: 'The operator never received the payment.',
    } as Readonly<Record<string, string>>,
    unexplained: 'The operator gave no reason.',
  },
  paid: {
    title: 'Paid',
    thanks: (merchant: string) => `${merchant} has your payment.`,
    receipt: 'Open the receipt',
    goOn: (merchant: string) => `Go back to ${merchant}`,
    goingOn: (merchant: string) => `You are taken back to ${merchant} in a moment.`,
  },
  receipt: {
    title: (document: string) => `Receipt for ${document}`,
    from: 'Paid by',
    to: 'Paid to',
    when: 'Paid on',
    amount: 'Amount paid',
    fees: 'Fees',
    rate: 'Exchange rate',
    method: 'Paid with',
    reference: 'Reference of the operator',
  },
  closed: {
    goBack: (merchant: string) => `Go back to ${merchant}`,
    unknown: {
      title: 'Nothing here',
      text: 'This link is not complete, or was never ours. Check it, or ask whoever sent it.',
    },
    canceled: {
      title: 'No longer to be paid',
      text: (merchant: string) => `${merchant} has canceled this. There is nothing to pay.`,
    },
    expired: {
      title: 'This link has expired',
      text: (merchant: string) => `It cannot be paid any more. Ask ${merchant} for a new link.`,
    },
    switchedOff: {
      title: 'This cannot be paid here now',
      text: (merchant: string) => `Payment by link is switched off for ${merchant}. Ask them how to pay.`,
    },
    unpayable: {
      title: 'This cannot be paid now',
      text: (merchant: string) => `No operator takes this payment at the moment. Try again later, or ask ${merchant}.`,
    },
    busy: { title: 'Too many tries', text: 'Wait a minute and open this page again.' },
    broken: {
      title: 'Something went wrong',
      text: 'If you were paying, do not pay again yet. Open this page again in a minute: it tells you how the payment stands.',
    },
    openAgain: 'Open this page again',
  },
} as const
