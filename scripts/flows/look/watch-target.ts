import { describeChoice, works } from '../../core/least-work.js'
import { nameFiles, sortSaved, templateFile, watchedPlaces } from '../../core/saved-files.js'
import { type Template, parseTemplate } from '../../core/template.js'
import { DeployError } from '../../errors.js'
import type { Watching } from '../../ports.js'
import { type ChosenWork, chooseWork } from '../deploy/choose-work.js'
import type { TargetContext } from '../context.js'
import { type SaveReleaser, releasesSaves } from '../develop/release-saves.js'
import { type Saves, collectSaves } from '../develop/saves.js'
import { logsOf, printLogs } from '../develop/watch-log.js'

export interface WatchOptions {
  /** Whether what needs CloudFormation is deployed as well. */
  auto: boolean
  /** Brings live what the choice says. */
  up: (chosen: ChosenWork, context: TargetContext) => Promise<void>
}

const logOptions = { filter: undefined, follow: true }

/**
 * Brings every save live, with the functions' log between, until it is stopped; that is how it ends well. No lock is held
 * between two saves.
 */
export async function watchTarget(options: WatchOptions, context: TargetContext): Promise<void> {
  if (context.target.env === 'prod') {
    throw new DeployError('Refused', 'rs-watch is not for prod: what is saved there would be live', {
      hint: `make rs-up ENV=prod ORG=${context.target.org}`,
    })
  }
  const failed = new AbortController()
  const saves = collectSaves(context.ports.clock, AbortSignal.any([context.signal, failed.signal]))
  let watching: Watching | undefined
  let releaser: SaveReleaser | undefined
  try {
    for (;;) {
      const template = parseTemplate((await context.ports.files.readText(templateFile)) ?? '', templateFile)
      // From before anything is deployed, and without a gap: what is saved meanwhile goes live next.
      const next = await context.ports.watcher.watch(watchedPlaces(template), saves.add)
      await watching?.close()
      watching = next
      releaser ??= await catchUp(options, context)
      const ended = await watchOnce({ template, saves, failed, releaser }, options, context)
      // A deployed template may have brought other folders and functions.
      if (ended === 'stopped') return
    }
  } finally {
    await watching?.close()
  }
}

/** What was changed before the watch began is brought live first, as far as that needs no CloudFormation. */
async function catchUp(options: WatchOptions, context: TargetContext): Promise<SaveReleaser> {
  const chosen = await chooseWork(context)
  const releaser = releasesSaves(chosen.since?.files ?? {}, context)
  const { command } = works[chosen.work]
  if (command === undefined) return releaser
  const small = chosen.work === 'code' || chosen.work === 'config'
  if (small || options.auto) {
    await releaser.deploy(() => options.up(chosen, context))
    return releaser
  }
  const { env, org } = context.target
  const hint = `make ${command} ENV=${env} ORG=${org}`
  if (chosen.stack === undefined) {
    throw new DeployError('NotDeployed', `${env}/${org} is not deployed`, { hint: `${hint}; or AUTO=true` })
  }
  context.report.emit({ type: 'warning', text: `behind the checkout: ${describeChoice(chosen)}`, hint })
  return releaser
}

interface Round {
  template: Template
  saves: Saves
  /** Ends the wait for the next save. */
  failed: AbortController
  releaser: SaveReleaser
}

async function watchOnce(
  { template, saves, failed, releaser }: Round,
  options: WatchOptions,
  context: TargetContext,
): Promise<'stopped' | 'deployed'> {
  const { ports, report, signal } = context
  const ended = new AbortController()
  report.emit({ type: 'note', text: `watching ${watchedPlaces(template).join(', ')}; Ctrl-C ends it` })
  const stop = AbortSignal.any([signal, ended.signal])
  const logs = printLogs(await logsOf(context), ports.clock.now(), logOptions, { ...context, signal: stop })
  // A log that cannot be read any more ends the watch.
  logs.catch((error: unknown) => {
    if (!stop.aborted) failed.abort(error)
  })
  try {
    for (;;) {
      const files = await saves.take().catch((error: unknown) => {
        if (signal.aborted) return undefined
        throw error
      })
      if (files === undefined) return 'stopped'
      const saved = sortSaved(files, template, context.target)
      const whole = options.auto && saved.stack.length > 0
      if (!whole) await releaser.release(saved)
      if (saved.stack.length > 0 && (await bringStack(saved.stack, releaser, options, context))) return 'deployed'
    }
  } finally {
    ended.abort(new Error('the watch ended'))
    await logs.catch(() => undefined)
  }
}

/** Deploys what needs CloudFormation, with all else that was saved, or says what would. Returns whether it was deployed. */
async function bringStack(
  files: readonly string[],
  releaser: SaveReleaser,
  { auto, up }: WatchOptions,
  context: TargetContext,
): Promise<boolean> {
  const { env, org } = context.target
  if (auto) return releaser.deploy(async () => up(await chooseWork(context), context))
  context.report.emit({
    type: 'warning',
    text: `${nameFiles(files)} goes through CloudFormation`,
    hint: `make rs-up ENV=${env} ORG=${org} in another terminal, or AUTO=true`,
  })
  return false
}
