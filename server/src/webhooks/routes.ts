import { Type } from 'typebox'
import { readId } from '../kernel/ids.ts'
import { linkNext, pageOf, pageQuery } from '../platform/http/paging.ts'
import { type Http } from '../platform/http/server.ts'
import { pathId } from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import { type EndpointId } from './model.ts'
import * as wire from './schema.ts'
import * as service from './service.ts'

const byId = Type.Object({ id: pathId })
const tags = ['extensions']
const bodyless = { ignoreBody: true }

const hourMs = 3_600_000
const usualOverlapHours = 24

const endpointQuery = Type.Object(pageQuery)

/** Beyond the contract: where a merchant's events are sent, and what became of each. */
export function webhookRoutes(http: Http, context: service.WebhooksContext): void {
  const endpointOf = ({ id }: { readonly id: string }) => readId<EndpointId>(id)

  http.post(
    '/webhook-endpoints/create',
    {
      schema: {
        operationId: 'create_webhook_endpoint',
        tags,
        body: wire.CreateWebhookEndpointPayload,
        response: { 200: wire.WebhookEndpointWithSecretResponse },
      },
    },
    async (request) => {
      const { url, events, description } = request.body
      const draft = { url, events: events ?? ['*'], description: description ?? undefined }
      return wire.writeEndpointWithSecret(await service.createEndpoint(context, merchantOf(request).id, draft))
    },
  )

  http.get(
    '/webhook-endpoints/list',
    {
      schema: {
        operationId: 'list_webhook_endpoints',
        tags,
        querystring: endpointQuery,
        response: { 200: Type.Array(wire.WebhookEndpointResponse) },
      },
    },
    async (request, reply) => {
      const found = await service.listEndpoints(context, merchantOf(request).id, pageOf(request.query))
      return linkNext(request, reply, found).map(wire.writeEndpoint)
    },
  )

  http.get(
    '/webhook-endpoints/retrieve/:id',
    {
      schema: {
        operationId: 'retrieve_webhook_endpoint',
        tags,
        params: byId,
        response: { 200: wire.WebhookEndpointResponse },
      },
    },
    async (request) =>
      wire.writeEndpoint(await service.getEndpoint(context, merchantOf(request).id, endpointOf(request.params))),
  )

  http.put(
    '/webhook-endpoints/update/:id',
    {
      schema: {
        operationId: 'update_webhook_endpoint',
        tags,
        params: byId,
        body: wire.UpdateWebhookEndpointPayload,
        response: { 200: wire.WebhookEndpointResponse },
      },
    },
    async (request) => {
      const { url, events, description, status } = request.body
      const change = {
        url: url ?? undefined,
        events: events ?? undefined,
        description: description ?? undefined,
        status: status ?? undefined,
      }
      const id = endpointOf(request.params)
      return wire.writeEndpoint(await service.updateEndpoint(context, merchantOf(request).id, id, change))
    },
  )

  http.delete(
    '/webhook-endpoints/delete/:id',
    {
      config: bodyless,
      schema: { operationId: 'delete_webhook_endpoint', tags, params: byId, response: { 200: Type.Object({}) } },
    },
    async (request) => {
      await service.deleteEndpoint(context, merchantOf(request).id, endpointOf(request.params))
      return {}
    },
  )

  http.post(
    '/webhook-endpoints/:id/rotate-secret',
    {
      schema: {
        operationId: 'rotate_webhook_secret',
        tags,
        params: byId,
        body: wire.RotateWebhookSecretPayload,
        response: { 200: wire.WebhookEndpointWithSecretResponse },
      },
    },
    async (request) => {
      const overlapMs = (request.body.overlap_hours ?? usualOverlapHours) * hourMs
      const id = endpointOf(request.params)
      return wire.writeEndpointWithSecret(await service.rotateSecret(context, merchantOf(request).id, id, overlapMs))
    },
  )

  http.post(
    '/webhook-endpoints/:id/test',
    {
      config: bodyless,
      schema: {
        operationId: 'test_webhook_endpoint',
        tags,
        params: byId,
        response: { 200: wire.TestWebhookResponse },
      },
    },
    async (request) =>
      wire.writeTest(await service.testEndpoint(context, merchantOf(request).id, endpointOf(request.params))),
  )

  http.get(
    '/webhook-endpoints/:id/deliveries',
    {
      schema: {
        operationId: 'list_webhook_deliveries',
        tags,
        params: byId,
        querystring: wire.WebhookDeliveryQuery,
        response: { 200: Type.Array(wire.WebhookDeliveryResponse) },
      },
    },
    async (request, reply) => {
      const { event_id: eventId, status } = request.query
      const filter = { eventId: eventId ?? undefined, status: status ?? undefined }
      const page = pageOf(request.query, wire.mostDeliveries)
      const id = endpointOf(request.params)
      const found = await service.getDeliveries(context, merchantOf(request).id, id, filter, page)
      return linkNext(request, reply, found, wire.mostDeliveries).map(wire.writeDelivery)
    },
  )

  http.post(
    '/webhook-endpoints/:id/redeliver',
    {
      schema: {
        operationId: 'redeliver_webhooks',
        tags,
        params: byId,
        body: wire.RedeliverWebhooksPayload,
        response: { 200: wire.RedeliverWebhooksResponse },
      },
    },
    async (request) => {
      const { event_id: eventId, after, until } = request.body
      const asked = { eventId: eventId ?? undefined, after: after ?? undefined, until: until ?? undefined }
      const id = endpointOf(request.params)
      return wire.writeRedelivery(await service.redeliverEvents(context, merchantOf(request).id, id, asked))
    },
  )
}
