import { afterAll, describe, expect, it } from '@jest/globals'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { shown } from '../e2e/support/project.js'
import { makeRig, org, password } from './support/rig.js'
import { type Watched, filesHolding, objectsHolding, programBelow, watchBelow } from './support/secrets.js'

const rig = await makeRig('secrets', ['first'])

describe('a password', () => {
  afterAll(async () => rig.remove(), 60_000)

  it.each(['in a file', "on make's command line"])(
    '%s reaches no process of a deployment, no file and no object',
    async (where) => {
      const inFile = where === 'in a file'
      await rig.begin('first')
      const file = path.join(rig.project.folder, 'given')
      await writeFile(file, `${password}\n`)
      const said = inFile ? 'ADMIN_PASSWORD_FILE=given' : `ADMIN_PASSWORD=${password}`
      let stop = (): Watched => ({ looked: [], found: [] })
      const result = await rig.deploy({
        make: ['ENV=dev', `ORG=${org}`, said],
        env: { ADMIN_PASSWORD: '' },
        onStart: (pid) => (stop = watchBelow(() => programBelow(pid), [password])),
      })
      expect(shown(result)).toContain('exit 0')
      expect(result.stdout.includes("stands on make's command line")).toBe(!inFile)
      const { looked, found } = stop()
      expect(found).toEqual([])
      expect(looked.join('\n')).toContain('sam')
      expect(await filesHolding(rig.project.folder, [password])).toEqual([file])
      expect((await objectsHolding(rig.clients().s3, [password])).held).toEqual([])
      expect(result.stdout + result.stderr).not.toContain(password)
    },
    180_000,
  )
})
