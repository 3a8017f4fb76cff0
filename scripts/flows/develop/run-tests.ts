import pMap from 'p-map'
import path from 'node:path'
import { DeployError } from '../../errors.js'
import type { Step } from '../../report/report.js'
import type { Context } from '../context.js'
import { validateTemplate } from '../build/validate-template.js'

export type TestScope = 'unit' | 'all' | 'full'

interface Part {
  title: string
  scopes: readonly TestScope[]
  run: (step: Step, context: Context) => Promise<Counts>
}

interface Counts {
  passed: number
  failed: number
}

const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--colors=false']
const contract = ['-q', '-n', '2', '-c', 'tests/contract/pytest.ini', 'tests/contract']
const localPython = ['infra/emulator', 'tests/contract', 'tests/bench']
const unitPart: Part = {
  title: 'Unit',
  scopes: ['unit', 'all', 'full'],
  run: (step, context) => runJest(['--selectProjects', 'unit', '--maxWorkers=100%'], step, context),
}
/** Each keeps one core busy, so two of them run at a time. */
const checks: Pick<Part, 'title' | 'run'>[] = [
  { title: 'lint', run: node(['node_modules/eslint/bin/eslint.js', '.']) },
  { title: 'format', run: node(['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.']) },
  { title: 'backend', run: python('pytest', ['-q', 'tests/backend']) },
  { title: 'template', run: template },
  { title: 'mypy', run: python('mypy', []) },
  { title: 'mypy local', run: python('mypy', ['--config-file', 'infra/emulator/pyproject.toml', ...localPython]) },
  { title: 'dead code', run: node(['node_modules/knip/bin/knip.js', '--no-progress']) },
  { title: 'ruff', run: python('ruff', ['check', 'backend', 'infra/local-app', 'tests/backend']) },
  { title: 'ruff local', run: python('ruff', ['check', '--config', 'infra/emulator/pyproject.toml', ...localPython]) },
]
const slowParts: Part[] = [
  { title: 'Types', scopes: ['unit', 'all', 'full'], run: node(['node_modules/typescript/bin/tsc', '--noEmit']) },
  { title: 'Checks', scopes: ['all', 'full'], run: runChecks },
  { title: 'Contract', scopes: ['all'], run: python('pytest', contract) },
  { title: 'Contract, proven', scopes: ['full'], run: python('pytest', [...contract, '--prove']) },
  {
    title: 'End to end',
    scopes: ['all', 'full'],
    run: (step, context) => runJest(['--selectProjects', 'e2e', '--maxWorkers=3'], step, context),
  },
  {
    title: 'End to end, matrices',
    scopes: ['full'],
    run: (step, context) => runJest(['--selectProjects', 'full', '--maxWorkers=2'], step, context),
  },
]
const packagesPart: Part = {
  title: 'Packages',
  scopes: ['unit', 'all', 'full'],
  run: (step, context) =>
    runPart(context.nodeProgram, ['infra/bootstrap/install.mjs'], { RS_PACKAGES: 'all' }, step, context),
}
const parts: readonly Part[] = [packagesPart, unitPart, ...slowParts]

/** Runs every part of a scope, also after one has failed. Throws TestsFailed at the end. */
export async function runTests(scope: TestScope, context: Context): Promise<void> {
  const { report, inputs } = context
  const total: Counts = { passed: 0, failed: 0 }
  const wanted = parts.filter(
    ({ scopes, title }) => scopes.includes(scope) && (inputs.ONLY === undefined || /Packages|Unit|End/.test(title)),
  )
  for (const part of wanted) {
    const counts = await report
      .step(part.title, (step) => part.run(step, context))
      .catch((error: unknown) => {
        if (!(error instanceof DeployError) || error.code !== 'TestsFailed') throw error
        for (const { text } of error.facts) report.emit({ type: 'note', text })
        return { passed: 0, failed: 1 }
      })
    total.passed += counts.passed
    total.failed += counts.failed
  }
  report.emit({ type: 'result', text: `tests: ${total.passed} passed, ${total.failed} failed`, data: total })
  if (total.failed > 0) {
    throw new DeployError('TestsFailed', `${total.failed} failed`, { hint: 'the lines above and the log tell which' })
  }
}

/** All of them, also after one has failed. Throws TestsFailed with what the failed ones printed. */
async function runChecks(step: Step, context: Context): Promise<Counts> {
  const { toolchain } = context.ports
  // Installed one after the other, before two checks ask for the same.
  for (const install of [toolchain.testPython, toolchain.emulatorPython, toolchain.sam]) await install()
  const failures: DeployError[] = []
  const runCheck = async ({ title, run }: (typeof checks)[number]): Promise<number> => {
    const line: Step = { ...step, say: (text) => step.line('done', `${title}: ${text}`) }
    try {
      return (await run(line, context)).passed
    } catch (error) {
      if (!(error instanceof DeployError)) throw error
      step.line('failed', `${title}: ${error.message}`)
      failures.push(error)
      return 0
    }
  }
  const passed = await pMap(checks, runCheck, { concurrency: 2 })
  if (failures.length > 0) {
    const facts = failures.flatMap((error) => error.facts)
    throw new DeployError('TestsFailed', `${failures.length} of ${checks.length} checks failed`, { facts })
  }
  step.say(`${checks.length} clean`)
  return { passed: passed.reduce((sum, one) => sum + one, 0), failed: 0 }
}

function node(args: string[]): Part['run'] {
  return (step, context) => runPart(context.nodeProgram, args, {}, step, context)
}

function python(program: string, args: string[]): Part['run'] {
  return async (step, context) => {
    const bin = path.dirname(await context.ports.toolchain.testPython())
    const emulator = await context.ports.toolchain.emulatorPython()
    const sam = await context.ports.toolchain.sam()
    const env = { RS_EMULATOR_PYTHON: emulator.program, EMULATOR_PYTHON: emulator.program, SAM_CLI: sam.program }
    return runPart(path.join(bin, program), args, env, step, context)
  }
}

async function template(step: Step, context: Context): Promise<Counts> {
  await validateTemplate(step, context)
  return { passed: 1, failed: 0 }
}

function runJest(args: string[], step: Step, context: Context): Promise<Counts> {
  const only = context.inputs.ONLY === undefined ? [] : ['--testPathPatterns', context.inputs.ONLY]
  return runPart(context.nodeProgram, [...jest, ...args, ...only, '--passWithNoTests'], {}, step, context)
}

async function runPart(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  step: Step,
  { ports, projectFolder, childEnv }: Context,
): Promise<Counts> {
  const command = { program, args, cwd: projectFolder, env: { ...childEnv, ...env } }
  const { exitCode, output } = await ports.shell.run(command, (line) => {
    step.detail(line)
    if (/^(PASS|FAIL) /.test(line)) step.progress(line)
  })
  const lines = output.trim().split('\n')
  if (exitCode !== 0) {
    throw new DeployError('TestsFailed', `failed (exit ${exitCode})`, {
      facts: lines.slice(-60).map((text) => ({ label: '', text })),
    })
  }
  const passed = Number(/(\d+) passed/.exec(lines.filter((line) => /passed/.test(line)).at(-1) ?? '')?.[1] ?? 1)
  step.say(/passed/.test(output) ? `${passed} passed` : 'clean')
  return { passed, failed: 0 }
}
