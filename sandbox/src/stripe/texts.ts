/** Every word on the simulator's two pages. Names of cards and amounts come in as they are. */
const english = {
  sandbox: 'Sandbox: no real card is asked for and no money moves.',
  card: {
    title: 'Pay by card',
    pretend: 'This page stands where the card form stands in live mode.',
    choose: 'Choose a test card',
    name: 'Name on the card',
    go: 'Use this card',
    endsIn: (last4: string) => `ends in ${last4}`,
    missing: 'Choose one of the cards.',
    tooLong: 'The name is too long.',
  },
  cards: {
    pm_card_visa: 'Visa: pays',
    pm_card_mastercard: 'Mastercard: pays',
    pm_card_amex: 'American Express: pays',
    pm_card_threeDSecure2Required: 'Visa: the bank asks you first',
    pm_card_authenticationRequiredChargeDeclinedInsufficientFunds:
      'Visa: the bank asks you, then there is too little money',
    pm_card_visa_chargeDeclined: 'Visa: declined',
    pm_card_visa_chargeDeclinedInsufficientFunds: 'Visa: too little money',
    pm_card_visa_chargeDeclinedStolenCard: 'Visa: reported stolen',
    pm_card_chargeDeclinedExpiredCard: 'Visa: expired',
    pm_card_chargeDeclinedIncorrectCvc: 'Visa: wrong security code',
    pm_card_chargeDeclinedProcessingError: 'Visa: something goes wrong at the bank',
    pm_card_refundFail: 'Visa: pays, refunds fail later',
    pm_card_pendingRefund: 'Visa: pays, refunds take a while',
  },
  bank: {
    title: 'Is this payment yours?',
    pretend: 'This page stands where the page of your bank stands in live mode.',
    asks: (amount: string) => `The bank asks you to approve a payment of ${amount}.`,
    approve: 'Approve',
    refuse: 'Refuse',
    over: 'This question has been answered.',
    back: 'Go back to the shop',
    close: 'You can close this page.',
  },
  problems: {
    title: 'This page cannot be shown',
    returnUrl: 'The address to go back to is not one that this sandbox was set up for.',
    amount: 'The amount or its currency is not one that can be charged.',
    unknown: 'There is no such payment.',
  },
}

export type Texts = typeof english

const french: Texts = {
  sandbox: 'Bac à sable : aucune vraie carte n’est demandée et aucun argent ne circule.',
  card: {
    title: 'Payer par carte',
    pretend: 'Cette page tient la place du formulaire de carte du mode réel.',
    choose: 'Choisissez une carte de test',
    name: 'Nom sur la carte',
    go: 'Utiliser cette carte',
    endsIn: (last4) => `se termine par ${last4}`,
    missing: 'Choisissez l’une des cartes.',
    tooLong: 'Le nom est trop long.',
  },
  cards: {
    pm_card_visa: 'Visa : paie',
    pm_card_mastercard: 'Mastercard : paie',
    pm_card_amex: 'American Express : paie',
    pm_card_threeDSecure2Required: 'Visa : la banque vous demande d’abord',
    pm_card_authenticationRequiredChargeDeclinedInsufficientFunds:
      'Visa : la banque vous demande, puis le solde est insuffisant',
    pm_card_visa_chargeDeclined: 'Visa : refusée',
    pm_card_visa_chargeDeclinedInsufficientFunds: 'Visa : solde insuffisant',
    pm_card_visa_chargeDeclinedStolenCard: 'Visa : déclarée volée',
    pm_card_chargeDeclinedExpiredCard: 'Visa : expirée',
    pm_card_chargeDeclinedIncorrectCvc: 'Visa : mauvais code de sécurité',
    pm_card_chargeDeclinedProcessingError: 'Visa : une erreur se produit à la banque',
    pm_card_refundFail: 'Visa : paie, les remboursements échouent plus tard',
    pm_card_pendingRefund: 'Visa : paie, les remboursements prennent du temps',
  },
  bank: {
    title: 'Ce paiement est-il le vôtre ?',
    pretend: 'Cette page tient la place de celle de votre banque en mode réel.',
    asks: (amount) => `La banque vous demande d’approuver un paiement de ${amount}.`,
    approve: 'Approuver',
    refuse: 'Refuser',
    over: 'Cette question a reçu sa réponse.',
    back: 'Retourner à la boutique',
    close: 'Vous pouvez fermer cette page.',
  },
  problems: {
    title: 'Cette page ne peut pas être affichée',
    returnUrl: 'L’adresse de retour n’est pas de celles pour lesquelles ce bac à sable est configuré.',
    amount: 'Le montant ou sa devise ne peut pas être débité.',
    unknown: 'Ce paiement n’existe pas.',
  },
}

const kinyarwanda: Texts = {
  sandbox: 'Aha ni aho kugeragereza: nta karita nyayo isabwa kandi nta mafaranga ahava.',
  card: {
    title: 'Ishyura ukoresheje ikarita',
    pretend: 'Uru rupapuro ruri mu mwanya w’urwandikwaho ikarita mu kwishyura nyakuri.',
    choose: 'Hitamo ikarita yo kugerageza',
    name: 'Izina riri ku ikarita',
    go: 'Koresha iyi karita',
    endsIn: (last4) => `irangira na ${last4}`,
    missing: 'Hitamo imwe muri aya makarita.',
    tooLong: 'Izina ni rirerire cyane.',
  },
  cards: {
    pm_card_visa: 'Visa: irishyura',
    pm_card_mastercard: 'Mastercard: irishyura',
    pm_card_amex: 'American Express: irishyura',
    pm_card_threeDSecure2Required: 'Visa: banki ibanza kukubaza',
    pm_card_authenticationRequiredChargeDeclinedInsufficientFunds:
      'Visa: banki irakubaza, hanyuma amafaranga akaba adahagije',
    pm_card_visa_chargeDeclined: 'Visa: iranzwe',
    pm_card_visa_chargeDeclinedInsufficientFunds: 'Visa: amafaranga ntahagije',
    pm_card_visa_chargeDeclinedStolenCard: 'Visa: yavuzwe ko yibwe',
    pm_card_chargeDeclinedExpiredCard: 'Visa: yarengeje igihe',
    pm_card_chargeDeclinedIncorrectCvc: 'Visa: umubare w’umutekano si wo',
    pm_card_chargeDeclinedProcessingError: 'Visa: habaye ikosa kuri banki',
    pm_card_refundFail: 'Visa: irishyura, gusubizwa bikananirana nyuma',
    pm_card_pendingRefund: 'Visa: irishyura, gusubizwa bigafata igihe',
  },
  bank: {
    title: 'Ese uku kwishyura ni ukwawe?',
    pretend: 'Uru rupapuro ruri mu mwanya w’urwa banki yawe mu kwishyura nyakuri.',
    asks: (amount) => `Banki irakubaza niba wemeye kwishyura ${amount}.`,
    approve: 'Emeza',
    refuse: 'Anga',
    over: 'Iki kibazo cyarasubijwe.',
    back: 'Subira ku iduka',
    close: 'Ushobora gufunga uru rupapuro.',
  },
  problems: {
    title: 'Uru rupapuro ntirushobora kugaragara',
    returnUrl: 'Aho gusubira si hamwe mu ho uru rubuga rwateganyirijwe.',
    amount: 'Aya mafaranga cyangwa ubwoko bwayo ntibishobora kwishyurwa.',
    unknown: 'Uko kwishyura ntikubaho.',
  },
}

const catalogues = { en: english, fr: french, rw: kinyarwanda } as const

export type Locale = keyof typeof catalogues

export const locales = Object.keys(catalogues) as readonly Locale[]

export const textsOf = (locale: Locale): Texts => catalogues[locale]

const isLocale = (text: string): text is Locale => Object.hasOwn(catalogues, text)

/** What was asked for by name, else the first of the browser's languages that there is. */
export const chooseLocale = (asked: string | null, acceptLanguage: string | undefined): Locale => {
  const preferred = (acceptLanguage ?? '').split(',').map((each) => each.trim().slice(0, 2).toLowerCase())
  return [asked ?? '', ...preferred].find(isLocale) ?? 'en'
}
