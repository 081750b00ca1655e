import { Type } from 'typebox'
import { readId, type CounterpartyId, type PartyId } from '../kernel/ids.ts'
import { linkNext, pageOf } from '../platform/http/paging.ts'
import { type Http } from '../platform/http/server.ts'
import { pathId } from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import * as wire from './schema.ts'
import * as service from './service.ts'

const byId = Type.Object({ id: pathId })

/** Null when a body leaves the id out, undefined when what it holds can be no id of ours. */
const readPartyId = (id: number | null | undefined): PartyId | null | undefined =>
  id == null ? null : readId<PartyId>(id)

export function partyRoutes(http: Http, context: service.PartiesContext): void {
  http.post(
    '/parties/create',
    { schema: { operationId: 'create_party', body: wire.CreatePartyPayload, response: { 200: wire.PartyResponse } } },
    async (request) => {
      const { fullname, phone, email, country_code: countryCode } = request.body
      const draft = { fullname, phone, email: email ?? undefined, countryCode: countryCode ?? undefined }
      return wire.writeParty(await service.createParty(context, merchantOf(request).id, draft))
    },
  )

  http.get(
    '/parties/list',
    {
      schema: {
        operationId: 'list_parties',
        querystring: wire.PartyQuery,
        response: { 200: Type.Array(wire.PartyResponse) },
      },
    },
    async (request, reply) => {
      const filter = { fullname: request.query.fullname ?? undefined }
      const found = await service.listParties(context, merchantOf(request).id, filter, pageOf(request.query))
      return linkNext(request, reply, found).map(wire.writeParty)
    },
  )

  http.get(
    '/parties/retrieve/:id',
    { schema: { operationId: 'retrieve_parties', params: byId, response: { 200: wire.PartyResponse } } },
    async (request) =>
      wire.writeParty(await service.getParty(context, merchantOf(request).id, readId(request.params.id))),
  )

  http.post(
    '/counterparties/create',
    {
      schema: {
        operationId: 'create_counterparty',
        body: wire.CreateCounterPartyPayload,
        response: { 200: wire.CounterPartyResponse },
      },
    },
    async (request) => {
      const { relationship_type: relationshipType, party_id: partyId } = request.body
      const draft = { relationshipType, partyId: readPartyId(partyId) }
      return wire.writeCounterparty(await service.createCounterparty(context, merchantOf(request).id, draft))
    },
  )

  http.get(
    '/counterparties/list',
    {
      schema: {
        operationId: 'list_counterparties',
        querystring: wire.CounterpartyQuery,
        response: { 200: Type.Array(wire.CounterPartyWithPartyResponse) },
      },
    },
    async (request, reply) => {
      const { fullname, relationship_type: relationshipType } = request.query
      const filter = { fullname: fullname ?? undefined, relationshipType: relationshipType ?? undefined }
      const found = await service.listCounterparties(context, merchantOf(request).id, filter, pageOf(request.query))
      return linkNext(request, reply, found).map(wire.writeCounterpartyWithParty)
    },
  )

  http.get(
    '/counterparties/retrieve/:id',
    {
      schema: {
        operationId: 'retrieve_counterparties',
        params: byId,
        response: { 200: wire.CounterPartyWithPartyResponse },
      },
    },
    async (request) => {
      const id = readId<CounterpartyId>(request.params.id)
      return wire.writeCounterpartyWithParty(await service.getCounterparty(context, merchantOf(request).id, id))
    },
  )

  http.put(
    '/counterparties/update/:id',
    {
      schema: {
        operationId: 'update_counterparty',
        params: byId,
        body: wire.UpdateCounterPartyPayload,
        response: { 200: wire.CounterPartyResponse },
      },
    },
    async (request) => {
      const { relationship_type: relationshipType, party_id: partyId } = request.body
      const change = { relationshipType: relationshipType ?? null, partyId: readPartyId(partyId) }
      const id = readId<CounterpartyId>(request.params.id)
      return wire.writeCounterparty(await service.updateCounterparty(context, merchantOf(request).id, id, change))
    },
  )
}
