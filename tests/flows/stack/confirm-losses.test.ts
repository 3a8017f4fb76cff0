import { describe, expect, it } from '@jest/globals'
import { type Loss, confirmLosses } from '../../../scripts/flows/stack/judge-changes.js'
import { fakeContext } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'

describe('a loss that is allowed', () => {
  const loss = {
    id: 'Data',
    type: 'AWS::S3::Bucket',
    physicalId: 'it',
    fate: 'removed',
    holds: '1 object',
    allowed: true,
  }
  const asked = async (
    env: 'dev' | 'prod',
    answer: string,
    losses: Loss[] = [loss],
    unprotected: string[] = [],
  ): Promise<void> =>
    confirmLosses(
      { losses, unprotected },
      fakeContext({
        target: { env, org: 'myorg' },
        inputs: { YES: 'true' },
        ports: () => ({ prompts: { interactive: true, ask: async () => answer, askHidden: async () => '' } }),
      }),
    )

  it('is typed in prod, whatever YES says, and only there', async () => {
    expect((await rejectedBy(asked('prod', 'yes'))).code).toBe('Declined')
    await asked('prod', 'prod/myorg')
    await asked('dev', 'nothing')
    await asked('prod', 'nothing', [])
  })

  it('is typed once where the stack before went for it', async () => {
    const ports = (): object => ({ prompts: { interactive: false } })
    const context = fakeContext({ target: { env: 'prod', org: 'myorg' }, ports })
    const typed = { losses: ['Data'], opening: false }
    await confirmLosses({ losses: [loss], unprotected: ['Data'] }, { ...context, typed })
    const other = confirmLosses({ losses: [loss], unprotected: ['Notes'] }, { ...context, typed })
    expect((await rejectedBy(other)).message).toContain('keeping the data of Notes no longer asks')
  })

  it('is typed in prod as well where only the policy goes that keeps it', async () => {
    expect((await rejectedBy(asked('prod', 'yes', [], ['Data']))).message).toContain('"yes" is not prod/myorg')
    await asked('prod', 'prod/myorg', [], ['Data'])
  })
})
