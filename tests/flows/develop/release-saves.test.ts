import { describe, expect, it } from '@jest/globals'
import { readSources } from '../../../scripts/flows/build/build-target.js'
import { releasesSaves } from '../../../scripts/flows/develop/release-saves.js'
import type { Shell, Toolchain } from '../../../scripts/ports.js'
import { type FakeContext, fakeContext } from '../../support/fake-context.js'
import { fakePort, memoryFiles } from '../../support/fake-ports.js'

const template = `Resources:
  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: app, Runtime: python3.13}}
`
const none = { code: [], config: [], stack: [] }
/** A checkout whose Python is broken where it says so; what is asked of the interpreter is among the calls. */
function world(files: Record<string, string>): FakeContext & { failures: () => string[] } {
  const run: Shell['run'] = async ({ args }) => {
    const broken = args.filter((file) => files[file]?.includes('broken') === true)
    const problems = broken.map((file) => JSON.stringify({ file, line: 1, problem: 'invalid syntax', text: '' }))
    return { exitCode: 0, output: problems.join('\n'), cancelled: false }
  }
  const python = { program: 'python3', version: '3.13' }
  const context = fakeContext({
    cloud: { kind: 'local' },
    ports: (calls) => ({
      files: memoryFiles({ 'template.yaml': template, ...files }, calls),
      shell: fakePort<Shell>('shell', { run }, calls),
      toolchain: fakePort<Toolchain>('toolchain', { emulatorPython: async () => python as never }, calls),
    }),
  })
  const failures = (): string[] =>
    context.events.flatMap((event) => (event.type === 'failure' ? [event.error.message] : []))
  return Object.assign(context, { failures })
}
const inB = 'app/b.py:1 invalid syntax; nothing was deployed'

describe('what is saved while rs-watch runs', () => {
  it('is not deployed by another command while any file is broken, and is once it is not', async () => {
    const files: Record<string, string> = { 'app/a.py': 'good', 'app/b.py': 'broken' }
    const context = world(files)
    const { ports } = context
    const releaser = releasesSaves({}, context)
    let deployed = 0
    const up = async (): Promise<void> => void (deployed += 1)
    expect(await releaser.deploy(up)).toBe(false)
    expect([deployed, context.failures()]).toEqual([0, [inB]])
    files['app/b.py'] = 'mended'
    await ports.files.write('app/b.py', 'mended')
    expect(await releaser.deploy(up)).toBe(true)
    expect(deployed).toBe(1)
  })

  it('does not go live along with a file that was broken before the watch began', async () => {
    const context = world({ 'app/a.py': 'good', 'app/b.py': 'broken' })
    const releaser = releasesSaves({}, context)
    for (let save = 1; save <= 2; save++) await releaser.release({ ...none, code: ['app/a.py'] })
    expect(context.failures()).toEqual([inB, inB])
  })

  it('is no release where the deployment before brought it', async () => {
    const context = world({ 'app/a.py': 'good' })
    const releaser = releasesSaves({}, context)
    await releaser.deploy(async () => undefined)
    const before = context.calls.filter((call) => !call.startsWith('files.')).length
    await releaser.release({ ...none, code: ['app/a.py'] })
    expect(context.calls.filter((call) => !call.startsWith('files.'))).toHaveLength(before)
    expect(context.failures()).toEqual([])
  })

  it('takes only what the live release holds for sound unseen', async () => {
    const context = world({ 'app/a.py': 'good', 'app/b.py': 'broken' })
    const { files } = await readSources(context)
    const up = async (): Promise<void> => undefined
    expect(await releasesSaves(files, context).deploy(up)).toBe(true)
    expect(await releasesSaves({ ...files, 'app/b.py': 'another' }, context).deploy(up)).toBe(false)
  })
})
