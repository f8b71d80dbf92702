// mtcute as a judge; tests/conformance/foreign.py says what a judge reads and writes.
// Its packages are found in the folder that LEDGRAM_JUDGES names, since they are not installed beside this file.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

// Standard output carries answers only; mtcute logs to the console.
console.log = console.info = console.debug = console.warn = console.error

const packages = pathToFileURL(`${process.env.LEDGRAM_JUDGES}/node_modules/`)
const load = (file) => import(new URL(file, packages).href)
const { IntermediatePacketCodec, MemoryStorage, MtProxyTcpTransport, ObfuscatedPacketCodec, PaddedIntermediatePacketCodec,
  TcpTransport, TelegramClient, tl } = await load('@mtcute/node/index.js')
const { NodeCryptoProvider, addPublicKey } = await load('@mtcute/node/utils.js')
const { __publicKeyIndex } = await load('@mtcute/tl/binary/rsa-keys.js')

const config = JSON.parse(process.argv[2])

function over(codec) {
  return new class extends TcpTransport {
    packetCodec() {
      return codec()
    }
  }()
}

function proxied(prefix) {
  return new MtProxyTcpTransport({ host: config.mtproxy.host, port: config.mtproxy.port, secret: prefix + config.mtproxy.secret })
}

const transports = {
  'intermediate': () => over(() => new IntermediatePacketCodec()),
  'padded': () => over(() => new PaddedIntermediatePacketCodec()),
  'obfuscated intermediate': () => over(() => new ObfuscatedPacketCodec(new IntermediatePacketCodec())),
  'obfuscated padded': () => over(() => new ObfuscatedPacketCodec(new PaddedIntermediatePacketCodec())),
  'mtproxy': () => proxied(''),
  'mtproxy dd': () => proxied('dd'),
}

const crypto = new NodeCryptoProvider()
await crypto.initialize?.()
addPublicKey(crypto, readFileSync(config.public_key, 'utf8'))
// It keeps fingerprints with all their zeros and looks for them without the leading ones, which one key in 16 has.
for (const [fingerprint, key] of Object.entries(__publicKeyIndex)) __publicKeyIndex[fingerprint.replace(/^0+/, '')] = key

const main = { id: config.dcs[0].id, ipAddress: config.dcs[0].host, port: config.dcs[0].port }
const client = new TelegramClient({
  apiId: 1,
  apiHash: '0123456789abcdef0123456789abcdef',
  storage: new MemoryStorage(),
  defaultDcs: { main, media: main },
  transport: transports[config.transport](),
  logLevel: Number(process.env.LEDGRAM_JUDGE_LOG ?? 1),
})

const say = line => process.stdout.write(`${JSON.stringify(line)}\n`)

const found = new Map()

async function* history(channel) {
  for await (const message of client.iterHistory(channel)) yield message
}

const requests = {
  async login({ phone, code }) {
    const sent = await client.sendCode({ phone })
    const user = await client.signIn({ phone, phoneCode: code, phoneCodeHash: sent.phoneCodeHash })
    return { phone: user.phoneNumber }
  },
  async password({ password }) {
    return { phone: (await client.checkPassword(password)).phoneNumber }
  },
  async bot_login({ token }) {
    return { bot: (await client.signInBot(token)).isBot }
  },
  async history({ channel }) {
    const messages = []
    for await (const { raw } of history(channel)) messages.push({ id: raw.id, date: raw.date, text: raw.message ?? '' })
    return messages
  },
  async count({ channel }) {
    let messages = 0
    for await (const _ of history(channel)) messages += 1
    return messages
  },
  async qr({ password }) {
    const onUrlUpdated = link => say({ event: 'qr', link })
    return { phone: (await client.signInQr({ onUrlUpdated, password: password ?? undefined })).phoneNumber }
  },
  async find({ channel }) {
    found.clear()
    for await (const message of history(channel)) {
      if (message.media) found.set(message.id, message.media)
    }
    return [...found.keys()]
  },
  async download({ message }) {
    const content = await client.downloadAsBuffer(found.get(message))
    return { size: content.length, sha256: createHash('sha256').update(content).digest('hex') }
  },
  async watch({ channel }) {
    const watched = (await client.resolveChannel(channel)).channelId
    client.onRawUpdate.add(({ update }) => {
      if (update._ === 'updateDeleteChannelMessages') {
        if (update.channelId === watched) say({ event: 'deleted', ids: update.messages })
      } else if (update._ === 'updateNewChannelMessage' || update._ === 'updateEditChannelMessage') {
        const { id, message, peerId } = update.message
        if (peerId.channelId === watched) say({ event: update._ === 'updateNewChannelMessage' ? 'new' : 'edited', id, text: message })
      }
    })
    await client.startUpdatesLoop()
    return true
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line)
  try {
    say({ id: request.id, ok: await requests[request.do](request) })
  } catch (error) {
    say({ id: request.id, error: tl.RpcError.is(error) ? error.text : String(error?.stack ?? error) })
  }
}
await client.destroy()
