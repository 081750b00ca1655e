import { type SourceKind } from '../kernel/enums.ts'
import { type Language } from './texts/index.ts'

/** Every word about receipts, their codes and the papers they are printed on. */
export interface ReceiptTexts {
  readonly documents: Readonly<Record<SourceKind, string>>
  /** On the receipt's page. */
  readonly proof: {
    readonly title: string
    readonly explanation: string
    readonly check: string
    readonly a4: string
    readonly roll: string
  }
  readonly verify: {
    readonly title: string
    readonly explanation: string
    readonly code: string
    readonly button: string
    readonly another: string
    readonly mistyped: Said
    readonly unknownKey: Said
    readonly forged: Said
    readonly unrecorded: Said
    readonly genuine: Said
    readonly claims: string
    readonly standing: string
    readonly paid: string
    readonly partlyRefunded: (givenBack: string, left: string) => string
    readonly refunded: string
    readonly underWay: (amount: string) => string
    readonly to: string
    readonly document: string
    readonly amount: string
    readonly when: string
    readonly reference: string
    readonly compare: string
  }
  readonly print: {
    readonly title: string
    readonly to: string
    readonly from: string
    readonly phone: string
    readonly document: string
    readonly issued: string
    readonly when: string
    readonly method: string
    readonly reference: string
    readonly ownReference: string
    readonly total: string
    readonly platformFee: string
    readonly gatewayFee: string
    readonly fxFee: string
    readonly rate: string
    readonly amount: string
    readonly verify: string
    readonly page: (page: number, pages: number) => string
  }
}

interface Said {
  readonly title: string
  readonly text: string
}

const english: ReceiptTexts = {
  documents: { INVOICE: 'Invoice', ORDER: 'Order' },
  proof: {
    title: 'Proof',
    explanation: 'Whoever has this code can verify that the receipt is genuine. It tells nothing about the payer.',
    check: 'Verify this receipt',
    a4: 'Download as PDF (A4)',
    roll: 'Download for a receipt printer (80 mm)',
  },
  verify: {
    title: 'Verify a receipt',
    explanation:
      'Scan the QR code of a receipt, or type its code here. Spaces, dashes and small letters do not matter.',
    code: 'Code of the receipt',
    button: 'Verify',
    another: 'Verify another receipt',
    mistyped: {
      title: 'Not copied correctly',
      text: 'This is not a complete code. Compare it with the receipt, letter by letter: something is missing or mistyped.',
    },
    unknownKey: {
      title: 'Not verified',
      text: 'This code was not made with a key that is known here. The receipt may come from somewhere else. Do not rely on it.',
    },
    forged: { title: 'Not genuine', text: 'This code was not made here. Do not rely on this receipt.' },
    unrecorded: {
      title: 'Not confirmed',
      text: 'This code bears our signature, but our books hold no such payment. Do not rely on this receipt: ask the merchant.',
    },
    genuine: { title: 'Genuine', text: 'This receipt is genuine. This is what our books say of it now:' },
    claims: 'What the code says:',
    standing: 'How it stands now',
    paid: 'Paid. Nothing was given back.',
    partlyRefunded: (givenBack, left) => `Partly refunded: ${givenBack} was given back, ${left} remains paid.`,
    refunded: 'Refunded: all of it was given back.',
    underWay: (amount) => `${amount} more is on its way back.`,
    to: 'Paid to',
    document: 'For',
    amount: 'Amount paid',
    when: 'Paid on',
    reference: 'Reference of the operator',
    compare: 'Compare this with the receipt you were shown.',
  },
  print: {
    title: 'Receipt',
    to: 'Paid to',
    from: 'Paid by',
    phone: 'Phone',
    document: 'Number',
    issued: 'Issued',
    when: 'Paid on',
    method: 'Paid with',
    reference: 'Reference of the operator',
    ownReference: 'Reference of the merchant',
    total: 'Total',
    platformFee: 'Platform fee',
    gatewayFee: 'Operator’s fee',
    fxFee: 'Exchange fee',
    rate: 'Exchange rate',
    amount: 'Amount paid',
    verify: 'Scan to verify this receipt, or type this code at',
    page: (page, pages) => `${page} / ${pages}`,
  },
}

const french: ReceiptTexts = {
  documents: { INVOICE: 'Facture', ORDER: 'Commande' },
  proof: {
    title: 'Preuve',
    explanation:
      'Avec ce code, chacun peut vérifier que le reçu est authentique. Il ne révèle rien sur la personne qui a payé.',
    check: 'Vérifier ce reçu',
    a4: 'Télécharger en PDF (A4)',
    roll: 'Télécharger pour une imprimante à reçus (80 mm)',
  },
  verify: {
    title: 'Vérifier un reçu',
    explanation:
      'Scannez le code QR d’un reçu, ou saisissez son code ici. Espaces, tirets et minuscules n’ont pas d’importance.',
    code: 'Code du reçu',
    button: 'Vérifier',
    another: 'Vérifier un autre reçu',
    mistyped: {
      title: 'Mal recopié',
      text: 'Ce code n’est pas complet. Comparez-le au reçu, lettre par lettre : il manque quelque chose ou il y a une faute de frappe.',
    },
    unknownKey: {
      title: 'Non vérifié',
      text: 'Ce code n’a pas été créé avec une clé connue ici. Le reçu vient peut-être d’ailleurs. Ne vous y fiez pas.',
    },
    forged: { title: 'Pas authentique', text: 'Ce code n’a pas été créé ici. Ne vous fiez pas à ce reçu.' },
    unrecorded: {
      title: 'Non confirmé',
      text: 'Ce code porte notre signature, mais nos livres ne contiennent pas ce paiement. Ne vous fiez pas à ce reçu : demandez au marchand.',
    },
    genuine: { title: 'Authentique', text: 'Ce reçu est authentique. Voici ce que disent nos livres en ce moment :' },
    claims: 'Ce que dit le code :',
    standing: 'Situation actuelle',
    paid: 'Payé. Rien n’a été remboursé.',
    partlyRefunded: (givenBack, left) => `Remboursé en partie : ${givenBack} a été remboursé, ${left} reste payé.`,
    refunded: 'Remboursé : tout a été rendu.',
    underWay: (amount) => `Un remboursement de ${amount} est en cours.`,
    to: 'Payé à',
    document: 'Pour',
    amount: 'Montant payé',
    when: 'Payé le',
    reference: 'Référence de l’opérateur',
    compare: 'Comparez avec le reçu qu’on vous a montré.',
  },
  print: {
    title: 'Reçu',
    to: 'Payé à',
    from: 'Payé par',
    phone: 'Téléphone',
    document: 'Numéro',
    issued: 'Établi le',
    when: 'Payé le',
    method: 'Payé avec',
    reference: 'Référence de l’opérateur',
    ownReference: 'Référence du marchand',
    total: 'Total',
    platformFee: 'Frais de la plateforme',
    gatewayFee: 'Frais de l’opérateur',
    fxFee: 'Frais de change',
    rate: 'Taux de change',
    amount: 'Montant payé',
    verify: 'Scannez pour vérifier ce reçu, ou saisissez ce code sur',
    page: (page, pages) => `${page} / ${pages}`,
  },
}

const kinyarwanda: ReceiptTexts = {
  documents: { INVOICE: 'Fagitire', ORDER: 'Komande' },
  proof: {
    title: 'Icyemezo',
    explanation:
      'Ufite iyi kode wese ashobora kugenzura ko iyi nyemezabwishyu ari iy’ukuri. Nta cyo ivuga ku wishyuye.',
    check: 'Genzura iyi nyemezabwishyu',
    a4: 'Kuramo PDF (A4)',
    roll: 'Kuramo iyo gucapa ku rupapuro rwa 80 mm',
  },
  verify: {
    title: 'Kugenzura inyemezabwishyu',
    explanation:
      'Sikana kode ya QR iri ku nyemezabwishyu, cyangwa wandike kode yayo hano. Imyanya, uturongo n’inyuguti nto nta cyo bitwaye.',
    code: 'Kode y’inyemezabwishyu',
    button: 'Genzura',
    another: 'Genzura indi nyemezabwishyu',
    mistyped: {
      title: 'Kode ntiyanditse neza',
      text: 'Iyi kode ntiyuzuye. Yigereranye n’iri ku nyemezabwishyu, inyuguti ku yindi: hari ikibura cyangwa icyanditswe nabi.',
    },
    unknownKey: {
      title: 'Ntiyagenzuwe',
      text: 'Iyi kode ntiyakozwe n’urufunguzo ruzwi hano. Inyemezabwishyu ishobora kuba yaturutse ahandi. Ntuyizere.',
    },
    forged: { title: 'Si iy’ukuri', text: 'Iyi kode ntiyakorewe hano. Ntiwizere iyi nyemezabwishyu.' },
    unrecorded: {
      title: 'Ntiyemejwe',
      text: 'Iyi kode ifite umukono wacu, ariko ibitabo byacu nta bwishyu nk’ubwo birimo. Ntiwizere iyi nyemezabwishyu: baza umucuruzi.',
    },
    genuine: {
      title: 'Ni iy’ukuri',
      text: 'Iyi nyemezabwishyu ni iy’ukuri. Dore icyo ibitabo byacu biyivugaho ubu:',
    },
    claims: 'Icyo kode ivuga:',
    standing: 'Uko bimeze ubu',
    paid: 'Yarishyuwe. Nta mafaranga yasubijwe.',
    partlyRefunded: (givenBack, left) => `Igice cyarasubijwe: hasubijwe ${givenBack}, hasigaye ${left}.`,
    refunded: 'Amafaranga yose yarasubijwe.',
    underWay: (amount) => `${amount} ari mu nzira asubizwa.`,
    to: 'Uwishyuwe',
    document: 'Ibyishyuwe',
    amount: 'Amafaranga yishyuwe',
    when: 'Igihe yishyuwe',
    reference: 'Nomero y’ikigo cy’itumanaho',
    compare: 'Bigereranye n’inyemezabwishyu weretswe.',
  },
  print: {
    title: 'Inyemezabwishyu',
    to: 'Uwishyuwe',
    from: 'Uwishyuye',
    phone: 'Telefone',
    document: 'Nomero',
    issued: 'Igihe yakorewe',
    when: 'Igihe yishyuwe',
    method: 'Uburyo bwo kwishyura',
    reference: 'Nomero y’ikigo cy’itumanaho',
    ownReference: 'Nomero y’umucuruzi',
    total: 'Igiteranyo',
    platformFee: 'Amafaranga y’urubuga',
    gatewayFee: 'Amafaranga y’ikigo cy’itumanaho',
    fxFee: 'Amafaranga y’ivunjisha',
    rate: 'Igiciro cy’ivunjisha',
    amount: 'Amafaranga yishyuwe',
    verify: 'Sikana ugenzure iyi nyemezabwishyu, cyangwa wandike iyi kode kuri',
    page: (page, pages) => `${page} / ${pages}`,
  },
}

export const receiptTexts: Readonly<Record<Language, ReceiptTexts>> = { en: english, fr: french, rw: kinyarwanda }
