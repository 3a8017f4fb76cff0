import { type SavedFiles, nameFiles } from '../../core/saved-files.js'
import { readSyntaxProblems, syntaxCheck } from '../../core/syntax-check.js'
import { DeployError } from '../../errors.js'
import { type Report, type Step, makeReport } from '../../report/report.js'
import { readSources } from '../build/build-target.js'
import type { TargetContext } from '../context.js'
import { deployFunctions } from '../release/deploy-function.js'
import { updateConfig } from '../config/update-config.js'

type Files = Readonly<Record<string, string>>

/** Brings saves live, one step each. What fails is told, and the next save tries again. */
export interface SaveReleaser {
  release(saved: SavedFiles): Promise<void>
  /** Brings all that was saved live by a command of its own. Returns whether it went well. */
  deploy(up: () => Promise<void>): Promise<boolean>
}

/**
 * Remembers what it brought live: what an editor only touched is no release. No broken file goes live, also not along with
 * a good one: `released`, the files of the live release by hash, are all that is taken for sound unseen.
 */
export function releasesSaves(released: Files, context: TargetContext): SaveReleaser {
  let live: Files = {}
  let sound = released
  /** What was saved and did not go live goes with the next save. */
  let waiting: readonly string[] = []
  const verify = async (now: Files): Promise<void> => {
    const unseen = Object.keys(now).filter((file) => now[file] !== sound[file])
    await verifySyntax(unseen, context)
    sound = now
  }
  return {
    async release({ code, config }) {
      // The configuration first: a new version reads it as it starts.
      if (config.length > 0) await releaseConfig(config, context)
      if (code.length === 0) return
      const now = await filesNow(context)
      const saved = [...new Set([...code, ...waiting])]
      const changed = saved.filter((file) => now === undefined || now[file] !== live[file])
      // Of a template that cannot be read, the release says why.
      const check = (): Promise<void> => (now === undefined ? Promise.resolve() : verify(now))
      const done = changed.length === 0 || (await releaseCode(changed, check, context))
      waiting = done ? [] : changed
      if (done && changed.length > 0) live = now ?? {}
    },
    async deploy(up) {
      const now = await filesNow(context)
      const done = await survive(context, async () => {
        await context.report.step('Syntax', async (step) => {
          if (context.cloud.kind === 'aws') step.skip('Lambda looks at it, before traffic')
          else if (now !== undefined) await verify(now)
        })
        await up()
      })
      if (done) [live, waiting] = [now ?? {}, []]
      return done
    },
  }
}

/** Undefined where the template cannot be read: the release says why. */
async function filesNow(context: TargetContext): Promise<Files | undefined> {
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

function releaseCode(files: readonly string[], check: () => Promise<void>, context: TargetContext): Promise<boolean> {
  return told('Release', context, async (step, quiet) => {
    await check()
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
async function survive({ report, signal }: TargetContext, work: () => Promise<void>): Promise<boolean> {
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
