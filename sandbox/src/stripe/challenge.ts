import { readBody } from '../http.ts'
import { Draft } from './book.ts'
import { commit } from './commit.ts'
import { readable } from './currencies.ts'
import { html } from './html.ts'
import { answerChallenge } from './intents.ts'
import type { Network } from './network.ts'
import type { PaymentIntent } from './objects.ts'
import { sendOn, show, showProblem, type Visit, withQuery } from './pages.ts'

/** To whoever does not know its secret an intent is as good as none. */
const challengedIntent = ({ network, query }: Visit, id: string): PaymentIntent | undefined => {
  const intent = network.book.find('pi', id)
  return intent?.client_secret === query.get('client_secret') ? intent : undefined
}

/** Where a cardholder is taken after they have answered; with `use_stripe_sdk` the shop's own page waits behind. */
const wayBack = ({ next_action: next }: PaymentIntent): string | undefined =>
  next?.type === 'redirect_to_url' ? next.redirect_to_url.return_url : undefined

export const challenge = (visit: Visit, id: string): void => {
  const { texts } = visit
  const intent = challengedIntent(visit, id)
  if (!intent) {
    showProblem(visit, 404, texts.problems.unknown)
    return
  }
  if (intent.status !== 'requires_action') {
    show(visit, { title: texts.bank.over, body: html`<p>${texts.bank.close}</p>` })
    return
  }
  const back = wayBack(intent)
  show(visit, {
    title: texts.bank.title,
    formTarget: back === undefined ? undefined : new URL(back).origin,
    body: html`<p>${texts.bank.pretend}</p>
      <p>${texts.bank.asks(readable(intent.amount, intent.currency))}</p>
      <form method="post" action="/sandbox/3ds/${id}?${visit.query.toString()}">
        <button name="answer" value="approve">${texts.bank.approve}</button>
        <button name="answer" value="refuse" class="quiet">${texts.bank.refuse}</button>
      </form>`,
  })
}

/** What the bank tells, once its customer has answered. */
export const answerFor = (network: Network, intent: PaymentIntent, isApproved: boolean): PaymentIntent => {
  const draft = new Draft(network.book)
  const after = answerChallenge(draft, intent, isApproved)
  commit(network, draft)
  return after
}

export const answerBank = async (visit: Visit, id: string): Promise<void> => {
  const { network } = visit
  const answer = new URLSearchParams(await readBody(visit.request)).get('answer')
  const intent = challengedIntent(visit, id)
  if (intent?.status !== 'requires_action' || (answer !== 'approve' && answer !== 'refuse')) {
    challenge(visit, id)
    return
  }
  const after = answerFor(network, intent, answer === 'approve')
  const back = wayBack(intent)
  if (back === undefined) challenge(visit, id)
  else
    sendOn(
      visit,
      withQuery(back, {
        payment_intent: id,
        payment_intent_client_secret: after.client_secret,
        redirect_status: after.last_payment_error === null ? 'succeeded' : 'failed',
      }),
    )
}
