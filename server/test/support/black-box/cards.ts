import { type StripeSimulator } from '@dollr/sandbox'
import Stripe from 'stripe'
import { stripeKeys } from './world.ts'

/** The card network as its own library sees it. */
export function stripeAt({ url }: Pick<StripeSimulator, 'url'>, key: string = stripeKeys.apiKey): Stripe {
  const { hostname, port } = new URL(url)
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false })
}

/** What a cardholder tells their bank, in the window that the network's own script opens with a client secret. */
export async function answerBank(
  cards: StripeSimulator,
  clientSecret: string | null,
  answer: 'approve' | 'refuse',
): Promise<void> {
  const [id = ''] = (clientSecret ?? '').split('_secret_')
  const browser = stripeAt(cards, stripeKeys.publishableKey)
  const intent = await browser.paymentIntents.retrieve(id, { client_secret: clientSecret ?? '' })
  const challenge = intent.next_action?.use_stripe_sdk?.['stripe_js']
  if (typeof challenge !== 'string') throw new Error(`no challenge: ${JSON.stringify(intent.next_action)}`)
  await visitBank(challenge, answer)
}

/** The same at the address of the challenge; answers where the bank sends the cardholder on to. */
export async function visitBank(challenge: string, answer: 'approve' | 'refuse'): Promise<string | undefined> {
  const response = await fetch(challenge, {
    method: 'POST',
    body: new URLSearchParams({ answer }),
    redirect: 'manual',
  })
  if (response.status >= 400) throw new Error(`the bank said ${response.status}`)
  return response.headers.get('location') ?? undefined
}
