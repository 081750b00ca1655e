import { Type } from 'typebox'
import { type SourceKind } from '../kernel/enums.ts'
import { type MerchantId, readId, type SourceId } from '../kernel/ids.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Http } from '../platform/http/server.ts'
import { pathId, text } from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import {
  describeSource,
  getSource,
  getSourceByNumber,
  noun,
  ReceiptNotAvailable,
  type Source,
} from '../sources/index.ts'
import { receiptSchemas, writeReceipt } from './schema.ts'
import { findPayment } from './store.ts'

async function receiptOf(db: Pool, merchantId: MerchantId, source: Source) {
  const payment = await findPayment(db, merchantId, source.id)
  if (!payment) throw new ReceiptNotAvailable()
  return writeReceipt(await describeSource(db, merchantId, source), payment)
}

/** The receipts of one kind of document, below `/invoices` or `/orders`. */
export function receiptRoutes(http: Http, kind: SourceKind, db: Pool): void {
  const name = noun(kind)
  const response = { 200: receiptSchemas[kind] }

  http.get(
    '/receipt/:id',
    { schema: { operationId: `retrieve_${name}_receipt_by_id`, params: Type.Object({ id: pathId }), response } },
    async (request) => {
      const { id: merchantId } = merchantOf(request)
      const id = readId<SourceId>(request.params.id)
      return receiptOf(db, merchantId, await getSource(db, { merchantId, kind, id }))
    },
  )

  http.get(
    `/receipt/number/:${name}_number`,
    {
      schema: {
        operationId: `retrieve_${name}_receipt_by_number`,
        params: Type.Object({ [`${name}_number`]: text }),
        response,
      },
    },
    async (request) => {
      const { id: merchantId } = merchantOf(request)
      const number = (request.params as Record<string, string>)[`${name}_number`] ?? ''
      return receiptOf(db, merchantId, await getSourceByNumber(db, merchantId, kind, number))
    },
  )
}
