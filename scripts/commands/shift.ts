import { type ShiftWish, describeShift } from '../core/shift.js'
import type { TargetContext } from '../flows/context.js'
import type { Command } from './command.js'

export const shiftCommands: Command[] = [
  {
    group: 'Deploy',
    acts: 'target',
    name: 'rs-shift-finish',
    summary: 'Give the new version all requests now, where a STRATEGY is shifting them',
    details:
      'Works from any terminal or machine: the run that shifts does it within seconds and goes on as after its last ' +
      'step. Where that run was killed, the new version is checked once more, and this command does it.',
    example: 'make rs-shift-finish ENV=prod ORG=myorg',
    variables: ['HEALTH_ATTEMPTS', 'HEALTH_PATH', 'LOCK_WAIT', 'YES'],
    run: (context) => run('finish', context),
  },
  {
    group: 'Deploy',
    acts: 'target',
    name: 'rs-shift-abort',
    summary: 'Give the old version all requests again, where a STRATEGY is shifting them',
    details:
      'Works from any terminal or machine: the run that shifts does it within seconds and ends. Where that run was ' +
      'killed, this command does it. Asks nothing, in prod neither: the old version is the one that was proved.',
    example: 'make rs-shift-abort ENV=prod ORG=myorg',
    variables: [],
    run: (context) => run('abort', context),
  },
]

async function run(what: ShiftWish, context: TargetContext): Promise<void> {
  const { endShift } = await import('../flows/shift/end-shift.js')
  const { report, target, ports, started } = context
  const { env, org } = target
  const outcome = await endShift(what, context)
  const next = [`make check-rs ENV=${env} ORG=${org}`]
  if (outcome.kind === 'none') {
    const title = `${env}/${org}: no shift is under way`
    return report.emit({ type: 'summary', title, rows: [], next, data: { outcome: 'none', env, org } })
  }
  const { shift, serving, by, release } = outcome
  const seconds = ((ports.clock.now().getTime() - started.getTime()) / 1000).toFixed(1)
  report.emit({
    type: 'summary',
    title: `${env}/${org}: shift ${what === 'finish' ? 'finished' : 'aborted'} by ${by} ─ ${seconds} s`,
    rows: [
      { label: 'Was', text: describeShift(shift) },
      ...Object.entries(serving).map(([label, version]) => ({ label, text: `version ${version}` })),
      ...(release === undefined ? [] : [{ label: 'Release', text: String(release) }]),
    ],
    next,
    data: {
      outcome: what === 'finish' ? 'finished' : 'aborted',
      by,
      env,
      org,
      strategy: shift.strategy,
      serving,
      release,
    },
  })
}
