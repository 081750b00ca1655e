import { type FastifyReply, type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type Admit } from '../platform/http/rate-limit.ts'
import { publicBase } from '../platform/http/public-base.ts'
import { type Http } from '../platform/http/server.ts'
import { formatNumber } from '../sources/index.ts'
import { type Verdict, verifyCode } from '../receipts/index.ts'
import { asksForAll, byToken, inQuery, preparePages, readerFor, send } from './page-routes.ts'
import { type Paper, papers, printReceipt } from './receipt-pdf.ts'
import { openReceipt, prove, type ReceiptPagesContext } from './receipt-service.ts'
import { type Sent, showReceipt, showVerdict, showVerifyForm } from './receipt-views.ts'
import { showNothing } from './views.ts'

export interface ReceiptRoutesContext extends ReceiptPagesContext {
  /** Counts the codes that one address has verified. */
  readonly admitVerification: Admit
}

/** Somebody who reads the answer sees what the page says; a program sees it in the status. */
const statusOf: Readonly<Record<Verdict['kind'], number>> = {
  genuine: 200,
  mistyped: 422,
  unknownKey: 404,
  forged: 404,
  unrecorded: 404,
}

const paperOf = (request: FastifyRequest): Paper => papers.find((paper) => paper === inQuery(request, 'size')) ?? 'a4'

/** Receipts, on the screen and on paper, and what proves them to others. Plain HTML, files, no script. */
export function receiptPageRoutes(http: Http, context: ReceiptRoutesContext): void {
  preparePages(http)
  const { db } = context
  const config = { public: true }
  const hidden = { hide: true }

  http.get('/receipt/:token', { config, schema: { ...hidden, params: byToken } }, async (request, reply) => {
    const { token } = request.params
    const reader = readerFor(request)
    const receipt = await openReceipt(context, token)
    if (!receipt) return send(request, reply, 404, showNothing(reader, 'unknown'))
    const proof = await prove(context, receipt, publicBase(request))
    return send(request, reply, 200, showReceipt(reader, { token, receipt, proof }, asksForAll(request)))
  })

  http.get('/receipt/:token.pdf', { config, schema: { ...hidden, params: byToken } }, async (request, reply) => {
    const { token } = request.params
    const reader = readerFor(request)
    const receipt = await openReceipt(context, token)
    if (!receipt) return send(request, reply, 404, showNothing(reader, 'unknown'))
    await context.admitPrint(token)
    const proof = await prove(context, receipt, publicBase(request))
    return reply
      .header('Content-Type', 'application/pdf')
      .header('Content-Disposition', `inline; filename="${formatNumber(receipt.bill.source.number)}.pdf"`)
      .send(await printReceipt({ receipt, proof, reader }, paperOf(request)))
  })

  const verify = async (request: FastifyRequest, reply: FastifyReply, sent: Sent): Promise<FastifyReply> => {
    await context.admitVerification(reply, request.ip)
    const verdict = await verifyCode(db, sent.code)
    return send(request, reply, statusOf[verdict.kind], showVerdict(readerFor(request), verdict, sent))
  }

  http.get('/verify', { config, schema: hidden }, async (request, reply) => {
    const code = inQuery(request, 'code') ?? ''
    if (code.trim() === '') return send(request, reply, 200, showVerifyForm(readerFor(request)))
    return verify(request, reply, { code, scanned: false })
  })

  http.get(
    '/verify/:code',
    { config, schema: { ...hidden, params: Type.Object({ code: Type.String() }) } },
    async (request, reply) => {
      // The form on this page sends what is typed next behind the address of what was scanned before.
      const typed = inQuery(request, 'code')
      return verify(request, reply, { code: typed ?? request.params.code, scanned: typed === undefined })
    },
  )
}
