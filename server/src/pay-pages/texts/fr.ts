import { type Texts } from './texts.ts'

export const french: Texts = {
  name: 'Français',
  languages: 'Langue',
  methods: {
    MTN_MOMO_LBR: 'MTN Mobile Money',
    ORANGE_MONEY_LBR: 'Orange Money',
    AIRTEL_RWA: 'Airtel Money',
    MTN_MOMO_RWA: 'MTN Mobile Money',
    ORANGE_MONEY_RWA: 'Orange Money',
    CREDIT_CARD: 'Carte bancaire',
    WALLET: 'Portefeuille',
  },
  countries: { LR: 'Libéria', RW: 'Rwanda' },
  wallets: {
    USD: 'depuis votre compte en dollars américains (USD)',
    LRD: 'depuis votre compte en dollars libériens (LRD)',
    RWF: 'depuis votre compte en francs rwandais (RWF)',
  },
  documents: { INVOICE: 'Facture', ORDER: 'Commande' },

  bill: {
    title: 'Ce que vous payez',
    more: (count, shown) => (count === 1 ? `Encore ${shown} ligne` : `Encore ${shown} lignes`),
    showAll: 'Afficher toutes les lignes',
    total: 'Total',
  },
  form: {
    title: (merchant) => `Payer ${merchant}`,
    methods: 'Comment voulez-vous payer ?',
    elsewhere: 'Opérateurs d’autres pays',
    feesIncluded: (fees) => `Dont ${fees} de frais`,
    noFees: 'Aucuns frais pour vous',
    rate: (from, rate, to) => `1 ${from} = ${rate} ${to}`,
    phone: 'Numéro mobile money',
    phoneHint: 'Avec l’indicatif du pays, par exemple 231880000001. Le paiement doit être approuvé sur ce téléphone.',
    pay: 'Payer maintenant',
    payHint: 'Rien n’est payé avant que vous n’entriez votre code PIN sur votre téléphone.',
    until: (time) => `Vous pouvez payer ici jusqu’au ${time}.`,
    giveUp: (merchant) => `Ne pas payer, retourner chez ${merchant}`,
    mistake: 'Pas encore payé :',
  },
  mistakes: {
    option: 'Choisissez comment vous voulez payer.',
    gone: 'Ce moyen de paiement n’est pas disponible maintenant. Choisissez-en un autre.',
    price: 'Le montant à payer a changé. Regardez-le encore une fois, puis payez.',
    phone: 'Entrez un numéro mobile money avec l’indicatif du pays.',
    operator: (guess) =>
      `Ce numéro ressemble à un numéro ${guess}. Vérifiez le numéro et l’opérateur, puis appuyez encore sur le bouton.`,
    waits:
      'Un autre paiement attend son code PIN sur ce téléphone. Approuvez-le ou refusez-le d’abord, ou réessayez dans quelques minutes.',
    refused: 'Ce paiement ne peut pas se faire de cette façon. Choisissez un autre moyen, ou réessayez plus tard.',
    again: 'Cette page était trop ancienne. Rien n’a été débité : appuyez encore sur le bouton.',
  },
  waiting: {
    title: 'Approuvez le paiement sur votre téléphone',
    asked: (method, amount) => `Nous avons demandé ${amount} à ${method}.`,
    look: (ending) => `Prenez le téléphone dont le numéro se termine par ${ending}.`,
    lookAnywhere: 'Prenez le téléphone avec lequel vous payez.',
    approve: 'Suivez le message affiché et entrez votre code PIN mobile money.',
    stay: 'Revenez à cette page. Elle vous dira quand le paiement sera arrivé.',
    doNotRepeat:
      'Ne payez pas une deuxième fois. Cela peut prendre quelques minutes, et jusqu’à la fin nous ne savons pas si vous avez été débité.',
    minutesLeft: (count, shown) =>
      count === 1
        ? 'Vous avez environ 1 minute pour entrer votre code PIN.'
        : `Vous avez environ ${shown} minutes pour entrer votre code PIN.`,
    timeLeft: 'Temps restant pour entrer votre code PIN :',
    late: 'Le temps pour entrer votre code PIN devrait être écoulé. Nous demandons encore à l’opérateur ce qui s’est passé. Ne payez pas une deuxième fois avant que cette page ne vous le dise.',
    noMessage: 'Aucun message sur votre téléphone ?',
    noMessageSteps: 'Vérifiez que le téléphone est allumé et a du réseau. S’il n’affiche toujours rien :',
    dial: (code) => `Composez ${code}`,
    dialThen: 'Choisissez le paiement en attente et entrez votre code PIN.',
    mayClose:
      'Vous pouvez fermer cette page. Ouvrez le même lien plus tard, sur n’importe quel téléphone : il vous dira où en est le paiement.',
    refreshes: (seconds) => `Cette page se met à jour seule toutes les ${seconds} secondes.`,
    watches: 'Cette page change seule dès qu’il y a du nouveau.',
    offline: 'Pas de connexion pour le moment. Cette page réessaie seule.',
    lookAgain: 'Regarder maintenant',
    stop: 'Arrêter la mise à jour automatique',
  },
  failed: {
    title: 'Le paiement n’a pas abouti',
    notCharged: 'Vous n’avez pas été débité.',
    again: 'Réessayer',
    reasons: {
      PAYMENT_NOT_APPROVED: 'Il n’a pas été approuvé sur le téléphone, ou pas à temps.',
      INSUFFICIENT_BALANCE: 'Il n’y a pas assez d’argent sur ce compte mobile money.',
      PAYMENT_IN_PROGRESS: 'Un autre paiement attend sur ce téléphone. Réessayez dans dix minutes environ.',
      TRANSACTION_ALREADY_IN_PROCESS: 'Un autre paiement attend sur ce téléphone. Réessayez dans dix minutes environ.',
      PAYER_NOT_FOUND: 'Ce numéro n’a pas de compte chez cet opérateur. Vérifiez le numéro et l’opérateur.',
      INVALID_PHONE_NUMBER: 'Ce numéro n’est pas un numéro de cet opérateur. Vérifiez le numéro et l’opérateur.',
      PAYER_LIMIT_REACHED: 'Ce compte mobile money a atteint une limite.',
      WALLET_LIMIT_REACHED: 'Ce compte mobile money a atteint une limite.',
      AMOUNT_OUT_OF_BOUNDS: 'L’opérateur n’accepte pas ce montant.',
      PROVIDER_TEMPORARILY_UNAVAILABLE: 'L’opérateur ne répond pas maintenant. Réessayez plus tard.',
      NOT_RECEIVED: 'L’opérateur n’a jamais reçu le paiement.',
    },
    unexplained: 'L’opérateur n’a pas donné de raison.',
  },
  paid: {
    title: 'Payé',
    thanks: (merchant) => `${merchant} a reçu votre paiement.`,
    receipt: 'Ouvrir le reçu',
    goOn: (merchant) => `Retourner chez ${merchant}`,
    goingOn: (merchant) => `Vous retournez maintenant chez ${merchant}.`,
  },
  receipt: {
    title: (document) => `Reçu\u00a0: ${document}`,
    from: 'Payé par',
    to: 'Payé à',
    when: 'Payé le',
    amount: 'Montant payé',
    fees: 'Frais',
    rate: 'Taux de change',
    method: 'Payé avec',
    reference: 'Référence de l’opérateur',
  },
  closed: {
    goBack: (merchant) => `Retourner chez ${merchant}`,
    unknown: {
      title: 'Rien ici',
      text: 'Ce lien est incomplet, ou n’est pas un des nôtres. Vérifiez-le, ou demandez à la personne qui l’a envoyé.',
    },
    canceled: {
      title: 'Il n’y a plus rien à payer',
      text: (merchant) => `${merchant} a annulé cette demande. Vous n’avez rien à payer.`,
    },
    expired: {
      title: 'Ce lien a expiré',
      text: (merchant) => `On ne peut plus payer ici. Demandez un nouveau lien à ${merchant}.`,
    },
    switchedOff: {
      title: 'Le paiement n’est pas possible ici',
      text: (merchant) => `Le paiement par lien est désactivé pour ${merchant}. Demandez-leur comment payer.`,
    },
    unpayable: {
      title: 'Le paiement n’est pas possible maintenant',
      text: (merchant) =>
        `Aucun opérateur n’accepte ce paiement pour le moment. Réessayez plus tard, ou demandez à ${merchant}.`,
    },
    busy: { title: 'Trop d’essais', text: 'Attendez une minute et ouvrez cette page encore une fois.' },
    broken: {
      title: 'Il y a eu un problème',
      text: 'Si vous étiez en train de payer, ne payez pas encore une fois. Ouvrez cette page dans une minute : elle vous dira où en est le paiement.',
    },
    openAgain: 'Ouvrir cette page encore une fois',
  },
}
