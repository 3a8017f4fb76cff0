/**
 * What the page is told by the `config.json` beside it:
 * `{ "webapp": { "title", "apiEndpoint", "auth": { "cognito": { "region", "userPoolId", "clientId", "endpoint" } } } }`.
 * An empty `apiEndpoint` is the page's own origin; `endpoint` is only given where Cognito is not Amazon's.
 */
export async function loadConfig(fetch = globalThis.fetch) {
  const answer = await fetch('/config.json', { cache: 'no-store' }).catch(() => undefined)
  if (answer?.ok !== true) throw new Error('The settings of this page (config.json) could not be loaded.')
  const parsed = await answer.json().catch(() => undefined)
  if (typeof parsed?.webapp !== 'object' || parsed.webapp === null) {
    throw new Error('The settings of this page (config.json) cannot be read.')
  }
  const { title = 'Rawscribe', apiEndpoint = '', auth } = parsed.webapp
  const { region = '', clientId = '', userPoolId = '', endpoint } = auth?.cognito ?? {}
  const signIn = clientId === '' ? undefined : { clientId, userPoolId, endpoint: endpoint ?? amazonsOwn(region) }
  return { title, api: apiEndpoint.replace(/\/+$/, ''), signIn }
}

function amazonsOwn(region) {
  return `https://cognito-idp.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`
}
