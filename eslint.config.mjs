import importX from 'eslint-plugin-import-x'
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript'
import tseslint from 'typescript-eslint'

/** The direction of DESIGN: main -> commands -> flows -> {core, ports, report}; adapters -> {ports, core, errors}. */
const zone = (target, from, except, message) => ({ target, from, except, message })
const layers = [
  zone('./scripts/core', './scripts', ['./core', './errors.ts'], 'core imports core and errors only'),
  zone('./scripts/ports', './scripts', ['./ports', './core', './errors.ts'], 'ports speak in words of core'),
  zone(
    './scripts/report',
    './scripts',
    ['./report', './core', './errors.ts', './ports.ts', './ports'],
    'report knows no flow and no adapter',
  ),
  zone(
    './scripts/flows',
    './scripts',
    ['./flows', './core', './errors.ts', './ports.ts', './ports', './report'],
    'flows speak to ports, not to adapters or commands',
  ),
  zone(
    './scripts/adapters',
    './scripts',
    ['./adapters', './core', './errors.ts', './ports.ts', './ports'],
    'adapters know no flow',
  ),
  zone('./scripts/commands', './scripts/adapters', [], 'commands are handed their ports'),
]
const onlyIn = (name, message) => ({ group: [name], message })

const sdk = onlyIn('@aws-sdk/*', 'only adapters/aws imports the AWS SDK')
const execa = onlyIn('execa', 'only adapters/processes.ts starts processes')
const childProcess = onlyIn('node:child_process', 'only adapters/processes.ts starts processes')

export default tseslint.config(
  { ignores: ['dist/', '.rs/', '.aws-sam-*/', 'node_modules/', 'coverage/', 'tests/fixtures/'] },
  ...tseslint.configs.strict,
  {
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: './tsconfig.json' })] },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'max-lines': ['error', { max: 250 }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['scripts/**/*.ts'],
    rules: {
      'import-x/no-restricted-paths': ['error', { zones: layers }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-imports': [
        'error',
        {
          patterns: [sdk, execa, childProcess, onlyIn('zx', 'only the adapters of this machine use zx')],
        },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'only main.ts reads the environment' },
        { object: 'process', property: 'argv', message: 'only main.ts reads the command line' },
        { object: 'process', property: 'exit', message: 'only main.ts ends the process' },
        { object: 'process', property: 'exitCode', message: 'only main.ts sets the exit code' },
      ],
    },
  },
  {
    files: ['scripts/adapters/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [sdk, execa, childProcess] }] },
  },
  {
    files: ['scripts/adapters/aws/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [execa, childProcess] }] },
  },
  { files: ['scripts/adapters/processes.ts'], rules: { 'no-restricted-imports': ['error', { patterns: [sdk] }] } },
  // A port's adapter is one object of short methods, made by one function.
  { files: ['scripts/adapters/aws/*.ts'], rules: { 'max-lines-per-function': 'off' } },
  { files: ['scripts/main.ts'], rules: { 'no-restricted-properties': 'off' } },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  { files: ['tests/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
)
