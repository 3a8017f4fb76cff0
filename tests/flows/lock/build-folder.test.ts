import { describe, expect, it } from '@jest/globals'
import { withBuildFolder } from '../../../scripts/flows/lock/build-folder.js'
import type { Files, Waiting } from '../../../scripts/ports.js'
import { fakeContext } from '../../support/fake-context.js'
import { rejectedBy } from '../../support/failures.js'
import { fakePort } from '../../support/fake-ports.js'

const held = (inputs: object, meet: (waiting: Waiting) => void) =>
  fakeContext({
    inputs,
    ports: () => ({
      files: fakePort<Files>('files', {
        exclusively: async (_lockFile, work, waiting) => {
          meet(waiting)
          return work()
        },
      }),
    }),
  })

describe('the build folder, while another run of this checkout works in it', () => {
  it('is waited for as the lock of the target is: told once, for LOCK_WAIT, until the first Ctrl-C', async () => {
    let met: Waiting | undefined
    const context = held({ LOCK_WAIT: '90' }, (waiting) => (met = waiting).onWait(4711))
    expect(await withBuildFolder(context, async (waited) => waited)).toBe(true)
    expect(met).toMatchObject({ mostMs: 90_000, signal: context.signal })
    expect(JSON.stringify(context.events)).toContain('process 4711 is working in .aws-sam-dev-myorg; waiting for it')
  })

  it.each([
    ['0', '3600'],
    [undefined, '7200'],
  ])('is refused after that, with its holder and what to type: after %s s, %s', async (LOCK_WAIT, longer) => {
    const context = held({ LOCK_WAIT }, ({ tooLong }) => {
      throw tooLong(4711)
    })
    const error = await rejectedBy(withBuildFolder(context, async () => 'done'))
    expect([error.code, error.message]).toEqual(['Refused', 'process 4711 is still working in .aws-sam-dev-myorg'])
    expect(error.hint).toContain(`LOCK_WAIT=${longer}`)
  })

  it('is nobody’s where nobody was met', async () => {
    expect(
      await withBuildFolder(
        held({}, () => undefined),
        async (waited) => waited,
      ),
    ).toBe(false)
  })
})
