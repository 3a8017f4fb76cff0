import { describe, expect, it } from '@jest/globals'
import { DeployError } from '../../../scripts/errors.js'
import { explainFailedSet } from '../../../scripts/flows/stack/explain-failed-set.js'
import type { ChangeSet, Stacks } from '../../../scripts/ports.js'
import { fakeContext } from '../../support/fake-context.js'
import { wordsOf } from '../../support/failures.js'
import { fakePort, memoryFiles } from '../../support/fake-ports.js'
import { eventOf } from '../../support/scripted-stacks.js'

const ofSam = new DeployError('ToolFailed', 'sam deploy failed: Failed to create changeset')
const hook =
  'The following hook(s)/validation failed: [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early ' +
  'Validation errors, use the DescribeEvents API for detailed failure information.'
const set = (over: Partial<ChangeSet>): ChangeSet =>
  ({ arn: 'new', stackArn: 's', status: 'FAILED', statusReason: hook, changes: [], ...over }) as ChangeSet
const files = { 'template.yaml': 'Resources:\n  Forms:\n    Type: AWS::S3::Bucket\n' }
const found = eventOf(
  'Forms',
  'CREATE_FAILED',
  "Resource of type 'AWS::S3::Bucket' with identifier 'f' already exists.",
  {
    type: 'AWS::S3::Bucket',
  },
)

async function explained(stacks: Partial<Stacks>, before: string[] = ['old']): Promise<unknown> {
  const all = { changeSetArns: async () => ['old', 'new'], changeSet: async () => set({}), ...stacks }
  const context = fakeContext({
    ports: (calls) => ({ stacks: fakePort<Stacks>('stacks', all, calls), files: memoryFiles(files, calls) }),
  })
  return explainFailedSet(ofSam, new Set(before), context)
}

describe('a change set that could not be made', () => {
  it('ends with what CloudFormation has against it, its line, and what to do', async () => {
    const error = (await explained({ changeSetErrors: async () => [found] })) as DeployError
    expect([error.code, error.exitCode, error.cause]).toEqual(['StackFailed', 5, ofSam])
    expect(wordsOf(error)).toContain("Forms AWS::S3::Bucket, template.yaml:2: Resource of type 'AWS::S3::Bucket' with")
    expect(error.hint).toContain('CREATE_BUCKETS=false')
  })

  it('says what the set says where the events cannot be read', async () => {
    const denied = async (): Promise<never> => Promise.reject(new Error('denied'))
    const error = (await explained({ changeSetErrors: denied })) as DeployError
    expect(error.message).toContain('ResourceExistenceCheck')
  })

  it('is what sam said where there is no such set, or none can be read', async () => {
    const empty = set({ statusReason: "The submitted information didn't contain changes." })
    expect(await explained({}, ['old', 'new'])).toBe(ofSam)
    expect(await explained({ changeSet: async () => set({ status: 'CREATE_COMPLETE' }) })).toBe(ofSam)
    expect(await explained({ changeSet: async () => empty })).toBe(ofSam)
    expect(await explained({ changeSetArns: async () => Promise.reject(new Error('denied')) })).toBe(ofSam)
  })
})
