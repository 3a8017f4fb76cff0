import { describe, expect, it } from '@jest/globals'
import { planText } from '../../scripts/commands/plan-text.js'
import { doChosen } from '../../scripts/commands/up.js'
import type { Work } from '../../scripts/core/least-work.js'
import type { TargetContext } from '../../scripts/flows/context.js'
import { chooseFor } from '../../scripts/flows/deploy/choose-work.js'
import type { DeploymentFacts } from '../../scripts/flows/deploy/deployment-facts.js'
import type { Plan } from '../../scripts/flows/deploy/plan-deployment.js'
import { fakeContext, fakeStack } from '../support/fake-context.js'
import { rejectedBy } from '../support/failures.js'
import { receipt, stored } from '../support/fake-ledger.js'
import { type Shifting, killed, old, shares, serving, world } from '../support/fake-shift.js'

const chosen = (work: Work, because = ['why']) => ({
  ...{ work, because, stack: undefined, since: undefined, shift: undefined },
})

describe('doing the least work', () => {
  async function doneBy(work: Work): Promise<TargetContext | undefined> {
    let seen: TargetContext | undefined
    const way = async (context: TargetContext): Promise<void> => void (seen = context)
    const ways = { config: way, code: way, 'deploy-only': way, deploy: way }
    await doChosen(chosen(work), fakeContext({ inputs: { STRATEGY: 'AllAtOnce' } }), ways)
    return seen
  }

  it('takes the code of the build that it chose, also where newer code was released past it', async () => {
    expect(await doneBy('deploy-only')).toMatchObject({
      command: 'rs-deploy-only',
      inputs: { STRATEGY: 'AllAtOnce', CODE: 'build' },
    })
    expect((await doneBy('code'))?.inputs).toEqual({ STRATEGY: 'AllAtOnce' })
  })

  it('is refused where only a shift is to be ended', async () => {
    const error = await rejectedBy(doChosen(chosen('end-shift', ['a shift is half way']), fakeContext()))
    expect(error).toMatchObject({ code: 'StackState', message: 'nothing else is to do, but a shift is half way' })
    expect(error.hint).toBe('make rs-shift-abort ENV=dev ORG=myorg (or finish it), then the same command again')
  })
})

describe('choosing the least work', () => {
  const live = { ...receipt, functions: { F: { name: 'f', alias: 'live', version: '7', codeSha256: 'c' } } }
  const stack = fakeStack({ changedAt: 'then' })
  const facts = {
    ...{ stack, inputs: live.inputs, sources: { whole: {}, files: {} }, config: { text: '{}' } },
  } as unknown as DeploymentFacts
  const objects = {
    ...stored(1, { functions: live.functions }),
    'rawscribe-lambda-dev-myorg-123456789012/config.json': '{}',
  }
  const choose = (context: Shifting) => chooseFor(facts, context)

  it('is nothing where all is as the last release left it', async () => {
    expect(await choose(world({ objects }))).toMatchObject({ work: 'nothing', shift: undefined })
  })

  it('sees a shift that was left half way, and names what ends it', async () => {
    const context = await killed({ objects })
    const found = await choose(context)
    expect(found).toMatchObject({ work: 'end-shift', shift: { percent: 10 } })
    expect(found.because.join()).toMatch(/make rs-shift-finish ENV=dev ORG=myorg or make rs-shift-abort ENV=dev/)
    expect(shares(context)).toBe(0)
    const plan = { reasons: [], least: found, verdict: { refusal: undefined } } as unknown as Plan
    expect(planText(plan, 'dev/myorg')).toMatch(/^dev\/myorg: nothing would change\n[^]*make rs-shift-abort ENV=dev/)
  })

  it('passes a journal over whose shift has ended', async () => {
    const context = await killed({ objects })
    for (const name of ['f', 'g']) context.aliases[name] = { version: '7', revisionId: 'x', weights: {} }
    expect(serving(context)).toEqual(old)
    expect(await choose(context)).toMatchObject({ work: 'nothing' })
  })
})
