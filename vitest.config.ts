import { defineConfig } from 'vitest/config'

/** What is packed, installed and tried in empty folders: minutes of npm, and so a run of its own. */
const packages = [
  'server/test/scenarios/packed.test.ts',
  'server/test/scenarios/quick-start-guide.test.ts',
  'sdk/test/packed.test.ts',
]

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
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
          sequence: { groupOrder: 1 },
          include: ['server/src/**/*.pg.test.ts', 'server/test/simulation/*.pg.test.ts'],
          globalSetup: ['server/test/support/postgres-for-tests.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'scenarios',
          sequence: { groupOrder: 2 },
          include: ['server/test/scenarios/**/*.test.ts'],
          exclude: packages,
          globalSetup: ['server/test/support/postgres-for-tests.ts'],
          testTimeout: 60_000,
          hookTimeout: 90_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'sdk',
          sequence: { groupOrder: 2 },
          include: ['sdk/test/**/*.test.ts'],
          exclude: packages,
          globalSetup: ['server/test/support/postgres-for-tests.ts'],
          testTimeout: 60_000,
          hookTimeout: 90_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'packages',
          sequence: { groupOrder: 4 },
          include: packages,
          globalSetup: ['server/test/support/postgres-for-tests.ts'],
          testTimeout: 60_000,
          hookTimeout: 90_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'browser',
          sequence: { groupOrder: 3 },
          include: ['server/test/browser/**/*.test.ts'],
          globalSetup: ['server/test/support/postgres-for-tests.ts', 'server/test/support/browser-for-tests.ts'],
          testTimeout: 60_000,
          hookTimeout: 90_000,
          maxWorkers: 2,
        },
      },
    ],
  },
})
