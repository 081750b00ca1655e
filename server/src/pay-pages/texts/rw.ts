import { type Texts } from './texts.ts'

export const kinyarwanda: Texts = {
  name: 'Ikinyarwanda',
  languages: 'Ururimi',
  methods: {
    MTN_MOMO_LBR: 'MTN Mobile Money',
    ORANGE_MONEY_LBR: 'Orange Money',
    AIRTEL_RWA: 'Airtel Money',
    MTN_MOMO_RWA: 'MTN Mobile Money',
    ORANGE_MONEY_RWA: 'Orange Money',
    CREDIT_CARD: 'Ikarita ya banki',
    WALLET: 'Konti y’amafaranga',
  },
  countries: { LR: 'Liberiya', RW: 'u Rwanda' },
  wallets: {
    USD: 'avuye kuri konti yawe y’amadolari ya Amerika (USD)',
    LRD: 'avuye kuri konti yawe y’amadolari ya Liberiya (LRD)',
    RWF: 'avuye kuri konti yawe y’amafaranga y’u Rwanda (RWF)',
  },
  documents: { INVOICE: 'Inyemezabuguzi', ORDER: 'Komande' },

  bill: {
    title: 'Ibyo wishyura',
    more: (count, shown) => (count === 1 ? `Hari undi murongo ${shown}` : `Hari indi mirongo ${shown}`),
    showAll: 'Erekana imirongo yose',
    total: 'Yose hamwe',
  },
  form: {
    title: (merchant) => `Ishyura ${merchant}`,
    methods: 'Urashaka kwishyura ute?',
    elsewhere: 'Ibigo byo mu bindi bihugu',
    feesIncluded: (fees) => `Harimo ikiguzi cya serivisi cya ${fees}`,
    noFees: 'Nta kiguzi cya serivisi wishyura',
    rate: (from, rate, to) => `1 ${from} = ${rate} ${to}`,
    phone: 'Nimero ya mobile money',
    phoneHint: 'Andika na kode y’igihugu, urugero 250783456789. Ubwishyu bugomba kwemerezwa kuri iyi telefone.',
    pay: 'Ishyura nonaha',
    payHint: 'Nta mafaranga avaho utarashyira umubare wawe w’ibanga (PIN) kuri telefone.',
    until: (time) => `Ushobora kwishyurira hano kugeza ku wa ${time}.`,
    giveUp: (merchant) => `Ntukishyure, subira kuri ${merchant}`,
    mistake: 'Ntiwishyuye:',
  },
  mistakes: {
    option: 'Hitamo uburyo ushaka kwishyuramo.',
    gone: 'Ubu buryo bwo kwishyura ntibushoboka ubu. Hitamo ubundi.',
    price: 'Amafaranga yo kwishyura yahindutse. Ongera uyarebe mbere yo kwishyura.',
    phone: 'Andika nimero ya mobile money na kode y’igihugu.',
    operator: (guess) =>
      `Iyi nimero isa n’iya ${guess}. Reba neza nimero n’ikigo cy’itumanaho, hanyuma wongere ukande buto.`,
    waits:
      'Hari ubundi bwishyu butegereje umubare w’ibanga (PIN) kuri iyi telefone. Banza ubwemeze cyangwa ubwange, cyangwa wongere ugerageze nyuma y’iminota mike.',
    refused: 'Kwishyura muri ubu buryo ntibishobotse. Hitamo ubundi, cyangwa wongere ugerageze nyuma.',
    again: 'Uru rupapuro rwari rushaje. Nta mafaranga yavuyeho: ongera ukande buto.',
  },
  waiting: {
    title: 'Emeza ubwishyu kuri telefone yawe',
    asked: (method, amount) => `Twasabye ${method} amafaranga ${amount}.`,
    look: (ending) => `Fata telefone ifite nimero irangira na ${ending}.`,
    lookAnywhere: 'Fata telefone wishyurisha.',
    approve: 'Kurikiza ubutumwa buri kuri yo, ushyiremo umubare wawe w’ibanga (PIN) wa mobile money.',
    stay: 'Garuka kuri uru rupapuro. Ruzakubwira igihe ubwishyu bwagereye.',
    doNotRepeat:
      'Ntiwongere kwishyura. Bishobora gufata iminota mike, kandi mbere y’uko birangira ntituzi niba amafaranga yavuyeho.',
    minutesLeft: (count, shown) =>
      count === 1
        ? 'Usigaranye umunota 1 wo gushyiramo umubare w’ibanga (PIN).'
        : `Usigaranye iminota igera kuri ${shown} yo gushyiramo umubare w’ibanga (PIN).`,
    timeLeft: 'Igihe usigaranye cyo gushyiramo umubare w’ibanga (PIN):',
    late: 'Igihe cyo gushyiramo umubare w’ibanga (PIN) gishobora kuba cyarangiye. Turacyabaza ikigo cy’itumanaho uko byagenze. Ntiwongere kwishyura uru rupapuro rutarabikubwira.',
    noMessage: 'Nta butumwa bwaje kuri telefone yawe?',
    noMessageSteps: 'Reba ko telefone yaka kandi ifite rezo. Niba nta kintu irerekana:',
    dial: (code) => `Kanda ${code}`,
    dialThen: 'Hitamo ubwishyu butegereje, ushyiremo umubare wawe w’ibanga (PIN).',
    mayClose:
      'Ushobora gufunga uru rupapuro. Ongera ufungure iyi linki nyuma, kuri telefone iyo ari yo yose: izakubwira aho ubwishyu bugeze.',
    refreshes: (seconds) => `Uru rupapuro rwongera kureba rwonyine buri masegonda ${seconds}.`,
    watches: 'Uru rupapuro ruhinduka rwonyine iyo hari amakuru mashya.',
    offline: 'Nta murongo wa interineti uhari ubu. Uru rupapuro rurongera rukagerageza rwonyine.',
    lookAgain: 'Ongera urebe nonaha',
    stop: 'Hagarika kongera kureba byikora',
  },
  failed: {
    title: 'Ubwishyu ntibwakunze',
    notCharged: 'Nta mafaranga yavuye kuri konti yawe.',
    again: 'Ongera ugerageze',
    reasons: {
      PAYMENT_NOT_APPROVED: 'Ntibwemejwe kuri telefone, cyangwa igihe cyarangiye.',
      INSUFFICIENT_BALANCE: 'Amafaranga ari kuri iyi konti ya mobile money ntahagije.',
      PAYMENT_IN_PROGRESS: 'Hari ubundi bwishyu butegereje kuri iyi telefone. Ongera ugerageze nyuma y’iminota icumi.',
      TRANSACTION_ALREADY_IN_PROCESS:
        'Hari ubundi bwishyu butegereje kuri iyi telefone. Ongera ugerageze nyuma y’iminota icumi.',
      PAYER_NOT_FOUND: 'Iyi nimero nta konti ifite muri iki kigo. Reba neza nimero n’ikigo.',
      INVALID_PHONE_NUMBER: 'Iyi nimero si iy’iki kigo. Reba neza nimero n’ikigo.',
      PAYER_LIMIT_REACHED: 'Iyi konti ya mobile money yageze ku mubare ntarengwa.',
      WALLET_LIMIT_REACHED: 'Iyi konti ya mobile money yageze ku mubare ntarengwa.',
      AMOUNT_OUT_OF_BOUNDS: 'Iki kigo ntikemera aya mafaranga.',
      PROVIDER_TEMPORARILY_UNAVAILABLE: 'Iki kigo ntikiboneka ubu. Ongera ugerageze nyuma.',
      NOT_RECEIVED: 'Ikigo nticyigeze kibona ubu bwishyu.',
    },
    unexplained: 'Ikigo nticyavuze impamvu.',
  },
  paid: {
    title: 'Byishyuwe',
    thanks: (merchant) => `${merchant} yabonye ubwishyu bwawe.`,
    receipt: 'Fungura inyemezabwishyu',
    goOn: (merchant) => `Subira kuri ${merchant}`,
    goingOn: (merchant) => `Ugiye gusubizwa kuri ${merchant} nonaha.`,
  },
  receipt: {
    title: (document) => `Inyemezabwishyu: ${document}`,
    from: 'Uwishyuye',
    to: 'Uwishyuwe',
    when: 'Igihe byishyuriwe',
    amount: 'Amafaranga yishyuwe',
    fees: 'Ikiguzi cya serivisi',
    rate: 'Igipimo cy’ivunjisha',
    method: 'Uburyo byishyuwemo',
    reference: 'Nimero y’ubwishyu mu kigo',
  },
  closed: {
    goBack: (merchant) => `Subira kuri ${merchant}`,
    unknown: {
      title: 'Nta kintu kiri hano',
      text: 'Iyi linki ntiyuzuye, cyangwa si iyacu. Yirebe neza, cyangwa ubaze uwayikoherereje.',
    },
    canceled: {
      title: 'Ntibikiri ngombwa kwishyura',
      text: (merchant) => `${merchant} yabihagaritse. Nta cyo kwishyura gihari.`,
    },
    expired: {
      title: 'Iyi linki yarangije igihe',
      text: (merchant) => `Ntishobora kongera kwishyurirwaho. Saba ${merchant} indi linki nshya.`,
    },
    switchedOff: {
      title: 'Ntibishoboka kwishyurira hano ubu',
      text: (merchant) => `Kwishyura ukoresheje linki byahagaritswe kuri ${merchant}. Ubabaze uko wakwishyura.`,
    },
    unpayable: {
      title: 'Ntibishoboka kwishyura ubu',
      text: (merchant) => `Nta kigo cyemera ubu bwishyu ubu. Ongera ugerageze nyuma, cyangwa ubaze ${merchant}.`,
    },
    busy: { title: 'Wagerageje kenshi', text: 'Tegereza umunota umwe, wongere ufungure uru rupapuro.' },
    broken: {
      title: 'Habaye ikibazo',
      text: 'Niba warimo wishyura, ntiwongere kwishyura. Ongera ufungure uru rupapuro nyuma y’umunota umwe: ruzakubwira aho ubwishyu bugeze.',
    },
    openAgain: 'Ongera ufungure uru rupapuro',
  },
}
