/** Countries, providers, currencies and limits of the pretend account: what active-conf tells and payments are held to. */

export interface CurrencyTerms {
  readonly currency: string
  readonly displayName: string
  readonly decimalsInAmount: 'NONE' | 'TWO_PLACES'
  /** Both bounds may themselves be paid: pawaPay does not say, and a sandbox should not refuse what the network may take. */
  readonly minAmount: string
  readonly maxAmount: string
  /** What the account's wallet begins with: a hundred of the largest payouts, so that a sandbox can pay out at once. */
  readonly openingBalance: string
}

export interface Provider {
  readonly provider: string
  readonly displayName: string
  readonly logo: string
  /** Shown as the way to bring a missed PIN prompt back. The sandbox's own: dialling it does nothing. */
  readonly shortCode: string
  /** National numbers that predict-provider ascribes to this operator. Only a guess: numbers are ported. */
  readonly likelyNumbers: RegExp | undefined
  /** A national number of this operator's but for its last three digits, which decide what becomes of a payment. */
  readonly sampleNumber: string
  readonly currencies: readonly CurrencyTerms[]
}

export interface Country {
  readonly country: string
  readonly displayName: { readonly en: string; readonly fr: string }
  readonly prefix: string
  readonly flag: string
  /** National part, after the prefix. Any operator of the country may serve it, so this is all a payment is refused for. */
  readonly mobileNumber: RegExp
  readonly providers: readonly Provider[]
}

export const companyName = 'Dollr Sandbox'

const rwf: CurrencyTerms = {
  currency: 'RWF',
  displayName: 'R₣',
  decimalsInAmount: 'NONE',
  minAmount: '1',
  maxAmount: '1000000000',
  openingBalance: '100000000000',
}
const lrd: CurrencyTerms = {
  currency: 'LRD',
  displayName: 'L$',
  decimalsInAmount: 'TWO_PLACES',
  minAmount: '1',
  maxAmount: '200000000',
  openingBalance: '20000000000',
}
const usd: CurrencyTerms = {
  currency: 'USD',
  displayName: '$',
  decimalsInAmount: 'TWO_PLACES',
  minAmount: '0.01',
  maxAmount: '1000000',
  openingBalance: '100000000',
}

const logoOf = (company: string) => `https://static-content.pawapay.io/company_logos/${company}.png`
const flagOf = (country: string) => `https://static-content.pawapay.io/country_flags/${country}.svg`

export const countries: readonly Country[] = [
  {
    // No Liberian provider is on any list pawaPay publishes. The sandbox has both operators, since Dollr collects there.
    country: 'LBR',
    displayName: { en: 'Liberia', fr: 'Libéria' },
    prefix: '231',
    flag: flagOf('lbr'),
    mobileNumber: /^[578][0-9]{8}$/,
    providers: [
      {
        provider: 'MTN_MOMO_LBR',
        displayName: 'MTN',
        logo: logoOf('mtn'),
        shortCode: '*156*8*1#',
        likelyNumbers: /^(?:88|555)/,
        sampleNumber: '880000',
        currencies: [usd, lrd],
      },
      {
        provider: 'ORANGE_LBR',
        displayName: 'Orange',
        logo: logoOf('orange'),
        shortCode: '*144*8*1#',
        likelyNumbers: /^(?:77|760|761)/,
        sampleNumber: '770000',
        currencies: [usd, lrd],
      },
    ],
  },
  {
    country: 'RWA',
    displayName: { en: 'Rwanda', fr: 'Rwanda' },
    prefix: '250',
    flag: flagOf('rwa'),
    mobileNumber: /^7[237-9][0-9]{7}$/,
    providers: [
      {
        provider: 'MTN_MOMO_RWA',
        displayName: 'MTN',
        logo: logoOf('mtn'),
        shortCode: '*182*8*1#',
        likelyNumbers: /^7[89]/,
        sampleNumber: '780000',
        currencies: [rwf],
      },
      {
        provider: 'AIRTEL_RWA',
        displayName: 'Airtel',
        logo: logoOf('airtel'),
        shortCode: '*182*8*2#',
        likelyNumbers: /^7[23]/,
        sampleNumber: '730000',
        currencies: [rwf],
      },
      {
        // Orange has no Rwandan network and pawaPay lists none. Dollr's interface names it, so the sandbox can be paid by it;
        // no number is ever predicted to be its.
        provider: 'ORANGE_RWA',
        displayName: 'Orange',
        logo: logoOf('orange'),
        shortCode: '*182*8*3#',
        likelyNumbers: undefined,
        sampleNumber: '720000',
        currencies: [rwf],
      },
    ],
  },
]

const providerByCode = new Map(
  countries.flatMap((country) =>
    country.providers.map((provider) => [provider.provider, { country, provider }] as const),
  ),
)

export const findProvider = (code: string): { country: Country; provider: Provider } | undefined =>
  providerByCode.get(code)
