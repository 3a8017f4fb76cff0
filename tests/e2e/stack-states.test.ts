import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CognitoIdentityProviderClient, DeleteUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import { SSMClient, PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { badStacks, failingAfter } from './support/bad-stacks.js'
import { type Project, jsonLine, makeProject, shown } from './support/project.js'

const target = ['ENV=dev', 'ORG=states', 'CLOUD=local']
const stackName = 'rawscribe-dev-states'
const taken = '/taken/already'

/** A resource that cannot be created: its name exists. */
const failing = {
  Resources: { Fails: { Type: 'AWS::SSM::Parameter', Properties: { Name: taken, Type: 'String', Value: 'x' } } },
}

describe('stacks that a deployment finds or leaves in a bad state', () => {
  let project: Project
  let client: { region: string; endpoint: string; credentials: { accessKeyId: string; secretAccessKey: string } }

  beforeAll(async () => {
    project = await makeProject('states')
    const started = await project.make(['local-start'])
    client = {
      region: 'us-east-1',
      endpoint: started.stdout.trim(),
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    }
    await new SSMClient(client).send(new PutParameterCommand({ Name: taken, Value: 'x', Type: 'String' }))
  }, 120_000)
  afterAll(async () => project.remove(), 60_000)

  const status = async (): Promise<string | undefined> => {
    const { Stacks } = await new CloudFormationClient(client).send(new DescribeStacksCommand({ StackName: stackName }))
    return Stacks?.[0]?.StackStatus
  }

  it('asks for a build where rs-deploy-only finds none', async () => {
    const result = await project.make(['rs-deploy-only', ...target])
    expect(result.stderr).toContain('NotBuilt (exit 4)')
    expect(result.stderr).toContain('make rs-deploy ENV=dev ORG=states')
  }, 60_000)

  it('refuses a stack whose rollback failed, names what failed, and ends the rollback on request', async () => {
    const name = 'rawscribe-dev-stuck'
    const stuck = ['ENV=dev', 'ORG=stuck', 'CLOUD=local']
    const stacks = badStacks(client.endpoint)
    const pool = (MinimumLength: number): unknown => ({
      Type: 'AWS::Cognito::UserPool',
      Properties: { UserPoolName: 'stuck', Policies: { PasswordPolicy: { MinimumLength } } },
    })
    await stacks.create(name, { Pool: pool(8) })
    await stacks.settled(name, 'CREATE_COMPLETE')
    const UserPoolId = await stacks.begun(name, 'Pool')
    await stacks.update(name, { Pool: pool(9), ...failingAfter(2, 'Pool', 'Handle') })
    await stacks.begun(name, 'Handle')
    // What would be put back as it was is gone.
    await new CognitoIdentityProviderClient(client).send(new DeleteUserPoolCommand({ UserPoolId }))
    await stacks.settled(name, 'UPDATE_ROLLBACK_FAILED')
    const refused = await project.make(['rs-deploy', ...stuck])
    expect(refused.stderr).toContain('StackState (exit 4)')
    expect(refused.stderr).toMatch(/Pool +AWS::Cognito::UserPool: /)
    expect(refused.stderr).toContain('make rs-continue-rollback ENV=dev ORG=stuck')
    expect((await project.make(['check-rs', ...stuck])).stdout).toContain('Next: make rs-continue-rollback')
    const typo = await project.make(['rs-continue-rollback', ...stuck, 'SKIP=Pol', 'YES=true'])
    expect(typo.stderr).toContain('SKIP takes of these: Pool')
    const again = await project.make(['rs-continue-rollback', ...stuck, 'YES=true'])
    expect(again.stderr).toContain('StackFailed (exit 5)')
    const skipped = await project.make(['rs-continue-rollback', ...stuck, 'SKIP=Pool', 'YES=true', 'JSON=true'])
    expect(jsonLine(skipped, 'summary')).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE', skipped: ['Pool'] })
    await stacks.delete(name)
  }, 120_000)

  it('deletes the remains of a failed creation, says so in four lines, and deploys', async () => {
    const cloudFormation = new CloudFormationClient(client)
    await cloudFormation.send(new CreateStackCommand({ StackName: stackName, TemplateBody: JSON.stringify(failing) }))
    while ((await status()) !== 'ROLLBACK_COMPLETE') await new Promise((resolve) => setTimeout(resolve, 50))
    const result = await project.make(['rs-deploy', ...target])
    expect(shown(result)).toContain('exit 0')
    const lines = [
      'is in ROLLBACK_COMPLETE state',
      'Deleting failed stack before redeploying',
      'Waiting for stack deletion',
      'Failed stack deleted successfully',
    ]
    const places = lines.map((line) => result.stderr.indexOf(line))
    expect(places.every((place, i) => place > (places[i - 1] ?? -1))).toBe(true)
    expect(await status()).toBe('UPDATE_COMPLETE')
  }, 180_000)

  it('ends a failed update with its cause, its template line and what to do, and the stack as it was', async () => {
    const whole = await project.read('template.yaml')
    // A name of this target that is taken already: the isolation proof has nothing against it, CloudFormation has.
    const name = '!Sub /aws/lambda/rawscribe-${Environment}-${Organization}-backend'
    const added = `\n  Fails:\n    Type: AWS::Logs::LogGroup\n    Properties:\n      LogGroupName: ${name}\n`
    await writeFile(path.join(project.folder, 'template.yaml'), whole.replace('\nOutputs:', `${added}\nOutputs:`))
    const line = (await project.read('template.yaml')).split('\n').indexOf('  Fails:') + 1
    const result = await project.make(['rs-deploy', ...target])
    expect(result.exitCode).toBe(2)
    expect(result.stderr).toContain('StackFailed (exit 5)')
    expect(result.stderr).toContain('rolled back: the stack is as it was')
    expect(result.stderr).toContain(`Fails, AWS::Logs::LogGroup, template.yaml:${line}`)
    expect(await status()).toBe('UPDATE_ROLLBACK_COMPLETE')
    await writeFile(path.join(project.folder, 'template.yaml'), whole)
    const again = await project.make(['rs-deploy', ...target, 'JSON=true'])
    expect(jsonLine(again, 'summary')).toMatchObject({ outcome: 'deployed' })
  }, 240_000)

  it('stops at Ctrl-C with a word about what goes on, and the same command finishes', async () => {
    const result = await project.interrupted(['rs-deploy', ...target, 'FORCE=true'], 'Build')
    expect(jsonLine(result, 'failure')).toMatchObject({ code: 'Interrupted', exitCode: 3, step: 'Build' })
    const again = await project.make(['rs-deploy', ...target])
    expect(shown(again)).toContain('exit 0')
  }, 180_000)
})
