import { describe, expect, it } from '@jest/globals'
import { argvWarning } from '../../scripts/core/argv-warning.js'
import { isSet, namesGiven, readInputs } from '../../scripts/core/inputs.js'
import { type Variable, flagOf, isVariableName, variableNames, variables } from '../../scripts/core/variables.js'
import { thrownBy } from '../support/failures.js'

type Environment = Record<string, string | undefined>
const read = (environment: Environment, makeNames: string[] = [], flags = {}) =>
  readInputs({ environment, makeNames, flags })

describe('variables that count everywhere', () => {
  it.each(['ENV', 'ORG', 'CLOUD', 'ENABLE_AUTH', 'CREATE_BUCKETS', 'ADMIN_USERNAME', 'ADMIN_PASSWORD'] as const)(
    '%s is read from the environment and from the command line',
    (name) => {
      const value = (variables[name] as Variable).choices?.[0] ?? 'x'
      expect(read({ [name]: value })).toEqual({ [name]: value })
      expect(read({ [name]: value }, [name])).toEqual({ [name]: value })
    },
  )
})

describe('all other variables', () => {
  const others = variableNames.filter((name) => (variables[name] as Variable).everywhere !== true)
  const valueOf = (name: (typeof others)[number]): string => {
    const { kind, choices }: Variable = variables[name]
    return kind === 'flag' ? 'true' : (choices?.[0] ?? 'x')
  }

  it.each(others)('%s does not count from the environment alone', (name) => {
    expect(read({ [name]: valueOf(name) })).toEqual({})
  })

  it.each(others)('%s counts from make’s command line and as RS_…', (name) => {
    expect(read({ [name]: valueOf(name) }, [name])).toEqual({ [name]: valueOf(name) })
    expect(read({ [`RS_${name}`]: valueOf(name) })).toEqual({ [name]: valueOf(name) })
  })

  it('of a machine’s own do not disturb', () => {
    expect(read({ NAME: 'wsl', RELEASE: '7', JSON: 'yes', YES: 'maybe', FORCE: '1', ONLY: 'x' })).toEqual({})
  })
})

describe('what is given for this very run', () => {
  it('stands on make’s command line or is called RS_…; what only lies in the environment is not', () => {
    const environment = {
      CHECK: 'true',
      YES: 'true',
      ENV: 'dev',
      ORG: 'x',
      RS_GROUP: 'ADMINS',
      RS_ENV: 'dev',
      RS_WAIT: '',
    }
    expect(namesGiven({ environment, makeNames: ['CHECK', 'ORG', 'SINCE'] })).toEqual(['ORG', 'GROUP', 'CHECK'])
  })
})

describe('values', () => {
  it('given as flags win', () => {
    expect(read({ ORG: 'one' }, ['ORG'], { ORG: 'two' })).toEqual({ ORG: 'two' })
  })

  it('on make’s command line win over RS_…', () => {
    expect(read({ ONLY: 'line', RS_ONLY: 'environment' }, ['ONLY'])).toEqual({ ONLY: 'line' })
  })

  it('that are empty are as if not given', () => expect(read({ ORG: '', RS_ONLY: '' }, ['ENV'])).toEqual({}))

  it('arrive literally', () => {
    const odd = 'Se$cure$$1! "x" \'y\' `z` \\'
    expect(read({ ADMIN_PASSWORD: odd }, ['ADMIN_PASSWORD'])).toEqual({ ADMIN_PASSWORD: odd })
  })

  it.each([
    ['ENABLE_AUTH', 'maybe', 'ENABLE_AUTH=true'],
    ['ENABLE_AUTH', 'TRUE', 'ENABLE_AUTH=true'],
    ['ENABLE_AUTH', 'flase', 'ENABLE_AUTH=false'],
    ['CREATE_BUCKETS', '1', 'CREATE_BUCKETS=true'],
    ['CLOUD', 'locl', 'CLOUD=local'],
    ['CLOUD', 'gcp', 'CLOUD=local'],
  ])('that cannot be are refused: %s=%s', (name, value, hint) => {
    const error = thrownBy(() => read({ [name]: value }))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain(`${name}=${value}`)
    expect(error.hint).toBe(hint)
  })

  it('of a flag are true or false', () => {
    expect(isSet(read({ RS_FORCE: 'true' }), 'FORCE')).toBe(true)
    expect(isSet(read({ RS_FORCE: 'false' }), 'FORCE')).toBe(false)
    expect(isSet({}, 'FORCE')).toBe(false)
    expect(thrownBy(() => read({ RS_FORCE: '1' })).message).toContain('FORCE=1')
  })
})

describe('names', () => {
  it.each([
    ['ENABLE_AUHT', 'ENABLE_AUTH=…'],
    ['org', 'ORG=…'],
    ['CREATE_BUCKET', 'CREATE_BUCKETS=…'],
    ['NONSENSE', 'make help lists the targets with their variables'],
  ])('unknown on make’s command line are refused: %s', (name, hint) => {
    const error = thrownBy(() => read({ [name]: 'x' }, [name]))
    expect(error.code).toBe('Usage')
    expect(error.message).toContain(name)
    expect(error.hint).toBe(hint)
  })

  it.each(['ENABLE_AUHT', 'ENABLEAUTH', 'CREATE_BUCKET', 'ADMIN_USERNAM', 'ADMIN_PASWORD', 'ADMIN_PASSWORD_FIEL'])(
    'one slip away in the environment are refused: %s',
    (name) => {
      const error = thrownBy(() => read({ [name]: 'geheim' }))
      expect(error.code).toBe('Usage')
      expect(error.message).toContain(name)
      expect(error.hint).toMatch(/did you mean (ENABLE_AUTH|CREATE_BUCKETS|ADMIN_\w+)\?/)
      expect(error.message + error.hint).not.toContain('geheim')
    },
  )

  it.each([
    'PATH',
    'HOME',
    'NVM_DIR',
    'AWS_PROFILE',
    'ENVIRONMENT',
    'ADMIN',
    'CLOUDS',
    'OLDPWD',
    'MAKELEVEL',
    'CREATED',
  ])('of other programs in the environment are left alone: %s', (name) => expect(read({ [name]: 'x' })).toEqual({}))
})

describe('the table of variables', () => {
  it.each(variableNames)('%s says what it is in one line', (name) => {
    const { summary } = variables[name]
    expect(summary).toMatch(/^\S.*\S$/)
    expect(summary).not.toContain('\n')
  })

  it('makes flags that lead back to their variables', () => {
    expect(flagOf('ENABLE_AUTH')).toBe('enable-auth')
    expect(new Set(variableNames.map(flagOf)).size).toBe(variableNames.length)
  })

  it('knows its own names and no others', () => {
    expect(isVariableName('ORG')).toBe(true)
    expect(isVariableName('toString')).toBe(false)
    expect(isVariableName('org')).toBe(false)
  })

  it('holds the password as a secret', () => expect(variables.ADMIN_PASSWORD.kind).toBe('secret'))
})

describe('a secret on the command line', () => {
  it('is told, with the file variable where there is one', () => {
    expect(argvWarning(['ENV', 'PASSWORD'])?.hint).toContain('or use PASSWORD_FILE')
    expect(argvWarning(['OTHER_TOKEN'])?.hint).toBe('set it in the environment: OTHER_TOKEN=… make …')
    expect(argvWarning(['ENV', 'ORG'])).toBeUndefined()
  })
})
