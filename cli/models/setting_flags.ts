// Flags for the engine's settings, by the same names. Given values become overrides.
import { draws, policyNames } from '../../src/api/policies.ts'
import {
  allocations,
  cacheStorages,
  positionKinds,
  recalls,
  weightStorages,
  type SettingOverrides,
  type Settings,
  type StorageSettings,
} from '../../src/api/settings.ts'
import { oneOf, real, whole, type Valued } from '../shell/flag.ts'
import { only, type Given } from '../shell/command_line.ts'

const roomFlags = {
  budget: whole(1, 'units kept per layer and KV head after each eviction'),
  burst: whole(
    0,
    'units beyond the budget before an eviction is made (default: 0, of the policies that merge 16)',
  ),
  chunk: whole(1, 'document tokens read between two evictions'),
  local: whole(0, 'last tokens of a raw text that are never evicted'),
  positions: oneOf(
    'P',
    positionKinds,
    'where a key stands when it is attended to',
    ' (default: slot)',
  ),
  allocation: oneOf(
    'A',
    allocations,
    'how the budget is dealt out',
    '; pyramid gives most to the first layers, by-head and, inside each layer, ada-kv go by the shares in a heads file (default: by-head if the file has shares, or even)',
  ),
  recall: oneOf(
    'R',
    recalls,
    'what an answer sees of a document',
    '; units: those that the question scores highest; passages: those that hold its words, read again; both are kept outside the GPU (default: none)',
  ),
  reread: whole(1, 'passages of some 128 tokens that an answer reads again (default: 4)'),
  doubtBelow: real(
    Infinity,
    'log-odds in nats below which an answer from passages is called doubtful, as the model judges it when it is asked again (default: what was measured for the model, or none)',
  ),
} satisfies { [Name in keyof Settings]?: Valued<Settings[Name]> }

const policyFlags = {
  policy: oneOf('P', policyNames, 'what is retained'),
  stabilizers: whole(0, 'newest units that an eviction spares'),
  sinks: whole(0, 'oldest units that an eviction spares'),
  pool: whole(
    0,
    'neighbours on either side whose learned score a token takes where it is higher: 0 (Locret) or 2 (APB) (default: what the heads’ file says, or 0)',
  ),
  keptShare: real(
    1,
    'share of the budget that the policies that merge keep as it is (default: what the compressor’s slots leave)',
  ),
  drawnShare: real(1, 'share of the budget that policy nacl draws at random (default: 7/19)'),
  seed: whole(0, 'of the sampling and of the policies that draw (default: 0)'),
}

const storageFlags = {
  weights: oneOf(
    'P',
    weightStorages,
    'how weights are stored',
    '; file: its blocks of codes as they are; the last two in blocks of 32 (default: file, for files of codes; else q8 where f16 takes over 256 MB)',
  ),
  cache: oneOf(
    'P',
    cacheStorages,
    'how keys and values are stored',
    '; the last two in codes per token and KV head (default: f16, or f32 where the cache is small)',
  ),
} satisfies { [Name in keyof StorageSettings]: Valued<StorageSettings[Name]> }

export const settingFlags = { ...policyFlags, ...roomFlags, ...storageFlags }

/** Only what was given. The seed is of the sampling too: only a policy that draws is told. */
export function overridesOf(given: Given<typeof settingFlags>): SettingOverrides {
  const { policy: name, seed, ...own } = only(given, policyFlags)
  return {
    ...only(given, roomFlags),
    policy: { ...own, name, ...(name !== undefined && draws(name) && { seed }) },
    storage: only(given, storageFlags),
  }
}
