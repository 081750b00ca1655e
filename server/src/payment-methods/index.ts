export { type Carrier, guessCarrier, routeMethod } from './model.ts'
export { InvalidCombination } from './problems.ts'
