import { defineConfig } from 'vitest/config'

/** What is packed, installed and tried in empty folders. */
const packages = [
  'server/test/scenarios/packed.test.ts',
  'server/test/scenarios/quick-start-guide.test.ts',
  'sdk/test/packed.test.ts',
]

/** Files of one worker share what they import: loading it anew for each of two hundred would be a quarter of the run. */
const isolate = false

/** These wait for others, PostgreSQL and servers of ours, half of their time: three workers keep two cores busy. */
const waitingMuch = 3

const postgres = 'server/test/support/postgres-for-tests.ts'

/** What starts programs of ours, and ends them. */
const startsPrograms = {
  isolate,
  setupFiles: ['server/test/support/black-box/after-each-file.ts'],
  globalSetup: [postgres],
  testTimeout: 60_000,
  hookTimeout: 90_000,
}

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          isolate,
          // One tier after the other: what fails cheaply fails first.
          sequence: { groupOrder: 0 },
          maxWorkers: 2,
          include: [
            'server/src/**/*.test.ts',
            'sandbox/src/**/*.test.ts',
            'cli/src/**/*.test.ts',
            'sdk/src/**/*.test.ts',
            'server/test/*.test.ts',
            'server/test/conformance/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          exclude: ['**/*.pg.test.ts', '**/dist/**'],
        },
      },
      {
        test: {
          name: 'pg',
          isolate,
          sequence: { groupOrder: 1 },
          include: ['server/src/**/*.pg.test.ts', 'server/test/simulation/*.pg.test.ts'],
          globalSetup: [postgres],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: waitingMuch,
        },
      },
      {
        test: {
          name: 'scenarios',
          ...startsPrograms,
          sequence: { groupOrder: 2 },
          include: ['server/test/scenarios/**/*.test.ts'],
          exclude: packages,
          maxWorkers: waitingMuch,
        },
      },
      {
        test: {
          name: 'sdk',
          ...startsPrograms,
          sequence: { groupOrder: 2 },
          include: ['sdk/test/**/*.test.ts'],
          exclude: packages,
          maxWorkers: waitingMuch,
        },
      },
      {
        test: {
          name: 'packages',
          ...startsPrograms,
          sequence: { groupOrder: 4 },
          include: packages,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'browser',
          ...startsPrograms,
          sequence: { groupOrder: 3 },
          include: ['server/test/browser/**/*.test.ts'],
          globalSetup: [postgres, 'server/test/support/browser-for-tests.ts'],
          maxWorkers: 2,
        },
      },
    ],
  },
})
