import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation'
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Project, makeProject, shown } from './support/project.js'

const target = ['ENV=dev', 'ORG=planned', 'CLOUD=local']
const stack = 'rawscribe-dev-planned'

describe('a plan where nothing is deployed', () => {
  let project: Project
  let stacks: CloudFormationClient
  let s3: S3Client

  beforeAll(async () => {
    project = await makeProject('plan')
    const endpoint = (await project.make(['local-start'])).stdout.trim()
    const client = { region: 'us-east-1', endpoint, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
    stacks = new CloudFormationClient(client)
    s3 = new S3Client({ ...client, forcePathStyle: true })
  }, 120_000)
  afterAll(async () => project.remove(), 60_000)

  const statusOfStack = async (): Promise<string> =>
    stacks.send(new DescribeStacksCommand({ StackName: stack })).then(
      ({ Stacks }) => Stacks?.[0]?.StackStatus ?? '',
      () => 'absent',
    )
  /** The change sets that wait for somebody; those that were executed stay listed. */
  const sets = async (): Promise<string[]> => {
    const { Summaries = [] } = await stacks.send(new ListChangeSetsCommand({ StackName: stack }))
    const waiting = Summaries.filter(({ ExecutionStatus }) => ExecutionStatus !== 'EXECUTE_COMPLETE')
    return waiting.map(({ ChangeSetName }) => ChangeSetName ?? '')
  }
  const locks = async (): Promise<string[]> => {
    const list = { Bucket: 'rawscribe-sam-deployments-000000000000', Prefix: 'locks/' }
    return ((await s3.send(new ListObjectsV2Command(list))).Contents ?? []).map(({ Key }) => Key ?? '')
  }
  const nothing = async (): Promise<void> => {
    expect([await statusOfStack(), await locks()]).toEqual(['absent', []])
  }

  it('shows what would be created and leaves neither stack nor lock', async () => {
    const result = await project.make(['rs-plan', ...target])
    expect(shown(result)).toContain('exit 0')
    expect(result.stdout).toContain('FormsBucket')
    await nothing()
  }, 120_000)

  it.each(['Build', 'Lock', 'Change set'])(
    'that is stopped by Ctrl-C in its step %s leaves nothing either',
    async (step) => {
      const result = await project.interrupted(['rs-plan', ...target, 'FORCE=true'], step)
      expect(result.exitCode).not.toBe(0)
      await nothing()
    },
    120_000,
  )

  it('started twice at once is two plans, one after the other', async () => {
    const both = await Promise.all([project.make(['rs-plan', ...target]), project.make(['rs-plan', ...target])])
    for (const one of both) expect(shown(one)).toContain('exit 0')
    expect(both.filter(({ stderr }) => stderr.includes('waiting for it'))).toHaveLength(1)
    expect(both.filter(({ stderr }) => stderr.includes('Check again'))).toHaveLength(1)
    await nothing()
  }, 180_000)

  it('leaves a change set of somebody else, and the shell that it stands on', async () => {
    await stacks.send(
      new CreateChangeSetCommand({
        StackName: stack,
        ChangeSetName: 'theirs',
        ChangeSetType: 'CREATE',
        TemplateBody: JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }),
      }),
    )
    const result = await project.make(['rs-plan', ...target])
    expect([await statusOfStack(), await sets(), await locks()]).toEqual(['REVIEW_IN_PROGRESS', ['theirs'], []])
    expect(shown(result)).toContain('exit 0')
    await stacks.send(new DeleteStackCommand({ StackName: stack }))
  }, 120_000)

  it('beside a first deployment waits for it, and finds nothing more to do', async () => {
    const deployment = await project.begun(
      ['rs-deploy', '--env', 'dev', '--org', 'planned', '--cloud', 'local'],
      '"title":"Change set"',
    )
    const plan = await project.make(['rs-plan', ...target, 'CHECK=true'])
    expect(shown(await deployment.ended)).toContain('exit 0')
    expect(shown(plan)).toContain('exit 0')
    expect(plan.stderr).toContain('nothing changed since the last release')
    // The protection of its user pool is an update of its own.
    expect([await statusOfStack(), await sets(), await locks()]).toEqual(['UPDATE_COMPLETE', [], []])
  }, 180_000)
})
