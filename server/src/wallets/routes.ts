import { type Static, Type } from 'typebox'
import { operationTypes, walletStatuses } from '../kernel/enums.ts'
import { readId, type WalletId } from '../kernel/ids.ts'
import { moneyToNumber } from '../kernel/money.ts'
import { type Pool } from '../platform/db/pool.ts'
import { linkNext, pageOf, pageQuery } from '../platform/http/paging.ts'
import { type Http } from '../platform/http/server.ts'
import {
  amountOut,
  currencyCode,
  integerId,
  model,
  nullable,
  oneOf,
  pathId,
  text,
  timestamp,
  writeTime,
} from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import { type StatementLine, type Wallet } from './model.ts'
import { getWallet } from './service.ts'
import { listStatement, listWallets } from './store.ts'

const WalletResponse = model('WalletResponse', {
  id: integerId,
  currency: currencyCode,
  status: oneOf(walletStatuses),
  available: amountOut,
  held: amountOut,
  created_at: timestamp,
  updated_at: timestamp,
})

const WalletStatementLine = model('WalletStatementLine', {
  id: integerId,
  posted_at: timestamp,
  reason: text,
  operation_type: nullable(oneOf(operationTypes)),
  reference_id: nullable(text),
  amount: Type.Number({ description: 'Change of what is available, in major units; below zero for money that left.' }),
  balance: amountOut,
  currency: currencyCode,
})

const writeWallet = (wallet: Wallet): Static<typeof WalletResponse> => ({
  id: Number(wallet.id),
  currency: wallet.available.currency,
  status: wallet.status,
  available: moneyToNumber(wallet.available),
  held: moneyToNumber(wallet.held),
  created_at: writeTime(wallet.createdAt),
  updated_at: writeTime(wallet.updatedAt),
})

const writeLine = (line: StatementLine): Static<typeof WalletStatementLine> => ({
  id: Number(line.id),
  posted_at: writeTime(line.postedAt),
  reason: line.reason,
  operation_type: line.operation ?? null,
  reference_id: line.referenceId ?? null,
  amount: moneyToNumber(line.change),
  balance: moneyToNumber(line.balance),
  currency: line.balance.currency,
})

/** Beyond the contract: what a merchant has, and how it came to be. */
export function walletRoutes(http: Http, db: Pool): void {
  http.get(
    '/wallets/list',
    {
      schema: {
        operationId: 'list_wallets',
        tags: ['extensions'],
        querystring: Type.Object(pageQuery),
        response: { 200: Type.Array(WalletResponse) },
      },
    },
    async (request, reply) => {
      const found = await listWallets(db, merchantOf(request).id, pageOf(request.query))
      return linkNext(request, reply, found).map(writeWallet)
    },
  )

  http.get(
    '/wallets/:id/statement',
    {
      schema: {
        operationId: 'get_wallet_statement',
        tags: ['extensions'],
        params: Type.Object({ id: pathId }),
        querystring: Type.Object(pageQuery),
        response: { 200: Type.Array(WalletStatementLine) },
      },
    },
    async (request, reply) => {
      const { id: merchantId } = merchantOf(request)
      const wallet = await getWallet(db, merchantId, readId<WalletId>(request.params.id))
      const found = await listStatement(db, merchantId, wallet, pageOf(request.query))
      return linkNext(request, reply, found).map(writeLine)
    },
  )
}
