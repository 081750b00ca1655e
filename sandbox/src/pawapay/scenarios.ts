import { countries } from './configuration.ts'
import { operationTypes } from './operations.ts'
import { scenariosOf } from './outcomes.ts'

/** Every number worth trying, of every provider and for every operation. */
export const listScenarios = () => ({
  scenarios: countries.flatMap(({ prefix, providers }) =>
    providers.flatMap(({ provider, sampleNumber }) =>
      operationTypes.flatMap((operation) =>
        scenariosOf(operation).map(({ suffix, ...scenario }) => ({
          ...scenario,
          operation,
          provider,
          phoneNumber: `${prefix}${sampleNumber}${suffix}`,
        })),
      ),
    ),
  ),
})
