export { type Carrier, carrierOf, countryOf, guessCarrier, networkOf, routeMethod } from './model.ts'
export { CardUnknown, InvalidCombination } from './problems.ts'
