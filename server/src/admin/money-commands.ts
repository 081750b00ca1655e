import { operationTypes, paymentMethods, providerNames, walletStatuses } from '../kernel/enums.ts'
import { readId, type WalletId } from '../kernel/ids.ts'
import { formatMoney, sumOf } from '../kernel/money.ts'
import { OperatorError } from '../kernel/problem.ts'
import { readMoney } from '../platform/db/rows.ts'
import { prices } from '../fees/index.ts'
import { changeWalletStatus, listAllWallets, type Wallet } from '../wallets/index.ts'
import {
  comesIntoForce,
  type Commands,
  currency,
  decimal,
  type Flags,
  merchantId,
  oneOf,
  optionalAmount,
  optionalMerchantId,
  optionalOneOf,
  optionalText,
  requiredText,
  UsageError,
  writeMoment,
} from './command.ts'

const showWallet = (wallet: Wallet) => ({
  id: Number(wallet.id),
  merchant_id: Number(wallet.merchantId),
  currency: wallet.available.currency,
  status: wallet.status,
  balance: formatMoney(sumOf(wallet.available.currency, [wallet.available, wallet.held])),
  available: formatMoney(wallet.available),
  held: formatMoney(wallet.held),
})

function walletId(flags: Flags): WalletId {
  const text = requiredText(flags, 'wallet')
  const id = readId<WalletId>(text)
  if (!id) throw new UsageError(`--wallet takes a wallet's id, not "${text}".`)
  return id
}

const showFee = (row: prices.PriceRow) => ({
  kind: row.kind,
  name: row.name,
  operation: row.operation_type,
  method: row.payment_method,
  percentage: row.value,
  fixed:
    row.fixed_minor === null || row.fixed_currency === null
      ? null
      : `${formatMoney(readMoney(row.fixed_minor, row.fixed_currency))} ${row.fixed_currency}`,
  fx_percentage: row.fx_percentage,
  effective_from: writeMoment(row.effective_from),
  effective_to: writeMoment(row.effective_to),
})

const showRate = (row: prices.RateRow) => ({
  base: row.base_currency,
  quote: row.quote_currency,
  rate: row.rate,
  source: row.source,
  effective_from: writeMoment(row.effective_from),
})

const percentPlaces = { whole: 3, places: 6 }

const feeTerms = (flags: Flags, now: Date) => ({
  operation: oneOf(flags, 'operation', operationTypes),
  method: optionalOneOf(flags, 'method', paymentMethods),
  percentage: decimal(flags, 'percentage', percentPlaces),
  fixed: optionalAmount(flags, 'fixed'),
  from: comesIntoForce(flags, now),
})

export const moneyCommands: Commands = {
  'wallets list': {
    usage: '[--merchant ID]',
    does: 'Lists wallets with what they hold.',
    run: async ({ db }, flags) => {
      const merchant = optionalMerchantId(flags)
      const wallets = await listAllWallets(db)
      return wallets.filter((wallet) => merchant === undefined || wallet.merchantId === merchant).map(showWallet)
    },
  },
  'wallets set-status': {
    usage: '--merchant ID --wallet ID --status ACTIVE|RESTRICTED|FROZEN|CLOSED',
    does: 'RESTRICTED takes money in only, FROZEN neither, CLOSED neither and for good. Holds at once.',
    run: async (context, flags) =>
      showWallet(
        await changeWalletStatus(context, merchantId(flags), walletId(flags), oneOf(flags, 'status', walletStatuses)),
      ),
  },
  'fees list': {
    usage: '',
    does: 'Lists the fees in force and those to come.',
    run: async ({ db, clock }) => (await prices.listFees(db, clock.now())).map(showFee),
  },
  'fees set-platform': {
    usage:
      '--tier NAME --operation OPERATION [--method METHOD] --percentage N [--fixed "N CURRENCY"] [--fx-percentage N] [--from TIME]',
    does: "Sets the platform's fee of a tier. The fee before it ends there; without --fx-percentage its share of conversions stays.",
    run: async ({ db, clock }, flags) => {
      const now = clock.now()
      const fee = {
        ...feeTerms(flags, now),
        tierName: requiredText(flags, 'tier'),
        fxPercentage: flags['fx-percentage'] === undefined ? undefined : decimal(flags, 'fx-percentage', percentPlaces),
      }
      const id = await prices.insertPlatformFee(db, fee, now)
      if (id === undefined) throw new OperatorError(`There is no tier "${fee.tierName}". "tiers create" makes one.`)
      return { id: Number(id), tier: fee.tierName, operation: fee.operation, effective_from: writeMoment(fee.from) }
    },
  },
  'fees set-gateway': {
    usage:
      '--provider PROVIDER --operation OPERATION [--method METHOD] --percentage N [--fixed "N CURRENCY"] [--from TIME]',
    does: "Sets what a network's use costs. The fee before it ends there. In force within two seconds.",
    run: async ({ db, clock }, flags) => {
      const now = clock.now()
      const fee = { ...feeTerms(flags, now), provider: oneOf(flags, 'provider', providerNames) }
      const id = await prices.insertGatewayFee(db, fee, now)
      return { id: Number(id), provider: fee.provider, operation: fee.operation, effective_from: writeMoment(fee.from) }
    },
  },
  'rates list': {
    usage: '',
    does: 'Lists exchange rates, the latest first.',
    run: async ({ db }) => (await prices.listRates(db)).map(showRate),
  },
  'rates set': {
    usage: '--base CURRENCY --quote CURRENCY --rate N --source WHERE_IT_IS_FROM [--from TIME]',
    does: 'Sets how many of quote one of base is. Inverses and crosses follow. In force within two seconds.',
    run: async ({ db, clock }, flags) => {
      const now = clock.now()
      const rate = {
        base: currency(flags, 'base'),
        quote: currency(flags, 'quote'),
        rate: decimal(flags, 'rate', { whole: 12, places: 12 }),
        source: requiredText(flags, 'source'),
        from: comesIntoForce(flags, now),
      }
      if (rate.base === rate.quote) throw new UsageError('--base and --quote must be two currencies.')
      if (/^[0.]+$/.test(rate.rate)) throw new UsageError('--rate must be above zero.')
      await prices.insertRate(db, rate, now)
      return { base: rate.base, quote: rate.quote, rate: rate.rate, effective_from: writeMoment(rate.from) }
    },
  },
  'tiers create': {
    usage: '--name NAME',
    does: 'Creates a fee tier. Until it has fees of its own, those of the default tier hold.',
    run: async ({ db, clock }, flags) => {
      const name = requiredText(flags, 'name')
      const id = await prices.insertTier(db, name, clock.now())
      if (id === undefined) throw new OperatorError(`There is a tier "${name}" already.`)
      return { id: Number(id), name }
    },
  },
  'tiers assign': {
    usage: '--merchant ID --tier NAME [--by WHO]',
    does: 'Puts a merchant on a tier.',
    run: async ({ db, clock }, flags) => {
      const [merchant, tier] = [merchantId(flags), requiredText(flags, 'tier')]
      if (!(await prices.assignTier(db, merchant, tier, optionalText(flags, 'by'), clock.now()))) {
        throw new OperatorError(`There is no merchant ${merchant}, or no tier "${tier}".`)
      }
      return { merchant_id: Number(merchant), tier }
    },
  },
}
