import { cloudTitle } from '../../core/cloud.js'
import { describeQuota, knownQuotas, quotaKinds } from '../../core/quotas.js'
import { DeployError } from '../../errors.js'
import type { Step } from '../../report/report.js'
import type { Context } from '../context.js'

/** One line per thing: ok with its version, or how to mend it. Changes nothing. Throws ToolMissing if anything is amiss. */
export async function examine(context: Context): Promise<void> {
  const problems: string[] = []
  const line = async (title: string, look: (step: Step) => Promise<void>): Promise<void> => {
    await context.report.step(title, look).catch((error: unknown) => {
      if (!(error instanceof DeployError)) throw error
      if (error.hint !== undefined) context.report.emit({ type: 'note', text: `  ${error.hint}` })
      problems.push(title)
    })
  }
  await line('Node.js', async (step) => step.say(`${context.nodeVersion} (20.19 or newer)`))
  await line('git', (step) => program('git', ['--version'], 'apt-get install git, or brew install git', step, context))
  await line('make', (step) =>
    program('make', ['--version'], 'apt-get install make, or brew install make (gmake)', step, context),
  )
  await line('python3', (step) =>
    program('python3', ['--version'], 'apt-get install python3 python3-venv, or brew install python', step, context),
  )
  await tools(line, context)
  await line('Cloud', (step) => cloud(step, context))
  if (problems.length === 0) return
  throw new DeployError('ToolMissing', `to be mended: ${problems.join(', ')}`, { hint: 'the lines above say how' })
}

async function tools(
  line: (title: string, look: (step: Step) => Promise<void>) => Promise<void>,
  context: Context,
): Promise<void> {
  const found = await context.ports.toolchain.look()
  for (const [title, tool] of [
    ['SAM CLI', found.sam],
    ['uv', found.uv],
    ['emulator', found.emulator],
  ] as const) {
    await line(title, async (step) => {
      if (tool === undefined) step.skip('not installed yet: the first deployment does it')
      else step.say(`${tool.version}, ${tool.origin}`)
    })
  }
}

async function program(name: string, args: string[], hint: string, step: Step, context: Context): Promise<void> {
  const { ports, projectFolder, childEnv } = context
  const found = await ports.shell.run({ program: name, args, cwd: projectFolder, env: childEnv }).catch(() => undefined)
  if (found?.exitCode !== 0) throw new DeployError('ToolMissing', 'missing', { hint })
  step.say(found.output.trim().split('\n')[0] ?? '')
}

async function cloud(step: Step, context: Context): Promise<void> {
  const connected = await context.connect({ startEmulator: false })
  if (connected === undefined) {
    step.skip('the local emulator, not running: make local-start')
    return
  }
  const { account, region } = connected.cloud
  const { arn } = await connected.ports.account.caller()
  step.say(`${cloudTitle(connected.cloud)}, account ${account}, region ${region}, as ${arn}`)
  if (connected.cloud.kind === 'local') return
  const { quotas, unread } = await connected.ports.account.quotas(quotaKinds)
  for (const quota of quotas) step.line('plain', `${knownQuotas[quota.kind].title}: ${describeQuota(quota)}`)
  if (unread.length > 0) step.line('plain', `unread: ${unread.map((kind) => knownQuotas[kind].title).join(', ')}`)
}
