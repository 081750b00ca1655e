import { runAtLength } from './at-length.mjs'

runAtLength(['--project', 'scenarios', 'server/test/scenarios/fuzz.test.ts'], {
  requests: { variable: 'DOLLR_FUZZ_REQUESTS', otherwise: '20000' },
  seed: { variable: 'DOLLR_FUZZ_SEED' },
})
