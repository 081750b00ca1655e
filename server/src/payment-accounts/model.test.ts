import { describe, expect, test } from 'vitest'
import { type CardChoice, chooseCard } from './model.ts'

const aCard = (token: string, billingName?: string): CardChoice => ({ id: token, token, billingName, isUsed: false })

describe('the card that an account means', () => {
  test.each([
    ['the only one of its name', 'Amara Kamara', [aCard('a', 'Amara Kamara'), aCard('b', 'Musu'), aCard('c')], 'a'],
    ['whatever its capitals and spaces', ' amara  KAMARA ', [aCard('a', 'Amara Kamara'), aCard('b')], 'a'],
    ['the only one there is', 'Customer card', [aCard('a', 'Amara Kamara')], 'a'],
    ['none of two that bear no name', 'Customer card', [aCard('a'), aCard('b')], undefined],
    ['none of two of one name', 'Amara', [aCard('a', 'Amara'), aCard('b', 'Amara')], undefined],
    ['none where there is none', 'Amara', [], undefined],
    ['none of nameless ones for a nameless account', '', [aCard('a'), aCard('b')], undefined],
  ])('is %s', (_, accountName, unbound, token) => {
    expect(chooseCard(accountName, unbound, false)?.token).toBe(token)
  })

  test('is not the only one left when the same request may have bound its own before', () => {
    expect(chooseCard('Amara', [aCard('b', 'Musu')], true)).toBeUndefined()
    expect(chooseCard('Amara', [aCard('b', 'Amara')], true)?.token).toBe('b')
    // Without a name on it there is nothing to tell it from the payer's own second try.
    expect(chooseCard('Amara', [aCard('b')], true)?.token).toBe('b')
  })
})
