import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { bucketNames, bucketsInStack, fillBuckets, isGuarded } from './support/organization-buckets.js'
import { type Project, type RunResult, jsonLine, makeProject, shown } from './support/project.js'
import { type LocalClients, dataLines, localClients, snapshot } from './support/snapshot.js'

describe('the stack of an organization with data', () => {
  let project: Project
  let clients: LocalClients
  let summary: Record<string, unknown>
  let standing: string[]

  const make = (name: string, ...words: string[]): Promise<RunResult> =>
    project.make([name, 'ENV=dev', 'ORG=org1', 'CLOUD=local', 'JSON=true', ...words])
  const data = async (): Promise<string[]> => dataLines('org1', await snapshot(clients))

  beforeAll(async () => {
    project = await makeProject('cycle')
    const deployed = await make('rs-deploy')
    expect(shown(deployed)).toContain('exit 0')
    summary = jsonLine(deployed, 'summary')
    clients = localClients(new URL(String(summary['api'])).origin)
    await fillBuckets('org1', clients.s3)
    standing = await data()
  }, 120_000)
  afterAll(async () => project.remove(), 60_000)

  it('goes and comes back in one command, with the parameters that it had', async () => {
    expect(shown(await make('rs-deploy-only', 'ENABLE_AUTH=false'))).toContain('exit 0')
    const result = await make('rs-cycle-stack', 'YES=true')
    expect(shown(result)).toContain('exit 0')
    const back = jsonLine(result, 'summary')
    expect([back['userPoolId'], back['clientId']]).toEqual([summary['userPoolId'], summary['clientId']])
    expect((await fetch(`${String(back['api'])}/api/v1/sops/list`)).status).toBe(200)
    expect(await data()).toEqual(standing)
  }, 60_000)

  it('gives the buckets to the stack that uses them, and changes nothing else of it', async () => {
    expect(await bucketsInStack('org1', clients)).toEqual([])
    expect(await isGuarded('org1', clients.s3)).toBe(false)
    const refused = jsonLine(await make('rs-deploy-only', 'CREATE_BUCKETS=true'), 'failure')
    expect(refused).toMatchObject({ code: 'Refused', hint: expect.stringContaining('make rs-adopt-buckets') })
    expect(shown(await make('rs-adopt-buckets', 'YES=true'))).toContain('exit 0')
    expect(await bucketsInStack('org1', clients)).toEqual(bucketNames('org1').sort())
    expect(shown(await make('rs-deploy-only'))).toContain('exit 0')
    expect(await isGuarded('org1', clients.s3)).toBe(true)
    expect(await data()).toEqual(standing)
  }, 60_000)
})
