import { NotFoundError } from '@dollr/sdk'
import { type Context } from '../context.ts'
import { CommandFailed } from '../exit.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Calls one of the controls that only a sandbox has. */
export async function control(
  { dollr, settings }: Pick<Context, 'dollr' | 'settings'>,
  method: Method,
  path: string,
  body?: unknown,
): Promise<unknown> {
  try {
    return await dollr.request(method, `/sandbox${path}`, body === undefined ? {} : { body })
  } catch (error) {
    if (error instanceof NotFoundError && error.message.includes('Not Found')) {
      throw new CommandFailed(`${settings.baseUrl} has no sandbox controls: it is a live server, or an older one.`)
    }
    throw error
  }
}

export interface Scenario {
  readonly name: string
  readonly operation: string
  readonly provider: string
  readonly method: string
  /** A phone, or the token of a card. */
  readonly number: string
  readonly outcome: string
  readonly description: string
}

export const readScenarios = async (context: Pick<Context, 'dollr' | 'settings'>): Promise<readonly Scenario[]> =>
  ((await control(context, 'GET', '/scenarios')) as { readonly scenarios: readonly Scenario[] }).scenarios
