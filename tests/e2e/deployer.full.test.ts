import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { appendFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { launchAws } from '../support/launch-aws.js'
import {
  type NamesTried,
  account,
  answerTo,
  attempts,
  escalations,
  makeBucket,
  makeRoles,
  root,
  sessionOf,
} from './support/deployer.js'
import { type Project, jsonLine, makeProject, shown } from './support/project.js'

const password = 'Correct-Horse-1!'
const denied = /^AccessDenied/
/** Other projects of the account; the name of one begins with ours. */
const strangers = ['other', 'rawscribe2'] as const
const refusal = /AccessDenied|not authorized/

const names = (env: string, prefix = 'rawscribe'): NamesTried => ({
  stack: `${prefix}-${env}-acme`,
  bucket: `${prefix}-eln-drafts-${env}-acme-${account}`,
  function: `${prefix}-${env}-acme-backend`,
  role: `${prefix}-${env}-acme-lambda-role`,
  pool: '',
})

/** The local AWS here asks for rights: whoever deploys has those of infra/policies/deployer.yaml for dev, and no others. */
describe('who has nothing but the deployer’s policy', () => {
  let project: Project
  let endpoint: string
  let session: typeof root
  const pools: Record<string, string> = {}

  const make = async (env: string, command: string, words: string[] = [], given: object = {}): Promise<string> => {
    const result = await project.make([command, `ENV=${env}`, 'ORG=acme', 'JSON=true', ...words], {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: root.accessKeyId,
      AWS_SECRET_ACCESS_KEY: root.secretAccessKey,
      AWS_REGION: 'us-east-1',
      ...given,
    })
    expect(shown(result)).toContain('exit 0')
    expect(shown(result)).not.toMatch(refusal)
    if (command === 'rs-deploy') pools[env] = String(jsonLine(result, 'summary')['userPoolId'])
    return result.stdout
  }
  const succeeds = (command: string, words: string[] = [], given: object = {}): Promise<string> =>
    make('dev', command, words, given)

  beforeAll(async () => {
    project = await makeProject('deployer')
    ;({ endpoint } = await launchAws(project.folder, ['--auth']))
    const { DeployerRole = '', CloudFormationRole } = await makeRoles(endpoint, 'dev')
    const dev = { account, role: DeployerRole, cloudFormationRole: CloudFormationRole }
    await writeFile(path.join(project.folder, 'infra/environments.json'), JSON.stringify({ dev }))
    // By somebody who may do everything: what is there of another environment.
    await make('test', 'rs-deploy')
    session = await sessionOf(endpoint, DeployerRole)
    // S3 says that a bucket is missing before it says who may not.
    for (const prefix of strangers) await makeBucket(endpoint, names('dev', prefix).bucket)
  }, 240_000)
  afterAll(async () => project.remove(), 60_000)

  it('plans a first deployment, and leaves nothing of it', async () => {
    await succeeds('rs-plan')
    expect(await succeeds('check-rs-stack-status')).toContain('NO_STACK')
  }, 180_000)

  it('deploys, with an administrator, and looks at it', async () => {
    const admin = { ADMIN_USERNAME: 'admin@acme.org', ADMIN_PASSWORD: password }
    await succeeds('rs-deploy', [], admin)
    await succeeds('check-rs')
  }, 240_000)

  it('releases code and takes it back', async () => {
    await appendFile(path.join(project.folder, 'backend/rawscribe/main.py'), '\n# changed\n')
    await succeeds('rs-deploy-function')
    await succeeds('rs-rollback', ['YES=true'])
  }, 180_000)

  it.each(['rs-history', 'rs-list-users', 'rs-diff', 'rs-update-config', 'rs-lock-status', 'rs-why-changed'])(
    'does %s',
    async (command) => void (await succeeds(command)),
    120_000,
  )

  it('reaches all of its own environment, so that what is denied below is denied for its name', async () => {
    const own = { ...names('dev'), stack: 'rawscribe-dev-nobody', pool: pools['dev'] ?? '' }
    for (const [what, attempt] of Object.entries(attempts(endpoint, session))) {
      const answer = await answerTo(attempt(own))
      expect([what, answer]).not.toEqual([what, expect.stringMatching(denied)])
    }
  }, 60_000)

  it.each([
    ['another environment', () => ({ ...names('test'), pool: pools['test'] ?? '' })],
    ['another project', () => ({ ...names('dev', strangers[0]), pool: pools['test'] ?? '' })],
    ['another project that begins alike', () => ({ ...names('dev', strangers[1]), pool: pools['test'] ?? '' })],
  ])('is denied everything of %s', async (_what, on) => {
    for (const [what, attempt] of Object.entries(attempts(endpoint, session))) {
      expect([what, await answerTo(attempt(on()))]).toEqual([what, expect.stringMatching(denied)])
    }
  })

  it('cannot give itself or what it deploys more than that', async () => {
    for (const [what, attempt] of Object.entries(escalations(endpoint, session))) {
      const answer = await answerTo(attempt(names('dev')))
      expect([what, answer]).toEqual([what, expect.stringMatching(denied)])
    }
  })

  it('takes the stack down and deletes what it kept', async () => {
    await succeeds('rs-teardown', ['YES=true'])
    await succeeds('rs-nuke-data', ['YES=true'])
  }, 180_000)
})
