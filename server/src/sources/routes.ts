import { Type } from 'typebox'
import { type SourceKind } from '../kernel/enums.ts'
import { type CounterpartyId, readId, type SourceId, type SourceItemId } from '../kernel/ids.ts'
import { NotFound } from '../kernel/problem.ts'
import { invariant } from '../kernel/invariant.ts'
import { isCurrency } from '../kernel/currencies.ts'
import { linkNext, pageOf } from '../platform/http/paging.ts'
import { type Http } from '../platform/http/server.ts'
import { pathId, readTime, text } from '../platform/http/wire.ts'
import { type Caller, merchantOf } from '../auth/index.ts'
import { noun } from './model.ts'
import { requireKind } from './problems.ts'
import * as wire from './schema.ts'
import * as service from './service.ts'
import { findSource } from './store.ts'

const optionalTime = (value: string | null | undefined): Date | undefined => (value ? readTime(value) : undefined)

/** The operations of one kind of document, below `/invoices` or `/orders`. */
export function documentRoutes(http: Http, kind: SourceKind, context: service.SourcesContext): void {
  const name = noun(kind)
  const schema = wire.schemas[kind]
  const byId = Type.Object({ id: pathId })
  const ofParent = Type.Object({ [`${name}_id`]: pathId })
  const ofItem = Type.Object({ [`${name}_id`]: pathId, id: pathId })
  const ofNumber = Type.Object({ [`${name}_number`]: text })
  const atParent = { fieldNames: { id: `${name}_id` } }
  const bodyless = { ignoreBody: true }

  const refTo = ({ id: merchantId }: Caller, id: string | undefined): service.SourceRef => ({
    merchantId,
    kind,
    id: readId<SourceId>(id ?? ''),
  })
  const parentId = (params: unknown): string | undefined => (params as Record<string, string>)[`${name}_id`]
  const itemId = (params: unknown) => readId<SourceItemId>((params as Record<string, string>)['id'] ?? '')

  http.post(
    '/create',
    { schema: { operationId: `create_${name}`, body: schema.create, response: { 200: schema.summary } } },
    async (request) => {
      const { body } = request
      invariant(isCurrency(body.currency), 'the schema admits wallet currencies only')
      const draft = {
        kind,
        counterpartyId: readId<CounterpartyId>(body.counterparty_id),
        currency: body.currency,
        note: body.note,
        feeBearer: body.fee_bearer,
        dueDate: optionalTime(body.due_date),
        asPaymentLink: body.as_payment_link,
        referenceId: body.reference_id ?? undefined,
      }
      return wire.writeSource(await service.createSource(context, merchantOf(request).id, draft))
    },
  )

  http.get(
    '/list',
    {
      schema: {
        operationId: `list_${name}`,
        querystring: wire.SourceQuery,
        response: { 200: Type.Array(schema.summary) },
      },
    },
    async (request, reply) => {
      const filter = { kind, currency: request.query.currency ?? undefined, status: request.query.status ?? undefined }
      const found = await service.listSources(context, merchantOf(request).id, filter, pageOf(request.query))
      return linkNext(request, reply, found).map(wire.writeSource)
    },
  )

  http.get(
    '/retrieve/:id',
    { schema: { operationId: `retrieve_${name}_by_id`, params: byId, response: { 200: schema.detail } } },
    async (request) => {
      const merchant = merchantOf(request)
      const source = await service.getSource(context.db, refTo(merchant, request.params.id))
      return wire.writeDetail(await service.describeSource(context.db, merchant.id, source))
    },
  )

  http.get(
    `/retrieve/number/:${name}_number`,
    { schema: { operationId: `retrieve_${name}_by_number`, params: ofNumber, response: { 200: schema.detail } } },
    async (request) => {
      const merchant = merchantOf(request)
      const number = (request.params as Record<string, string>)[`${name}_number`] ?? ''
      const source = await service.getSourceByNumber(context.db, merchant.id, kind, number)
      return wire.writeDetail(await service.describeSource(context.db, merchant.id, source))
    },
  )

  http.put(
    '/update/:id',
    {
      schema: { operationId: `update_${name}`, params: byId, body: schema.update, response: { 200: schema.summary } },
    },
    async (request) => {
      const { note, fee_bearer: feeBearer, reference_id: referenceId } = request.body
      const dueDate = optionalTime(request.body.due_date)
      const change = {
        ...(note != null && { note }),
        ...(feeBearer && { feeBearer }),
        ...(referenceId != null && { referenceId }),
        ...(dueDate && { dueDate }),
      }
      return wire.writeSource(
        await service.updateSource(context, refTo(merchantOf(request), request.params.id), change),
      )
    },
  )

  http.post(
    `/:${name}_id/items/add`,
    {
      config: atParent,
      schema: {
        operationId: `add_${name}_item`,
        params: ofParent,
        body: schema.addItem,
        response: { 200: schema.item },
      },
    },
    async (request) => {
      const ref = refTo(merchantOf(request), parentId(request.params))
      return wire.writeItem(await service.addItem(context, ref, request.body))
    },
  )

  http.put(
    `/:${name}_id/items/:id/update`,
    {
      config: atParent,
      schema: {
        operationId: `update_${name}_item`,
        params: ofItem,
        body: schema.updateItem,
        response: { 200: schema.item },
      },
    },
    async (request) => {
      const { name: itemName, qty, amount } = request.body
      const change = { name: itemName ?? null, qty: qty ?? null, amount: amount ?? null }
      const ref = refTo(merchantOf(request), parentId(request.params))
      return wire.writeItem(await service.updateItem(context, ref, itemId(request.params), change))
    },
  )

  http.delete(
    `/:${name}_id/items/:id/remove`,
    {
      config: { ...atParent, ...bodyless },
      schema: { operationId: `remove_${name}_item`, params: ofItem, response: { 200: Type.Object({}) } },
    },
    async (request) => {
      const ref = refTo(merchantOf(request), parentId(request.params))
      await service.removeItem(context, ref, itemId(request.params))
      return {}
    },
  )

  http.put(
    '/publish/:id',
    {
      config: bodyless,
      schema: { operationId: `publish_${name}`, params: byId, response: { 200: schema.summary } },
    },
    async (request) =>
      wire.writeSource(await service.publishSource(context, refTo(merchantOf(request), request.params.id))),
  )

  http.delete(
    '/cancel/:id',
    {
      config: bodyless,
      schema: { operationId: `cancel_${name}`, params: byId, response: { 200: schema.summary } },
    },
    async (request) =>
      wire.writeSource(await service.cancelSource(context, refTo(merchantOf(request), request.params.id))),
  )
}

export function sourceStatusRoutes(http: Http, context: service.SourcesContext): void {
  http.get(
    '/status/source',
    {
      schema: {
        operationId: 'get_payment_source_status',
        querystring: wire.SourceStatusQuery,
        response: { 200: wire.PaymentSourceStatusResponse },
      },
    },
    async (request) => {
      const kind = requireKind(request.query.source_type)
      const id = readId<SourceId>(request.query.source_id)
      const source = id && (await findSource(context.db, { merchantId: merchantOf(request).id, kind, id }))
      if (!source) throw new NotFound('Source')
      return wire.writeSourceStatus(source)
    },
  )
}
