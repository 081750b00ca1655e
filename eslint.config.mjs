import js from '@eslint/js'
import globals from 'globals'
import tseslint from 'typescript-eslint'

/** Time, chance and the network are parameters: they reach the domain through kernel and platform interfaces. */
const ambient = [
  { object: 'Date', property: 'now', message: 'Take a Clock (kernel/clock.ts).' },
  { object: 'Math', property: 'random', message: 'Take an id or random source as an argument.' },
]

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      'build/**',
      '**/node_modules/**',
      'sdk/src/generated/**',
      'sdk/test/consumers/**',
      '.dollr/**',
      'test-artefacts/**',
      'artefacts/**',
    ],
  },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      globals: globals.node,
      parserOptions: { projectService: { allowDefaultProject: [] }, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/prefer-nullish-coalescing': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/require-await': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: ['server/src/**/*.ts'],
    ignores: ['server/src/**/*.test.ts', 'server/src/kernel/clock.ts', 'server/src/platform/**'],
    rules: {
      'no-restricted-properties': ['error', ...ambient],
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Use platform/http-client.' },
        { name: 'setTimeout', message: 'Use platform/worker or a Clock.' },
        { name: 'setInterval', message: 'Use platform/worker.' },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Take a Clock (kernel/clock.ts).',
        },
        { selector: "CallExpression[callee.name='parseFloat']", message: 'Use parseMoney (kernel/money.ts).' },
        { selector: "CallExpression[callee.property.name='toFixed']", message: 'Use formatMoney (kernel/money.ts).' },
      ],
    },
  },
  {
    files: ['sdk/src/**/*.ts'],
    ignores: ['sdk/src/**/*.test.ts', 'sdk/src/environment.ts'],
    rules: {
      'no-restricted-properties': ['error', ...ambient],
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Take it from the environment (sdk/src/environment.ts).' },
        { name: 'setTimeout', message: 'Take a Clock (sdk/src/environment.ts).' },
      ],
    },
  },
  {
    files: ['server/src/config.ts', 'server/src/main.ts', 'scripts/**', 'bench/**', '**/*.test.ts', 'server/test/**'],
    rules: { 'no-process-env': 'off' },
  },
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
)
