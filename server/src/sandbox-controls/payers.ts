import { isFinal } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { InvalidRequest, NotFound } from '../kernel/problem.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Execution, findByReference, listExecutions, referenceForm } from '../executions/index.ts'
import { referenceKey } from '../providers/stripe/translate.ts'
import { type Said, type Simulators } from './simulators.ts'

export const payerActions = ['approve', 'decline', 'ignore'] as const
export type PayerAction = (typeof payerActions)[number]

/** More than anybody has in hand. */
const mostAsked = 200

/** A payer by card is asked by the bank, one by phone by the prompt on it. */
const isAsked = ({ provider, requiresAction }: Execution): boolean => provider === 'PAWAPAY' || requiresAction

/** Payments whose payer has been asked and has not answered yet, newest first. */
export async function listAsked(db: Pool, merchantId: MerchantId): Promise<Execution[]> {
  const filter = {
    operation: 'COLLECTION',
    status: 'PROCESSING',
    sourceKind: undefined,
    sourceId: undefined,
    createdFrom: undefined,
    createdTo: undefined,
  } as const
  const open = await listExecutions(db, merchantId, filter, { before: '999999999999999', most: mostAsked })
  return open.filter(isAsked)
}

const refuse = (message: string) => new InvalidRequest({ field: 'reference_id', rule: 'state', message })

function requireDone({ status }: Said): void {
  if (status === 404) throw refuse('no payer is being asked')
  if (status !== 200) throw refuse('the payer has answered')
}

async function answerPrompt({ pawapay }: Simulators, { providerReference: id }: Execution, action: PayerAction) {
  if (!pawapay) throw refuse('the network is no simulator')
  const failureCode = action === 'decline' ? 'PAYMENT_NOT_APPROVED' : undefined
  requireDone(
    await (action === 'ignore' ? pawapay.post('ignore', { id }) : pawapay.post('settle', { id, failureCode })),
  )
}

/** Whoever ignores their bank leaves: a quarter of an hour later the payment is closed. */
async function answerBank({ stripe }: Simulators, { providerReference: value }: Execution, action: PayerAction) {
  if (!stripe) throw refuse('the network is no simulator')
  if (action === 'ignore') return
  const answer = action === 'approve' ? 'approve' : 'refuse'
  requireDone(await stripe.post('answer-challenge', { name: referenceKey, value, answer }))
}

/** Answers for the payer of a collection under way. What becomes of it arrives as ever, by a callback or a look-up. */
export async function answerForPayer(
  { db, simulators }: { readonly db: Pool; readonly simulators: Simulators },
  merchantId: MerchantId,
  reference: string,
  action: PayerAction,
): Promise<void> {
  const execution = referenceForm.test(reference)
    ? await findByReference(db, merchantId, reference.toLowerCase())
    : undefined
  if (execution?.operation !== 'COLLECTION') throw new NotFound('Payment')
  if (isFinal(execution.status)) throw refuse(`the payment is ${execution.status}`)
  if (execution.provider === 'PAWAPAY') await answerPrompt(simulators, execution, action)
  else if (execution.requiresAction) await answerBank(simulators, execution, action)
  else throw refuse('no payer is being asked')
}
