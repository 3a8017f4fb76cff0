import type { TargetContext } from '../flows/context.js'
import type { Command } from './command.js'

/** What becomes of buckets that exist outside their stack. */
export const bucketCommands: Command[] = [
  {
    group: 'Deploy',
    name: 'rs-adopt-buckets',
    summary: 'Give the stack the buckets that exist outside it, with all that is in them',
    details:
      'Buckets of exactly the target’s names, of this account and region: those that rs-teardown kept, or that were made ' +
      'by hand. Shows and counts them, asks (in prod env/org is typed), and imports them by a change set that may do ' +
      'nothing else. Where there is no stack the import makes one. The next rs-deploy gives them the template’s settings ' +
      'and creates those that are missing.',
    example: 'make rs-adopt-buckets ENV=stage ORG=myorg',
    acts: 'target',
    variables: ['LOCK_WAIT', 'YES'],
    run: adopt,
  },
]

async function adopt(context: TargetContext): Promise<void> {
  const { adoptBuckets } = await import('../flows/buckets/adopt-buckets.js')
  const { describeContents, sumContents } = await import('../core/contents.js')
  const { report, target, names, ports, started } = context
  const outcome = await adoptBuckets(context)
  const where = `ENV=${target.env} ORG=${target.org}`
  const seconds = ((ports.clock.now().getTime() - started.getTime()) / 1000).toFixed(1)
  const buckets = outcome.kind === 'adopted' ? outcome.buckets : []
  const contents = sumContents(buckets.map((bucket) => bucket.contents))
  const { missing } = outcome
  report.emit({
    type: 'summary',
    title: `${target.env}/${target.org} ─ ${outcome.kind === 'adopted' ? 'the stack holds its buckets' : 'no bucket exists outside the stack'} ─ ${seconds} s`,
    rows: [
      { label: 'Stack', text: names.stack },
      ...buckets.map(({ name, contents: held }, i) => ({
        label: i === 0 ? 'Adopted' : '',
        text: `${name}  ${describeContents(held)}`,
      })),
      ...(missing.length === 0
        ? []
        : [{ label: 'Missing', text: `${missing.join(', ')}: made by the next rs-deploy` }]),
    ],
    next: [`make rs-deploy ${where}`],
    data: {
      outcome: outcome.kind,
      env: target.env,
      org: target.org,
      stack: names.stack,
      buckets: buckets.map(({ name, logicalId, contents: held }) => ({ name, logicalId, contents: held })),
      contents,
      missing,
    },
  })
}
