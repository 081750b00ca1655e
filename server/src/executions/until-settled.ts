import { Problem } from '../kernel/problem.ts'

interface Judged {
  readonly verdict: string
}

type Settled<Answer extends Judged> = Answer & { readonly verdict: Exclude<Answer['verdict'], 'again'> }

const isSettled = <Answer extends Judged>(answer: Answer): answer is Settled<Answer> => answer.verdict !== 'again'

/** Each round settles at least one of those that wait; nobody meets so many at once. */
const mostRounds = 1_000

/**
 * Asks again while the verdict is `again`: an element of the same group or another transaction came first, and this one is
 * to be judged against what that one left.
 */
export async function untilSettled<Answer extends Judged>(ask: () => Promise<Answer>): Promise<Settled<Answer>> {
  for (let round = 0; round < mostRounds; round += 1) {
    const answer = await ask()
    if (isSettled(answer)) return answer
  }
  throw new Problem('unavailable', 'Service Unavailable')
}
