export { type Carrier, carrierOf, guessCarrier, networkOf, routeMethod } from './model.ts'
export { CardUnknown, InvalidCombination } from './problems.ts'
