import { runAtLength } from './at-length.mjs'

const file = 'server/test/simulation/simulation.pg.test.ts'
runAtLength(['--project', 'pg', file, '--testNamePattern', 'the books are right'], {
  seeds: { variable: 'DOLLR_SIMULATE_SEEDS', otherwise: '1000' },
  seed: { variable: 'DOLLR_SIMULATE_SEED' },
})
