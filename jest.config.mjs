/** One set-up for both projects: sources are TypeScript ES modules, compiled by swc. */
const shared = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/\\.rs', '<rootDir>/\\.aws-sam-'],
}

export default {
  // For a machine that is busy: what a test waits for is not its subject.
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/tests/{core,commands,flows,report,adapters,project}/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/tests/{e2e,faults}/**/*.test.ts'],
      testPathIgnorePatterns: ['\\.full\\.test\\.ts$'],
    },
    // Whole matrices of what e2e holds a seeded part of: `make test-full` only.
    { ...shared, displayName: 'full', testMatch: ['<rootDir>/tests/{e2e,faults}/**/*.full.test.ts'] },
  ],
}
