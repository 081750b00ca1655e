import { runAtLength } from './at-length.mjs'

runAtLength(['--project', 'scenarios', 'server/test/scenarios/kills.test.ts'], {
  kills: { variable: 'DOLLR_KILLS', otherwise: '200' },
})
