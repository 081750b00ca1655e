import { addAmounts, isAtLeast, subtractAmounts } from './amounts.ts'
import { countries } from './configuration.ts'

export interface Wallet {
  readonly country: string
  readonly currency: string
}

export interface WalletBalance extends Wallet {
  /** In minimal decimal form. */
  readonly balance: string
}

interface Move extends Wallet {
  readonly amount: string
}

const keyOf = ({ country, currency }: Wallet): string => `${country}/${currency}`

const opening = (): (readonly [string, WalletBalance])[] =>
  countries.flatMap(({ country, providers }) =>
    providers
      .flatMap(({ currencies }) => currencies)
      .map(
        ({ currency, openingBalance: balance }) =>
          [keyOf({ country, currency }), { country, currency, balance }] as const,
      ),
  )

/**
 * The account's own money, one wallet per country and currency. What is reserved is off the balance already: pawaPay does not
 * say whether it shows it before, and what can still be spent is what anybody asks for.
 */
export class Wallets {
  readonly #wallets = new Map(opening())

  clear(): void {
    for (const [key, wallet] of opening()) this.#wallets.set(key, wallet)
  }

  has(wallet: Wallet): boolean {
    return this.#wallets.has(keyOf(wallet))
  }

  all(): readonly WalletBalance[] {
    return [...this.#wallets.values()]
  }

  covers(move: Move): boolean {
    return isAtLeast(this.#balanceOf(move), move.amount)
  }

  add(move: Move): void {
    this.set({ ...move, balance: addAmounts(this.#balanceOf(move), move.amount) })
  }

  take(move: Move): void {
    this.set({ ...move, balance: subtractAmounts(this.#balanceOf(move), move.amount) })
  }

  set({ country, currency, balance }: WalletBalance): void {
    this.#wallets.set(keyOf({ country, currency }), { country, currency, balance })
  }

  #balanceOf(wallet: Wallet): string {
    const found = this.#wallets.get(keyOf(wallet))
    if (found === undefined) throw new Error(`There is no wallet for ${keyOf(wallet)}.`)
    return found.balance
  }
}
