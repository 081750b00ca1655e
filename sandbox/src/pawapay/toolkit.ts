import { withDecimalPlaces } from './amounts.ts'
import { companyName, countries, type Country, type CurrencyTerms, type Provider } from './configuration.ts'
import { BadRequest } from './failures.ts'
import { isMobileNumber } from './judgement.ts'
import type { Network } from './network.ts'
import { type OperationType, operationTypes } from './operations.ts'
import { readPhoneNumber } from './requests.ts'

interface Selection {
  readonly countries: readonly Country[]
  readonly operationTypes: readonly OperationType[]
}

/** Operation types that pawaPay knows and this account does not have: asking for them is no mistake and finds nothing. */
const otherOperationTypes = ['REMITTANCE', 'PUSH_DEPOSIT', 'NAME_LOOKUP']

const readCountry = (query: URLSearchParams): string | null => {
  const country = query.get('country')
  if (country !== null && !/^[A-Z]{3}$/.test(country))
    throw new BadRequest('INVALID_PARAMETER', "Parameter 'country' must be an ISO 3166-1 alpha-3 code.")
  return country
}

const readSelection = (query: URLSearchParams): Selection => {
  const country = readCountry(query)
  const operationType = query.get('operationType')
  const chosen = operationTypes.filter((known) => operationType === null || known === operationType)
  if (chosen.length === 0 && !otherOperationTypes.includes(operationType ?? ''))
    throw new BadRequest('INVALID_PARAMETER', "Parameter 'operationType' is not an operation type.")
  return {
    countries: chosen.length === 0 ? [] : countries.filter((each) => country === null || each.country === country),
    operationTypes: chosen,
  }
}

const pinPromptInstructions = ({ shortCode }: Provider) => ({
  channels: [
    {
      type: 'USSD',
      displayName: {
        en: 'Did not get a PIN prompt? (sandbox)',
        fr: 'Vous n’avez pas reçu la demande de code PIN ? (bac à sable)',
      },
      // Without a colon after "tel", as in pawaPay's own examples.
      quickLink: `tel${shortCode.replace('#', '%23')}`,
      variables: { shortCode },
      instructions: {
        en: [
          {
            text: `Dial ${shortCode} on your phone (sandbox code)`,
            template: 'Dial {{shortCode}} on your phone (sandbox code)',
          },
          { text: 'Enter PIN', template: 'Enter PIN' },
        ],
        fr: [
          {
            text: `Composez ${shortCode} sur votre téléphone (code du bac à sable)`,
            template: 'Composez {{shortCode}} sur votre téléphone (code du bac à sable)',
          },
          { text: 'Entrez le code PIN', template: 'Entrez le code PIN' },
        ],
      },
    },
  ],
})

const operationOf = (
  { book, callbacks }: Network,
  operation: OperationType,
  provider: Provider,
  terms: CurrencyTerms,
) => ({
  ...(operation === 'DEPOSIT' && {
    authType: 'PROVIDER_AUTH',
    pinPrompt: 'AUTOMATIC',
    pinPromptRevivable: true,
    pinPromptInstructions: pinPromptInstructions(provider),
  }),
  minAmount: terms.minAmount,
  maxAmount: terms.maxAmount,
  decimalsInAmount: terms.decimalsInAmount,
  status: book.statusOf({ provider: provider.provider, operation }),
  callbackUrl: callbacks.url,
})

export const activeConfiguration = (network: Network, query: URLSearchParams) => {
  const selection = readSelection(query)
  return {
    companyName,
    signatureConfiguration: {
      signedRequestsOnly: network.signatures.options.signedRequestsOnly !== undefined,
      signedCallbacks: network.signatures.options.signedCallbacks === true,
    },
    countries: selection.countries.map(({ country, displayName, prefix, flag, providers }) => ({
      country,
      displayName,
      prefix,
      flag,
      providers: providers.map((provider) => ({
        provider: provider.provider,
        displayName: provider.displayName,
        logo: provider.logo,
        nameDisplayedToCustomer: companyName,
        currencies: provider.currencies.map((terms) => ({
          currency: terms.currency,
          displayName: terms.displayName,
          operationTypes: Object.fromEntries(
            selection.operationTypes.map((type) => [type, operationOf(network, type, provider, terms)]),
          ),
        })),
      })),
    })),
  }
}

export const availability = ({ book }: Network, query: URLSearchParams) => {
  const selection = readSelection(query)
  return selection.countries.map(({ country, providers }) => ({
    country,
    providers: providers.map(({ provider }) => ({
      provider,
      operationTypes: selection.operationTypes.map((operationType) => ({
        operationType,
        status: book.statusOf({ provider, operation: operationType }),
      })),
    })),
  }))
}

/** None of the sandbox's wallets belongs to one provider alone. */
export const walletBalances = ({ book }: Network, query: URLSearchParams) => {
  const country = readCountry(query)
  return {
    balances: book.wallets
      .all()
      .filter((wallet) => country === null || wallet.country === country)
      .map((wallet) => ({ ...wallet, balance: withDecimalPlaces(wallet.balance, 2), provider: '' })),
  }
}

/** Takes what a person types: spaces, signs, stray letters, and zeros before the number or after the country's prefix. */
export const predictProvider = (body: unknown) => {
  const typed = readPhoneNumber(body)
  const digits = typed.replace(/[^0-9]/g, '').replace(/^0+/, '')
  const country = countries.find(({ prefix }) => digits.startsWith(prefix))
  const national = digits.slice(country?.prefix.length).replace(/^0+/, '')
  const phoneNumber = `${country?.prefix ?? ''}${national}`
  const provider = country?.providers.find(({ likelyNumbers }) => likelyNumbers?.test(national))
  if (country === undefined || provider === undefined || !isMobileNumber(country, phoneNumber))
    throw new BadRequest('INVALID_PARAMETER', "Parameter 'phoneNumber' does not match the numbers of any provider.")
  return { country: country.country, provider: provider.provider, phoneNumber }
}
