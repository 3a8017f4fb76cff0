import { DeployError } from '../../errors.js'
import type { AppPart, StartedApp } from '../../ports.js'
import { confirmTyped } from '../confirm.js'
import type { TargetContext } from '../context.js'
import { writeConfig } from '../config/write-config.js'
import { localSignIn } from './local-sign-in.js'

const ports = { backend: 8000, page: 3000 }

/** Starts these parts of the app one after the other, once that is confirmed; `tell` hears of each as it runs. */
export async function startApp(
  parts: readonly AppPart[],
  tell: (part: AppPart, started: StartedApp) => void,
  context: TargetContext,
): Promise<void> {
  for (const part of parts) await verifySources(part, context)
  await verifyMayStart(parts, context)
  for (const part of parts) tell(part, await (part === 'backend' ? startBackend(context) : startPage(context)))
}

/** Another project may have neither of them. Throws Usage. */
async function verifySources(part: AppPart, { ports: has, target, command }: TargetContext): Promise<void> {
  const needed = { backend: 'backend/rawscribe', page: 'frontend/index.html' }[part]
  if (await has.files.exists(needed)) return
  const what = part === 'backend' ? 'no backend that runs here by itself' : 'no page'
  throw new DeployError('Usage', `${command}: ${needed} is not there, this project has ${what}`, {
    hint: `make rs-deploy ENV=${target.env} ORG=${target.org} CLOUD=local runs what it has on the local AWS`,
  })
}

/** The backend of a target on this machine: the code and configuration of this checkout, the buckets of its cloud. */
async function startBackend(context: TargetContext): Promise<StartedApp> {
  const { ports: has, target, names, toolFolder, projectFolder, childEnv } = context
  await verifySameSetting('backend', context)
  const signIn = await localSignIn(context)
  await writeConfig(signIn.place, context)
  const program = await has.toolchain.testPython()
  const env = {
    ...childEnv,
    ...(await context.cloudEnv()),
    ENV: target.env,
    ORG: target.org,
    FORMS_BUCKET: names.buckets.forms,
    ELN_BUCKET: names.buckets.eln,
    DRAFTS_BUCKET: names.buckets.drafts,
    LOCAL_CONFIG_FILE: `${projectFolder}/.rs/config/${target.env}-${target.org}/backend.json`,
    // Byte code must not land in the folder that SAM hashes and copies.
    PYTHONPYCACHEPREFIX: `${projectFolder}/.rs/cache/pycache`,
    ...signIn.env,
  }
  const app = ['--app-dir', `${toolFolder}/infra/local-app`, 'guarded:app']
  const args = ['-m', 'uvicorn', ...app, '--host', '127.0.0.1', '--port']
  return has.app.start('backend', settingOf('backend', context), ports.backend, (port) => ({
    program,
    args: [...args, String(port)],
    cwd: `${projectFolder}/backend`,
    env,
  }))
}

/** The page of a target on this machine; what it asks of the API goes to the local backend. */
async function startPage(context: TargetContext): Promise<StartedApp> {
  const { ports: has, target, projectFolder, toolFolder, nodeProgram, childEnv } = context
  await verifySameSetting('page', context)
  await writeConfig((await localSignIn(context)).place, context)
  const config = `${projectFolder}/.rs/config/${target.env}-${target.org}/webapp.json`
  const server = `${toolFolder}/infra/local-app/serve-page.mjs`
  const record = `${projectFolder}/.rs/app/backend.json`
  return has.app.start('page', settingOf('page', context), ports.page, (port) => ({
    program: nodeProgram,
    args: [server, String(port), `${projectFolder}/frontend`, config, record, targetName(context)],
    cwd: projectFolder,
    env: childEnv,
  }))
}

/**
 * A local backend writes into the target's own buckets. Throws Refused for one of prod that lets everybody in, Declined
 * for one of prod that nobody confirmed.
 */
async function verifyMayStart(parts: readonly AppPart[], context: TargetContext): Promise<void> {
  const { target, inputs } = context
  if (target.env !== 'prod') return
  if (parts.includes('backend') && inputs.ENABLE_AUTH === 'false') {
    throw new DeployError('Refused', 'ENABLE_AUTH=false would let everybody write into the buckets of prod', {
      hint: `make ${context.command} ENV=prod ORG=${target.org} ENABLE_AUTH=true`,
    })
  }
  await confirmTyped({ what: `${context.command} with the data of prod`, yesSkips: true }, context)
}

/**
 * Throws Refused while the part runs otherwise than asked for, or the other part for another target: the page passes on
 * to whatever backend runs.
 */
async function verifySameSetting(part: AppPart, context: TargetContext): Promise<void> {
  const hint = `make stop-all, then make ${context.command} ENV=${context.target.env} ORG=${context.target.org}`
  for (const one of ['backend', 'page'] as const) {
    const present = await context.ports.app.running(one)
    if (present === undefined) continue
    const wanted = one === part ? settingOf(one, context) : targetName(context)
    if (present.target === wanted || present.target.startsWith(`${wanted} `)) continue
    throw new DeployError('Refused', `the local ${one} runs for ${present.target} already`, { hint })
  }
}

/** What a part was started for, as it is recorded: the target, and for the backend whether it lets everybody in. */
function settingOf(part: AppPart, context: TargetContext): string {
  const open = part === 'backend' && context.inputs.ENABLE_AUTH === 'false'
  return `${targetName(context)}${open ? ' without sign-in' : ''}`
}

function targetName({ target: { env, org } }: TargetContext): string {
  return `${env}/${org}`
}
