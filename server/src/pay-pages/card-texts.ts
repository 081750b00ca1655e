/** What payers by card read. Another language is another value of this shape. */
export const english = {
  link: 'Pay by card',
  title: (merchant: string) => `Pay ${merchant} by card`,
  choose: 'In which currency do you want to pay?',
  goOn: (amount: string) => `Pay ${amount} by card`,
  goOnHint:
    'Nothing is paid yet: your card is asked for on the next page, by the card network. We never see its number.',
  back: 'Pay in another way',
  mistake: 'Not paid yet:',
  mistakes: {
    gone: 'This currency is not available now. Choose another one.',
    price: 'The amount to pay has changed. Look at it again and then pay.',
    card: 'The card network does not know this card. Enter it again.',
    refused: 'This payment cannot be made with this card. Enter it again, or pay in another way.',
  },
  form: {
    title: (amount: string) => `Pay ${amount}`,
    name: 'Name on the card',
    card: 'Card',
    pay: 'Pay now',
    needsScript: 'The card form needs JavaScript. Without it, go back and pay in another way.',
  },
  waiting: {
    title: 'Your card payment is under way',
    asked: (amount: string) => `We asked your card for ${amount}.`,
    challenge: 'Your bank wants to know that it is you.',
    goToBank: 'Go on to your bank',
    doNotRepeat: 'Do not pay again: until this is over we do not know whether you were charged.',
    refreshes: 'This page looks again by itself.',
    lookAgain: 'Look again now',
  },
} as const
