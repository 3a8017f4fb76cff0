import { CognitoIdentityProviderClient, DeleteUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type BadStacks, badStacks, failingAfter } from './support/bad-stacks.js'
import { customResources } from './support/foreign-stacks.js'
import { type Project, type RunResult, jsonLine, makeProject, shown } from './support/project.js'

/** Every bad state that the local AWS gets into by itself, and the way out of it, each of an organization of its own. */
describe('stacks in bad states, with data in them', () => {
  let project: Project
  let stacks: BadStacks
  let endpoint: string

  beforeAll(async () => {
    project = await makeProject('bad states')
    endpoint = (await project.make(['local-start'])).stdout.trim()
    stacks = badStacks(endpoint)
  }, 120_000)
  afterAll(async () => project.remove(), 60_000)

  const stackOf = (org: string, env = 'dev'): string => `rawscribe-${env}-${org}`
  const formsOf = (org: string, env = 'dev'): string => `rawscribe-forms-${env}-${org}-000000000000`
  const bucketOf = (org: string, over: object = {}, env = 'dev'): Record<string, unknown> => ({
    FormsBucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: formsOf(org, env) }, ...over },
  })
  const run = (command: string, org: string, ...words: string[]): Promise<RunResult> =>
    project.make([command, 'ENV=dev', `ORG=${org}`, 'CLOUD=local', ...words])
  const deploys = async (org: string): Promise<void> => {
    expect(shown(await run('rs-deploy', org))).toContain('exit 0')
    expect(await stacks.status(stackOf(org))).toBe('UPDATE_COMPLETE')
  }

  it('DELETE_FAILED: names the bucket that blocks, with its count, and the commands that lead out work', async () => {
    await stacks.create(stackOf('half'), bucketOf('half'))
    await stacks.settled(stackOf('half'), 'CREATE_COMPLETE')
    await stacks.put(formsOf('half'), 12)
    await stacks.delete(stackOf('half'))
    await stacks.settled(stackOf('half'), 'DELETE_FAILED')
    const refused = await run('rs-deploy', 'half')
    expect(refused.stderr).toContain('StackState (exit 4)')
    expect(refused.stderr).toMatch(/FormsBucket +the bucket \S+ holds 12 objects/)
    expect(refused.stderr).toContain('make rs-nuke-buckets ENV=dev ORG=half')
    expect(refused.stderr).toContain('make rs-teardown ENV=dev ORG=half')
    const kept = await run('rs-teardown', 'half', 'YES=true')
    expect(kept.stderr).toContain('Refused (exit 3)')
    expect(kept.stderr).toContain('make rs-nuke-buckets ENV=dev ORG=half')
    expect(await stacks.held(formsOf('half'))).toBe(12)
    expect(shown(await run('rs-nuke-buckets', 'half', 'YES=true'))).toContain('12 objects')
    expect(await stacks.held(formsOf('half'))).toBeUndefined()
    expect(shown(await run('rs-teardown', 'half', 'YES=true'))).toContain('exit 0')
    expect(await stacks.status(stackOf('half'))).toBeUndefined()
    await deploys('half')
  }, 240_000)

  it('a take-down that fails: leaves a receipt with the resource, which rs-history and rs-why tell', async () => {
    await stacks.create(stackOf('late'), customResources('Delete'))
    await stacks.settled(stackOf('late'), 'CREATE_COMPLETE')
    const result = await run('rs-teardown', 'late', 'YES=true')
    expect(result.stderr).toContain('StackFailed (exit 5)')
    expect(await stacks.status(stackOf('late'))).toBe('DELETE_FAILED')
    const history = jsonLine(await run('rs-history', 'late', 'JSON=true'), 'result')
    expect(history['data']).toMatchObject([
      { command: 'rs-teardown', outcome: 'not-removed', cause: { logicalId: 'Made', type: 'Custom::Thing' } },
    ])
    expect((await run('rs-history', 'late')).stdout).toContain('Made, Custom::Thing: ')
    expect((await run('rs-why', 'late')).stdout).toContain('Made, Custom::Thing')
  }, 120_000)

  it.each([
    ['CREATE_FAILED', 'stays'],
    ['ROLLBACK_FAILED', 'rolls back'],
  ] as const)(
    '%s with data in it: is refused, keeps it, and is replaced once nothing is in it',
    async (state, failed) => {
      const org = state.toLowerCase().replace('_', '-')
      await stacks.create(stackOf(org), { ...bucketOf(org), ...failingAfter(4, 'FormsBucket') }, failed)
      await stacks.begun(stackOf(org), 'FormsBucket')
      await stacks.put(formsOf(org), 3)
      await stacks.settled(stackOf(org), state)
      for (const command of ['rs-deploy', 'rs-plan']) {
        const refused = await run(command, org)
        expect(refused.stderr).toContain('Refused (exit 3)')
        expect(refused.stderr).toMatch(/FormsBucket +AWS::S3::Bucket \S+ holds 3 objects/)
        expect(refused.stderr).toContain(`make rs-nuke-buckets ENV=dev ORG=${org}`)
        expect(refused.stderr).not.toContain('✓ Build')
      }
      expect([await stacks.status(stackOf(org)), await stacks.held(formsOf(org))]).toEqual([state, 3])
      expect(shown(await run('rs-nuke-buckets', org, 'YES=true'))).toContain('exit 0')
      await deploys(org)
    },
    240_000,
  )

  it('CREATE_FAILED in prod: what is empty is deleted only when that is confirmed, what holds data never', async () => {
    const inProd = (org: string, ...words: string[]): Promise<RunResult> =>
      project.make(['rs-deploy', 'ENV=prod', `ORG=${org}`, 'CLOUD=local', ...words])
    for (const org of ['empty', 'full']) {
      const resources = { ...bucketOf(org, {}, 'prod'), ...failingAfter(1, 'FormsBucket') }
      await stacks.create(stackOf(org, 'prod'), resources, 'stays')
      await stacks.settled(stackOf(org, 'prod'), 'CREATE_FAILED')
    }
    await stacks.put(formsOf('full', 'prod'), 1)
    const declined = await inProd('empty')
    expect(declined.stderr).toContain('deleting the failed stack rawscribe-prod-empty (CREATE_FAILED)')
    expect(declined.stderr).toContain('Declined (exit 3)')
    expect(await stacks.status(stackOf('empty', 'prod'))).toBe('CREATE_FAILED')
    const refused = await inProd('full', 'YES=true')
    expect(refused.stderr).toContain('Refused (exit 3)')
    expect(refused.stderr).not.toContain('rs-nuke')
    expect([await stacks.status(stackOf('full', 'prod')), await stacks.held(formsOf('full', 'prod'))]).toEqual([
      'CREATE_FAILED',
      1,
    ])
  }, 240_000)

  it('ROLLBACK_COMPLETE: a bucket that its template kept is never taken away, and said before anything is made', async () => {
    const resources = { ...bucketOf('kept', { DeletionPolicy: 'Retain' }), ...failingAfter(1, 'FormsBucket') }
    await stacks.create(stackOf('kept'), resources)
    await stacks.begun(stackOf('kept'), 'FormsBucket')
    await stacks.put(formsOf('kept'), 2)
    await stacks.settled(stackOf('kept'), 'ROLLBACK_COMPLETE')
    const refused = await run('rs-deploy', 'kept')
    expect(refused.stderr).toContain('Refused (exit 3)')
    expect(refused.stderr).toContain('make rs-adopt-buckets')
    expect(await stacks.held(formsOf('kept'))).toBe(2)
  }, 120_000)

  it('UPDATE_FAILED: is refused, and rs-continue-rollback brings back what was', async () => {
    const org = 'half-updated'
    await stacks.create(stackOf(org), bucketOf(org))
    await stacks.settled(stackOf(org), 'CREATE_COMPLETE')
    await stacks.put(formsOf(org), 2)
    const arn = await stacks.arn(stackOf(org))
    await stacks.update(stackOf(org), { ...bucketOf(org), ...failingAfter(1) }, 'stays')
    await stacks.settled(stackOf(org), 'UPDATE_FAILED')
    const refused = await run('rs-deploy', org)
    expect(refused.stderr).toContain('StackState (exit 4)')
    expect(refused.stderr).toContain(`make rs-continue-rollback ENV=dev ORG=${org}`)
    const skipping = await run('rs-continue-rollback', org, 'SKIP=Fails', 'YES=true')
    expect(skipping.stderr).toContain('Usage (exit 2)')
    const ended = await run('rs-continue-rollback', org, 'YES=true', 'JSON=true')
    expect(jsonLine(ended, 'summary')).toMatchObject({ outcome: 'rolled-back', skipped: [] })
    expect([await stacks.arn(stackOf(org)), await stacks.held(formsOf(org))]).toEqual([arn, 2])
    expect((await run('check-rs-stack-status', org)).stdout.trim()).toMatch(/^UPDATE_ROLLBACK_COMPLETE$/)
  }, 120_000)

  it('UPDATE_ROLLBACK_FAILED: in prod YES=true neither continues it nor takes it down, and what is in it stays', async () => {
    const name = stackOf('stuck', 'prod')
    const kept = bucketOf('stuck', { DeletionPolicy: 'Retain' }, 'prod')
    const pool = (MinimumLength: number): Record<string, unknown> => ({
      Pool: {
        Type: 'AWS::Cognito::UserPool',
        Properties: { UserPoolName: 'stuck', Policies: { PasswordPolicy: { MinimumLength } } },
      },
    })
    await stacks.create(name, { ...kept, ...pool(8) })
    await stacks.settled(name, 'CREATE_COMPLETE')
    await stacks.put(formsOf('stuck', 'prod'), 2)
    const UserPoolId = await stacks.begun(name, 'Pool')
    await stacks.update(name, { ...kept, ...pool(9), ...failingAfter(2, 'Pool') })
    await stacks.begun(name, 'Handle')
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
    const cognito = new CognitoIdentityProviderClient({ region: 'us-east-1', endpoint, credentials })
    await cognito.send(new DeleteUserPoolCommand({ UserPoolId }))
    await stacks.settled(name, 'UPDATE_ROLLBACK_FAILED')
    const prod = ['ENV=prod', 'ORG=stuck', 'CLOUD=local', 'YES=true']
    const declined = await project.make(['rs-continue-rollback', ...prod, 'SKIP=Pool'])
    expect(declined.stderr).toContain('Declined (exit 3)')
    expect(declined.stderr).toContain('past Pool')
    expect((await project.make(['rs-teardown', ...prod])).stderr).toContain('Declined (exit 3)')
    expect([await stacks.status(name), await stacks.held(formsOf('stuck', 'prod'))]).toEqual([
      'UPDATE_ROLLBACK_FAILED',
      2,
    ])
  }, 120_000)

  it('REVIEW_IN_PROGRESS: is no stack to code, keeps somebody’s change set through a plan, and is deployed', async () => {
    const name = stackOf('review')
    await stacks.review(name, { Topic: { Type: 'AWS::SNS::Topic' } })
    expect(await stacks.status(name)).toBe('REVIEW_IN_PROGRESS')
    expect((await run('rs-deploy-function', 'review')).stderr).toContain('NotDeployed (exit 4)')
    expect(shown(await run('rs-plan', 'review'))).toContain('exit 0')
    expect([await stacks.status(name), await stacks.changeSets(name)]).toEqual(['REVIEW_IN_PROGRESS', ['theirs']])
    const arn = await stacks.arn(name)
    await deploys('review')
    expect(await stacks.arn(name)).toBe(arn)
  }, 240_000)
})
