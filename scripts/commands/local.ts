import { isSet } from '../core/inputs.js'
import { DeployError } from '../errors.js'
import type { Context } from '../flows/context.js'
import type { EmulatorState } from '../ports.js'
import type { Command } from './command.js'

const common = { group: 'Local AWS' } as const

export const localCommands: Command[] = [
  {
    ...common,
    acts: 'machine',
    name: 'local-start',
    summary: 'Start the local AWS emulator of this checkout',
    details:
      'On 127.0.0.1 only; what was deployed before is still there. Deployments with CLOUD=local start it themselves.',
    example: 'make local-start',
    variables: [],
    async run({ ports, report }) {
      const state = await report.step('Start', async (step) => {
        const started = await ports.emulator.start()
        step.say(`answers at ${started.endpoint}`)
        return started
      })
      for (const notice of state.notices) report.emit({ type: 'warning', text: notice })
      report.emit({ type: 'result', text: state.endpoint, data: state })
    },
  },
  {
    ...common,
    acts: 'machine',
    name: 'local-stop',
    summary: 'Stop it; what was deployed stays on disk',
    details: 'The next local-start brings everything back.',
    example: 'make local-stop',
    variables: [],
    async run({ ports, report }) {
      await report.step('Stop', async (step) => {
        const { stopped, lost } = await ports.emulator.stop()
        if (!stopped) step.skip('it was not running')
        else step.say(lost === undefined ? 'stopped, its state is kept' : 'stopped')
        if (lost !== undefined) report.emit({ type: 'warning', text: lost })
      })
    },
  },
  {
    ...common,
    acts: 'machine',
    name: 'local-status',
    summary: 'Whether it runs, where, since when, how large',
    details: 'What differs from AWS is listed in docs/local-aws.md.',
    example: 'make local-status',
    variables: [],
    run: showStatus,
  },
  {
    ...common,
    acts: 'machine',
    name: 'local-reset',
    summary: 'Stop it and forget everything that was deployed to it',
    details: 'Asks first; YES=true answers.',
    example: 'make local-reset YES=true',
    variables: ['YES'],
    destroys: true,
    run: reset,
  },
]

async function showStatus({ ports, report }: Context): Promise<void> {
  const state = await ports.emulator.running()
  const { folder, bytes } = await ports.emulator.size()
  const size = `${(bytes / 1024 ** 2).toFixed(1)} MB in ${folder}`
  const text =
    state === undefined
      ? ['Local AWS: not running', `State: ${size}`, 'Next: make local-start']
      : [
          `Local AWS: running, MiniStack ${state.version}, Python ${state.python}, process ${state.pid}`,
          `Address: ${state.endpoint}`,
          `Since: ${state.startedAt} (${uptime(state, ports.clock.now())})`,
          `Stacks: ${stackList(state.stacks)}`,
          `State: ${size}`,
          'Differences from AWS: docs/local-aws.md',
        ]
  for (const notice of state?.notices ?? []) report.emit({ type: 'warning', text: notice })
  if (state !== undefined && state.problem !== '') {
    report.emit({ type: 'warning', text: `the last changes are not saved yet: ${state.problem}` })
  }
  report.emit({
    type: 'result',
    text: text.join('\n'),
    data: { running: state !== undefined, ...state, folder, bytes },
  })
}

const stacksShown = 10

function stackList(names: readonly string[]): string {
  const more = names.length > stacksShown ? `, and ${names.length - stacksShown} more` : ''
  return names.length === 0 ? 'none' : `${names.length} (${names.slice(0, stacksShown).join(', ')}${more})`
}

function uptime(state: EmulatorState, now: Date): string {
  const minutes = Math.floor((now.getTime() - new Date(state.startedAt).getTime()) / 60_000)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

async function reset({ ports, report, inputs }: Context): Promise<void> {
  if (!isSet(inputs, 'YES')) {
    const hint = 'make local-reset YES=true'
    if (!ports.prompts.interactive) {
      throw new DeployError(
        'Declined',
        'local-reset forgets every local deployment, and nobody is there to confirm it',
        { hint },
      )
    }
    const answer = await ports.prompts.ask('Forget everything that was deployed locally? Type yes: ')
    if (answer.trim() !== 'yes') throw new DeployError('Declined', 'nothing was changed', { hint })
  }
  await report.step('Reset', async (step) => {
    await ports.emulator.reset()
    step.say('stopped, its folder is removed')
  })
}
