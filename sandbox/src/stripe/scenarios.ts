import { type TestCard, testCards } from './cards.ts'

const kebab = (id: string): string =>
  id
    .replace(/^pm_card_/, '')
    .replaceAll('_', '-')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()

const describe = ({ authentication, decline, refund, isDisputed }: TestCard): string => {
  const asked =
    authentication === 'always' || authentication === 'unless-off-session' ? 'The bank asks its customer first. ' : ''
  const told = isDisputed
    ? 'Pays; its holder disputes the charge later.'
    : refund === 'pending'
      ? 'Pays; a refund of it takes a while.'
      : refund === 'failing'
        ? 'Pays; a refund of it fails later.'
        : 'Pays.'
  return asked + (decline?.message ?? told)
}

/** Every card worth trying: told from the same table that decides. */
export const listScenarios = () => ({
  scenarios: testCards.map((card) => ({
    name: kebab(card.id),
    token: card.id,
    status: card.decline ? 'FAILED' : 'COMPLETED',
    ...(card.decline && { failureCode: card.decline.declineCode ?? card.decline.code }),
    asksCardholder: card.authentication === 'always' || card.authentication === 'unless-off-session',
    description: describe(card),
  })),
})
