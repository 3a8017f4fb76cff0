import { canonicalJson } from '../../core/hash.js'
import { type ChangesSince, type Choice, describeChoice, leastWork } from '../../core/least-work.js'
import { changedDependencies } from '../../core/packaging.js'
import { type Receipt, releasedFunctions } from '../../core/receipt.js'
import { endingsOf } from '../../core/shift-endings.js'
import { type Shift, describeShift } from '../../core/shift.js'
import { situationOf } from '../../core/stack-state.js'
import type { Stack } from '../../ports.js'
import { readBuildRecord } from '../build/build-record.js'
import type { TargetContext } from '../context.js'
import { type DeploymentFacts, gatherFacts } from './deployment-facts.js'
import { readLive } from '../ledger/ledger.js'
import { isOpen } from '../shift/heed-shift.js'
import { readShift } from '../shift/shift-journal.js'
import { verifyDeployable } from '../stack/settle-stack.js'
import { versionsServing } from '../release/serving.js'
import { readStoredConfig } from '../config/target-config.js'
import { withoutAdmin } from '../ledger/why-changed.js'

export interface ChosenWork extends Choice {
  stack: Stack | undefined
  /** The release that everything was held against. */
  since: Receipt | undefined
  /** One that is half way, whether its run lives or not. */
  shift: Shift | undefined
}

/** Reads what changed since the last release and says what is to be done about it. Writes nothing. */
export async function chooseWork(given: TargetContext): Promise<ChosenWork> {
  const context = withoutAdmin(given)
  return context.report.step('Check', async (step) => {
    const looking = gatherFacts(context, false)
    // A stack that cannot be deployed is the first thing to say, whatever else is wrong.
    looking.catch(() => undefined)
    await verifyDeployable(context)
    const chosen = await chooseFor(await looking, context)
    step.say(describeChoice(chosen))
    return chosen
  })
}

/** The choice for what was gathered already. */
export async function chooseFor(facts: DeploymentFacts, context: TargetContext): Promise<ChosenWork> {
  const { stack, config, inputs } = facts
  const [since, shift, uploaded, build] = await Promise.all([
    readLive(context),
    halfWayShift(context),
    readStoredConfig(context),
    readBuildRecord(context),
  ])
  const choice = leastWork({
    stands: stack !== undefined && situationOf(stack.status) === 'healthy',
    since: since && stack && (await changesSince(since, stack, facts, context)),
    shift: shift && endsOf(shift, context),
    config: context.names.bucketKeys.includes('lambda') && uploaded?.text !== config.text,
    built: build?.template === inputs.template && build.code === inputs.code && build.place === inputs.place,
  })
  return { ...choice, stack, since, shift }
}

async function halfWayShift(context: TargetContext): Promise<Shift | undefined> {
  const found = await readShift(context)
  return found !== undefined && (await isOpen(found.shift, context)) ? found.shift : undefined
}

function endsOf(shift: Shift, context: TargetContext): string {
  const { finish, abort } = endingsOf(context.target)
  return `a shift is half way, ${describeShift(shift)}: ${finish} or ${abort} ends it`
}

async function changesSince(
  since: Receipt,
  stack: Stack,
  { inputs, sources }: DeploymentFacts,
  context: TargetContext,
): Promise<ChangesSince> {
  const functions = releasedFunctions(since)
  const serving = await versionsServing(functions, context)
  const { inputs: was, files } = since
  return {
    template: was.template !== inputs.template,
    parameters: canonicalJson(was.parameters) !== canonicalJson(inputs.parameters),
    place: was.place !== inputs.place,
    tool: was.tool !== inputs.tool,
    code: was.code !== inputs.code,
    dependencies: files && changedDependencies(sources.whole, files, sources.files).length > 0,
    stack: since.stack.arn !== stack.arn || since.stack.changedAt !== stack.changedAt,
    version: functions.some(({ name, version }) => serving[name] !== version),
  }
}
