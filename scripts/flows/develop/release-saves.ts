import { type SavedFiles, nameFiles } from '../../core/saved-files.js'
import { readSyntaxProblems, syntaxCheck } from '../../core/syntax-check.js'
import { DeployError } from '../../errors.js'
import { type Report, type Step, makeReport } from '../../report/report.js'
import { readSources } from '../build/build-target.js'
import type { TargetContext } from '../context.js'
import { deployFunctions } from '../release/deploy-function.js'
import { updateConfig } from '../config/update-config.js'

/** Brings saves live, one step each. */
export interface SaveReleaser {
  /** What fails is told, and the next save tries again. */
  release(saved: SavedFiles): Promise<void>
}

/** Remembers what it brought live: what an editor only touched is no release. */
export function releasesSaves(context: TargetContext): SaveReleaser {
  let live: Readonly<Record<string, string>> = {}
  /** What was saved and did not go live goes with the next save, which must not bring a broken file along unseen. */
  let waiting: readonly string[] = []
  return {
    async release({ code, config }) {
      // The configuration first: a new version reads it as it starts.
      if (config.length > 0) await releaseConfig(config, context)
      if (code.length === 0) return
      const now = await filesNow(context)
      const saved = [...new Set([...code, ...waiting])]
      const changed = saved.filter((file) => now === undefined || now[file] !== live[file])
      const done = changed.length === 0 || (await releaseCode(changed, context))
      waiting = done ? [] : changed
      if (done && changed.length > 0) live = now ?? {}
    },
  }
}

/** Undefined where the template cannot be read: the release says why. */
async function filesNow(context: TargetContext): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    return (await readSources(context)).files
  } catch (error) {
    if (error instanceof DeployError) return undefined
    throw error
  }
}

function releaseConfig(files: readonly string[], context: TargetContext): Promise<boolean> {
  return told('Config', context, async (step, quiet) => {
    const changes = await updateConfig(quiet)
    const much = changes.length === 1 ? '1 value' : `${changes.length} values`
    if (changes.length === 0) return step.skip(`${nameFiles(files)}: the uploaded configuration is this one already`)
    step.say(`${nameFiles(files)}: ${much} uploaded; the backend takes it within half a minute`)
  })
}

function releaseCode(files: readonly string[], context: TargetContext): Promise<boolean> {
  return told('Release', context, async (step, quiet) => {
    await verifySyntax(files, context)
    const outcome = await deployFunctions(false, quiet)
    if (outcome.kind === 'unchanged') return step.skip(`${nameFiles(files)}: the live code is this code already`)
    const [first] = outcome.released
    const what = outcome.released.length === 1 ? `version ${first?.version}` : `${outcome.released.length} functions`
    step.say(`${nameFiles(files)}: ${what} live, release ${outcome.release}`)
  })
}

/**
 * Throws Usage with file and line of what the interpreter of the functions does not take for Python. On AWS that is
 * Lambda's, which is asked by the check before traffic.
 */
async function verifySyntax(
  files: readonly string[],
  { ports, cloud, projectFolder, childEnv }: TargetContext,
): Promise<void> {
  const python = files.filter((file) => file.endsWith('.py'))
  const present = await Promise.all(python.map(async (file) => ((await ports.files.exists(file)) ? [file] : [])))
  if (cloud.kind !== 'local' || present.flat().length === 0) return
  const { program } = await ports.toolchain.emulatorPython()
  const command = syntaxCheck({ python: program, folder: projectFolder, env: childEnv }, present.flat())
  const [first, ...more] = readSyntaxProblems((await ports.shell.run(command)).output)
  if (first === undefined) return
  throw new DeployError('Usage', `${first.file}:${first.line} ${first.problem}; nothing was deployed`, {
    facts: [
      ...(first.text === '' ? [] : [{ label: `${first.line}`, text: first.text }]),
      ...more.map(({ file, line, problem }) => ({ label: `${file}:${line}`, text: problem })),
    ],
    hint: 'correct and save it',
  })
}

/** One step for a whole command, whose own steps go to the log file. */
function told(
  title: string,
  context: TargetContext,
  work: (step: Step, quiet: TargetContext) => Promise<void>,
): Promise<boolean> {
  return survive(context, () =>
    context.report.step(title, (step) =>
      work(step, { ...context, report: quietReport(step, context), started: context.ports.clock.now() }),
    ),
  )
}

/** A failure is told and does not end the watch; only a stop and a lost connection do. Returns whether it went well. */
export async function survive({ report, signal }: TargetContext, work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (signal.aborted || !(error instanceof DeployError)) throw error
    report.emit({ type: 'failure', error, step: report.failedStep(), log: undefined })
    return false
  }
}

function quietReport(step: Step, { ports }: TargetContext): Report {
  return makeReport(
    [
      (event) => {
        if (event.type === 'step-progress') step.progress(event.text)
        if (event.type === 'step-ended') step.detail(`${event.title} ${event.text}`)
        if (event.type === 'warning') step.line('plain', event.text)
      },
    ],
    ports.clock,
  )
}
