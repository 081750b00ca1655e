export { type Carrier, guessCarrier, networkOf, routeMethod } from './model.ts'
export { InvalidCombination } from './problems.ts'
