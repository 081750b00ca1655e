import { contract, type ContractOperation } from './contract.ts'
import { controls, described, type DescribedOperation } from './described.ts'

/** Finds what a request is about by where it goes. */

const toPattern = (path: string): RegExp => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`)

const routes = <Operation extends { readonly path: string }>(operations: readonly Operation[]) =>
  operations.map((operation) => ({ operation, pattern: toPattern(operation.path) }))

const contractRoutes = routes(contract.operations)
const describedRoutes = routes([...described, ...controls])

/** Every operation of the contract at this path, whatever the verb. */
export const contractAt = (path: string): readonly ContractOperation[] =>
  contractRoutes.filter(({ pattern }) => pattern.test(path)).map(({ operation }) => operation)

export const contractOperation = (method: string, path: string): ContractOperation | undefined =>
  contractAt(path).find((operation) => operation.method === method)

export const describedOperation = (method: string, path: string): DescribedOperation | undefined =>
  describedRoutes.find(({ operation, pattern }) => operation.method === method && pattern.test(path))?.operation
