import { type FastifyReply, type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type Admit } from '../platform/http/rate-limit.ts'
import { publicBase } from '../platform/http/public-base.ts'
import { type Http } from '../platform/http/server.ts'
import { formatNumber } from '../sources/index.ts'
import { type Verdict, verifyCode } from '../receipts/index.ts'
import { qrAsPng, qrAsSvg, readPixels } from './qr.ts'
import { type Paper, papers, printReceipt } from './receipt-pdf.ts'
import { isWorthShowing, prove, type ReceiptPagesContext } from './receipt-service.ts'
import { type Sent, showVerdict, showVerifyForm } from './receipt-views.ts'
import { inQuery, preparePages, readerFor, send, sendClosed } from './routes.ts'
import { openReceipt, type PayPagesContext } from './service.ts'
import { showNothing } from './views.ts'

export interface ReceiptRoutesContext extends ReceiptPagesContext {
  readonly payPages: PayPagesContext
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

/** A picture of an address that never changes; but a link may be canceled, and then its picture should go as well. */
const pictureSeconds = 300

const byToken = Type.Object({ token: Type.String() })

/** What proves receipts to others, and pictures of payment links. Plain HTML, files, no script. */
export function receiptPageRoutes(http: Http, context: ReceiptRoutesContext): void {
  preparePages(http)
  const { db, payPages } = context
  const config = { public: true }
  const hidden = { hide: true }

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

  http.get('/receipt/:token.pdf', { config, schema: { ...hidden, params: byToken } }, async (request, reply) => {
    const { token } = request.params
    const receipt = await openReceipt(payPages, token)
    if (!receipt) return send(request, reply, 404, showNothing(readerFor(request), 'unknown'))
    await context.admitPrint(token)
    const proof = await prove(context, receipt, publicBase(request))
    return reply
      .header('Content-Type', 'application/pdf')
      .header('Content-Disposition', `inline; filename="${formatNumber(receipt.bill.source.number)}.pdf"`)
      .send(printReceipt({ receipt, proof, reader: readerFor(request) }, paperOf(request)))
  })

  const sendPicture = async (request: FastifyRequest, reply: FastifyReply, token: string, type: 'svg' | 'png') => {
    if (!(await isWorthShowing(context, token))) return sendClosed(request, reply, payPages, token)
    const address = `${publicBase(request)}/pay/${token}`
    void reply.header('Cache-Control', `private, max-age=${pictureSeconds}`)
    return type === 'svg'
      ? reply.header('Content-Type', 'image/svg+xml').send(qrAsSvg(address))
      : reply.header('Content-Type', 'image/png').send(qrAsPng(address, readPixels(inQuery(request, 'size'))))
  }

  http.get('/pay/:token/qr.svg', { config, schema: { ...hidden, params: byToken } }, (request, reply) =>
    sendPicture(request, reply, request.params.token, 'svg'),
  )
  http.get('/pay/:token/qr.png', { config, schema: { ...hidden, params: byToken } }, (request, reply) =>
    sendPicture(request, reply, request.params.token, 'png'),
  )
}
