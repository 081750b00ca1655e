/**
 * Imports point one way: kernel <- platform <- ledger <- documents <- predictions, sessions <- executions <- app.
 * A slice is entered through its index.ts; each rank may import the ranks before it, never those after.
 */
const ranks = [
  ['kernel'],
  ['platform'],
  ['ledger', 'payment-methods'],
  ['providers'],
  ['merchants'],
  ['auth'],
  ['parties', 'passcodes', 'wallets'],
  ['fees', 'payment-accounts', 'sources'],
  ['events', 'links', 'predictions', 'request-log', 'sessions'],
  ['checkouts', 'executions'],
  ['books', 'callbacks', 'docs', 'realtime', 'receipts', 'reconciliation', 'webhooks'],
  ['pay-pages'],
  ['sandbox-controls'],
  ['admin'],
]

const slices = ranks.flat()
const backwards = ranks.flatMap((rank, index) => {
  const later = ranks.slice(index).flat()
  return rank
    .map((slice) => ({
      name: `${slice}-looks-back-only`,
      severity: 'error',
      comment: 'Arrows never turn back (docs/architecture.md, module graph).',
      from: { path: `^server/src/${slice}/` },
      to: { path: `^server/src/(${later.filter((other) => other !== slice).join('|')})/` },
    }))
    .filter((rule) => !rule.to.path.includes('()'))
})

export default {
  forbidden: [
    ...backwards,
    {
      name: 'slices-through-the-front-door',
      severity: 'error',
      comment: 'Another slice is imported through its index.ts only.',
      from: { path: '^server/src/([^/]+)/' },
      to: {
        path: `^server/src/(${slices.filter((s) => !['kernel', 'platform', 'providers'].includes(s)).join('|')})/`,
        pathNot: ['^server/src/$1/', '/index\\.ts$'],
      },
    },
    {
      name: 'sandbox-and-server-are-strangers',
      severity: 'error',
      comment: 'A simulator built from the connector would agree with its mistakes.',
      from: { path: '^sandbox/' },
      to: { path: '^server/' },
    },
    {
      name: 'server-knows-no-simulator',
      severity: 'error',
      from: { path: '^server/src/' },
      to: { path: '^(sandbox|node_modules/@dollr/sandbox)/' },
    },
    {
      name: 'server-knows-no-command-line',
      severity: 'error',
      from: { path: '^(server|sandbox|sdk)/src/' },
      to: { path: '^(cli|node_modules/dollr)/' },
    },
    {
      name: 'command-line-by-the-front-door',
      severity: 'error',
      comment: 'What is packed apart is imported by the names of cli/package.json.',
      from: { path: '^cli/src/' },
      to: { path: '^(server|sandbox|sdk)/src/' },
    },
    {
      name: 'sdk-stands-alone',
      severity: 'error',
      comment: 'It is installed without the server, and brings no dependency: what it needs every runtime has.',
      from: { path: '^sdk/src/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^sdk/src/' },
    },
    {
      name: 'scenarios-are-black-boxes',
      severity: 'error',
      comment: 'Scenario tests speak HTTP only.',
      from: { path: '^(server/test/(scenarios|browser)|sdk|bench)/' },
      to: { path: '^server/src/' },
    },
    {
      name: 'fastify-at-the-edge',
      severity: 'error',
      from: {
        path: '^server/src/',
        pathNot: [
          'routes\\.ts$',
          '^server/src/platform/http/',
          '^server/src/app\\.ts$',
          '^server/src/(start|main)\\.ts$',
          '^server/src/[^/]+/[^/]*-routes\\.ts$',
          '^server/src/auth/',
          '\\.test\\.ts$',
        ],
      },
      to: { path: '^node_modules/(fastify|@fastify)/' },
    },
    {
      name: 'pg-in-stores',
      severity: 'error',
      from: { path: '^server/src/', pathNot: ['store\\.ts$', '^server/src/platform/db/', '\\.test\\.ts$'] },
      to: { path: '^node_modules/pg/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'kernel-is-pure',
      severity: 'error',
      from: { path: '^server/src/kernel/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['npm', 'core'], pathNot: '^(node:)?crypto$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
}
