import { userInfo } from 'node:os'

/** What a child process may see of our environment: where things are and how to reach the network, nothing else. */
const passed = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'TZ',
  'TMPDIR',
  'TERM',
  'CHROMIUM',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'AWS_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
]
const installersOnly = /^(PIP|UV)_/

export function childEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return pick(environment, (name) => passed.includes(name) || name.startsWith('LC_'))
}

/** The environment of pip and uv: their own settings (mirrors, certificates) count as well. */
export function installerEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return pick(environment, (name) => passed.includes(name) || name.startsWith('LC_') || installersOnly.test(name))
}

function pick(
  environment: Readonly<Record<string, string | undefined>>,
  wanted: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && wanted(name) ? [[name, value] as const] : [],
    ),
  )
}

/** The address of the CI run, as GitHub, GitLab and Buildkite tell it. */
export function ciRunOf(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID, CI_JOB_URL, BUILDKITE_BUILD_URL } = environment
  if (GITHUB_RUN_ID !== undefined) return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`
  return CI_JOB_URL ?? BUILDKITE_BUILD_URL
}

/** A container's user may have no name: then its number. */
export function userName(environment: Readonly<Record<string, string | undefined>>): string {
  try {
    return userInfo().username
  } catch {
    return environment['USER'] ?? String(process.getuid?.() ?? 'unknown')
  }
}
