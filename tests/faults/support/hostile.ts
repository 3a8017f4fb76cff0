/** One input that no command can use, and what its refusal must say. */
export interface Hostile {
  what: string
  command?: string
  env?: Record<string, string>
  /** Files of the checkout that hold something else meanwhile; null stands for a folder of that name. */
  files?: Record<string, string | null>
  /** Objects in the deployments bucket, by key. */
  stored?: Record<string, string>
  says: RegExp
}

const esc = '\u001b'
const long = 'a'.repeat(100_000)

const environments = ['', 'production', 'DEV', 'dev ', 'dev\n', '../dev', `dev${esc}[2J`, 'dév', '__proto__', long]
const organizations = [
  '',
  'My-Org',
  'a_b',
  'a--b',
  '-a',
  'a-',
  'a b',
  'a\nb',
  'a\tb',
  '..',
  '../other',
  'a/b',
  'a.b',
  '$(touch /tmp/x)',
  '`id`',
  "a';drop",
  'a"b',
  '*',
  'örg',
  'ｏｒｇ',
  'org\u200b',
  '\u202egro',
  `${esc}]0;title\u0007`,
  'all',
  'failed',
  'outdated',
  'a'.repeat(26),
  long,
  '__proto__ ',
  '%00',
]
const truths = ['yes', 'TRUE', '1', ' true', `true${esc}[0m`, 'true\n']
const numbers = ['-1', 'x', '1.5', '0x10', 'Infinity', 'NaN', '1e9', '99999999999999999999', ' 5', `5${esc}[1A`]
const attempts = ['0', '-1', '101', '1e9', '0x5', '1.5', 'NaN', 'many']
const emails = [
  'admin',
  'a@b',
  'a b@c.de',
  '@c.de',
  'a@c.de\n',
  `a${esc}[31m@c.de`,
  `a@${'.'.repeat(50_000)} `,
  `${long}@c.de`,
]
const passwords = [
  'short',
  'alllowercase',
  'x'.repeat(257),
  ' Se$cure$$1!aB',
  'Se$cure$$1!aB\u0000'.replace('\u0000', '\u0007'),
]

const config = 'infra/.config/lambda/dev.json'
const configs: [string, string | null, RegExp][] = [
  ['empty', '', /dev\.json/],
  ['cut off', '{ "ui": {', /dev\.json:1/],
  ['with a trailing comma', '{ "a": 1, }', /comma/],
  ['with a comment', '// no\n{}', /comments/],
  ['an array', '[]', /an array/],
  ['null', 'null', /null/],
  ['a number', '7', /a number/],
  ['of a wrong type', '{ "cors": { "allowOrigins": "x" } }', /cors\.allowOrigins/],
  ['binary', '\u0000\u0001\u0002', /dev\.json/],
  ['of ten megabytes', `{ "a": "${'x'.repeat(10_000_000)}" }`, /characters long/],
  ['deep', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, /nested deeper/],
  ['a folder', null, /it is a folder/],
  ['with an escape in it', `{ "a": ${esc}[2J }`, /dev\.json:1/],
]
const templates: [string, string | null][] = [
  ['empty', ''],
  ['no YAML', '{{{{'],
  ['a list', '- a\n- b\n'],
  ['without resources', 'Parameters: {}\n'],
  ['resources as a list', 'Resources: []\n'],
  ['a resource without a type', 'Resources:\n  A: {}\n'],
  ['a resource that is a text', 'Resources:\n  A: text\n'],
  [
    'an alias bomb',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'.replaceAll(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}Resources: {}\n`,
  ],
  ['with an escape in it', `Resources:\n  A: "${esc}[2J\n`],
  ['a folder', null],
]
const receipts = [
  '',
  '{',
  'null',
  '[]',
  '{"format":1}',
  '{"format":2}',
  `{"format":"${esc}[2J"}`,
  `"${'x'.repeat(1_000_000)}"`,
]

const given = (name: string, values: readonly string[], says: RegExp): Hostile[] =>
  values.map((value) => ({ what: `${name}=${shorten(value)}`, env: { [name]: value }, says }))

/** Everything hostile, as a table. */
export const hostileInputs: Hostile[] = [
  ...given('ENV', environments, /ENV/),
  ...given('ORG', organizations, /ORG/),
  ...given('ENABLE_AUTH', truths, /ENABLE_AUTH/),
  ...given('CREATE_BUCKETS', truths, /CREATE_BUCKETS/),
  ...given('RS_LOCK_WAIT', numbers, /LOCK_WAIT/),
  ...given('RS_HEALTH_ATTEMPTS', attempts, /HEALTH_ATTEMPTS/),
  ...given('RS_JSON', ['yes'], /JSON/),
  ...given('CLOUD', ['azure', 'AWS', `local${esc}[0m`], /CLOUD/),
  ...emails.map((ADMIN_USERNAME) => ({
    what: `ADMIN_USERNAME=${shorten(ADMIN_USERNAME)}`,
    env: { ADMIN_USERNAME, ADMIN_PASSWORD: 'Se$cure$$1!aB' },
    says: /ADMIN_USERNAME/,
  })),
  ...passwords.map((ADMIN_PASSWORD, i) => ({
    what: `ADMIN_PASSWORD number ${i + 1}`,
    env: { ADMIN_USERNAME: 'a@b.de', ADMIN_PASSWORD },
    says: /password|ADMIN_PASSWORD/,
  })),
  ...['/nowhere', '/tmp', 'x'.repeat(5_000)].map((ADMIN_PASSWORD_FILE) => ({
    what: `ADMIN_PASSWORD_FILE=${shorten(ADMIN_PASSWORD_FILE)}`,
    env: { ADMIN_USERNAME: 'a@b.de', ADMIN_PASSWORD_FILE },
    says: /ADMIN_PASSWORD_FILE|cannot be read/,
  })),
  { what: 'an ADMIN_PASSWORD alone', env: { ADMIN_PASSWORD: 'Se$cure$$1!aB' }, says: /ADMIN_USERNAME/ },
  { what: 'ADMIN_PASWORD', env: { ADMIN_PASWORD: 'Se$cure$$1!aB' }, says: /ADMIN_PASSWORD/ },
  ...['0', '-1', 'x', '1e9', '../1', `1${esc}[2J`].map((RS_RELEASE) => ({
    what: `RELEASE=${shorten(RS_RELEASE)}`,
    command: 'rs-show-release',
    env: { RS_RELEASE },
    says: /[Rr]elease|RELEASE/,
  })),
  { what: 'half a domain', env: { RS_DOMAIN_NAME: 'app.org' }, says: /CERTIFICATE_ARN/ },
  {
    what: 'a quote in a parameter',
    env: { RS_DOMAIN_NAME: 'a".org', RS_CERTIFICATE_ARN: 'arn' },
    says: /DomainName|DOMAIN_NAME/,
  },
  ...configs.map(([what, text, says]) => ({
    what: `a configuration that is ${what}`,
    files: { [config]: text },
    says,
  })),
  ...templates.map(([what, text]) => ({
    what: `a template: ${what}`,
    files: { 'template.yaml': text },
    says: /template/,
  })),
  {
    what: 'a build record that is none',
    command: 'rs-deploy-only',
    files: { '.aws-sam-dev-bad/build.json': '{' },
    says: /build/,
  },
  ...receipts.map((text, i) => ({
    what: `a receipt: ${shorten(text)}`,
    command: 'rs-show-release',
    env: { ORG: `r${i}`, RS_RELEASE: '1' },
    stored: { [`rawscribe-dev-r${i}/releases/000001.json`]: text },
    says: /receipt/,
  })),
  ...receipts.map((text, i) => ({
    what: `a lock: ${shorten(text)}`,
    command: 'rs-lock',
    env: { ORG: `l${i}`, RS_WHY: 'test' },
    stored: { [`locks/rawscribe-dev-l${i}.json`]: text },
    says: /lock/,
  })),
  ...receipts.map((text, i) => ({
    what: `a lock that a deployment meets: ${shorten(text)}`,
    // The build that was there is taken: nothing is to be built for a refusal.
    env: { ORG: `m${i}` },
    stored: { [`locks/rawscribe-dev-m${i}.json`]: text },
    says: /the lock \S+ cannot be read/,
  })),
]

function shorten(text: string): string {
  return JSON.stringify(text.length > 30 ? `${text.slice(0, 20)}… ${text.length}` : text)
}
