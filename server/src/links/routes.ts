import { sourceTypes } from '../kernel/enums.ts'
import { type Http } from '../platform/http/server.ts'
import { publicBase } from '../platform/http/public-base.ts'
import { ErrorDetail, model, oneOf, text } from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import { requireKind } from '../sources/index.ts'
import { pathOf } from './model.ts'
import * as service from './service.ts'

const LinkQuery = model('LinkQuery', { source_type: oneOf(sourceTypes), source_number: text })

const LinkResponse = model('LinkResponse', { url: text })

export function linkRoutes(http: Http, context: service.LinksContext): void {
  http.get(
    '/links/pay',
    {
      schema: {
        operationId: 'get_payment_link',
        querystring: LinkQuery,
        response: { 200: LinkResponse, 403: ErrorDetail, 404: ErrorDetail },
      },
    },
    async (request) => {
      const { source_type: type, source_number: number } = request.query
      const named = { merchantId: merchantOf(request).id, kind: requireKind(type), number }
      return { url: publicBase(request) + pathOf(await service.payLink(context, named)) }
    },
  )

  http.get(
    '/links/receipt',
    {
      schema: {
        operationId: 'get_receipt_link',
        querystring: LinkQuery,
        response: { 200: LinkResponse, 404: ErrorDetail },
      },
    },
    async (request) => {
      const { source_type: type, source_number: number } = request.query
      const named = { merchantId: merchantOf(request).id, kind: requireKind(type), number }
      return { url: publicBase(request) + pathOf(await service.receiptLink(context, named)) }
    },
  )
}
