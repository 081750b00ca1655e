import { type Language } from './texts/index.ts'

const english = {
  link: 'Pay by card',
  title: (merchant: string) => `Pay ${merchant} by card`,
  choose: 'In which currency do you want to pay?',
  goOn: (amount: string) => `Pay ${amount} by card`,
  goOnHint:
    'Nothing is paid yet: your card is asked for on the next page, by the card network. We never see its number.',
  back: 'Pay in another way',
  mistake: 'Not paid yet:',
  mistakes: {
    gone: 'This currency is not available now. Choose another one.',
    price: 'The amount to pay has changed. Look at it again and then pay.',
    card: 'The card network does not know this card. Enter it again.',
    refused: 'This payment cannot be made with this card. Enter it again, or pay in another way.',
  },
  form: {
    title: (amount: string) => `Pay ${amount}`,
    name: 'Name on the card',
    card: 'Card',
    pay: 'Pay now',
    needsScript: 'The card form needs JavaScript. Without it, go back and pay in another way.',
  },
  waiting: {
    title: 'Your card payment is under way',
    asked: (amount: string) => `We asked your card for ${amount}.`,
    challenge: 'Your bank wants to know that it is you.',
    goToBank: 'Go on to your bank',
    doNotRepeat: 'Do not pay again: until this is over we do not know whether you were charged.',
    lookAgain: 'Look again now',
  },
}

/** What payers by card read beyond what every payer reads. */
type CardTexts = typeof english

const french: CardTexts = {
  link: 'Payer par carte',
  title: (merchant) => `Payer ${merchant} par carte`,
  choose: 'Dans quelle monnaie voulez-vous payer ?',
  goOn: (amount) => `Payer ${amount} par carte`,
  goOnHint:
    'Rien n’est encore payé : le réseau de cartes vous demande votre carte sur la page suivante. Nous ne voyons jamais son numéro.',
  back: 'Payer autrement',
  mistake: 'Pas encore payé :',
  mistakes: {
    gone: 'Cette monnaie n’est pas disponible maintenant. Choisissez-en une autre.',
    price: 'Le montant à payer a changé. Regardez-le encore une fois, puis payez.',
    card: 'Le réseau de cartes ne connaît pas cette carte. Saisissez-la de nouveau.',
    refused: 'Ce paiement ne peut pas être fait avec cette carte. Saisissez-la de nouveau, ou payez autrement.',
  },
  form: {
    title: (amount) => `Payer ${amount}`,
    name: 'Nom sur la carte',
    card: 'Carte',
    pay: 'Payer maintenant',
    needsScript: 'Le formulaire de carte a besoin de JavaScript. Sans lui, revenez en arrière et payez autrement.',
  },
  waiting: {
    title: 'Votre paiement par carte est en cours',
    asked: (amount) => `Nous avons demandé ${amount} à votre carte.`,
    challenge: 'Votre banque veut savoir que c’est bien vous.',
    goToBank: 'Continuer vers votre banque',
    doNotRepeat:
      'Ne payez pas une deuxième fois : tant que ce n’est pas fini, nous ne savons pas si vous avez été débité.',
    lookAgain: 'Regarder encore maintenant',
  },
}

const kinyarwanda: CardTexts = {
  link: 'Ishyura ukoresheje ikarita',
  title: (merchant) => `Ishyura ${merchant} ukoresheje ikarita`,
  choose: 'Urashaka kwishyura mu rihe faranga?',
  goOn: (amount) => `Ishyura ${amount} ukoresheje ikarita`,
  goOnHint: 'Nta kirishyurwa: ikarita yawe isabwa ku rupapuro rukurikira. Ntitubona nimero yayo.',
  back: 'Ishyura mu bundi buryo',
  mistake: 'Ntibirishyurwa:',
  mistakes: {
    gone: 'Iri faranga ntiriboneka ubu. Hitamo irindi.',
    price: 'Amafaranga yo kwishyura yahindutse. Yongere uyarebe, hanyuma wishyure.',
    card: 'Iyi karita ntizwi. Yongere uyandike.',
    refused: 'Ntibishoboka kwishyura n’iyi karita. Yongere uyandike, cyangwa wishyure mu bundi buryo.',
  },
  form: {
    title: (amount) => `Ishyura ${amount}`,
    name: 'Izina riri ku ikarita',
    card: 'Ikarita',
    pay: 'Ishyura ubu',
    needsScript: 'Uru rupapuro rw’ikarita rukeneye JavaScript. Niba idahari, subira inyuma wishyure mu bundi buryo.',
  },
  waiting: {
    title: 'Ubwishyu bwawe bw’ikarita burakomeje',
    asked: (amount) => `Twasabye ikarita yawe ${amount}.`,
    challenge: 'Banki yawe irashaka kumenya ko ari wowe.',
    goToBank: 'Komeza kuri banki yawe',
    doNotRepeat: 'Ntiwongere kwishyura: bitararangira, ntituzi niba wishyuye.',
    lookAgain: 'Ongera urebe ubu',
  },
}

export const cardTexts: Readonly<Record<Language, CardTexts>> = { en: english, fr: french, rw: kinyarwanda }
