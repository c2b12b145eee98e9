// Flags for the engine's settings, by the same names. Given values become overrides.
import { policyNames } from '../../src/api/policies.ts'
import {
  allocations,
  cacheStorages,
  positionKinds,
  weightStorages,
  type Settings,
} from '../../src/api/settings.ts'
import { oneOf, real, whole, type Flag } from '../shell/flag.ts'

export const settingFlags = {
  policy: oneOf('P', policyNames, 'what is retained'),
  budget: whole(1, 'units kept per layer and KV head after each eviction'),
  chunk: whole(1, 'document tokens read between two evictions'),
  stabilizers: whole(0, 'newest units that an eviction spares'),
  sinks: whole(0, 'oldest units that an eviction spares'),
  allocation: oneOf(
    'A',
    allocations,
    'how the budget is dealt out',
    '; pyramid gives most to the first layers, by-head and, inside each layer, ada-kv go by the shares in a heads file (default: by-head if the file has shares, or even)',
  ),
  keptShare: real(
    1,
    'share of the budget that the policies that merge keep as it is (default: what the compressor’s slots leave)',
  ),
  pool: whole(
    0,
    'neighbours on either side whose learned score a token takes where it is higher: 0 (Locret) or 2 (APB) (default: what the heads’ file says, or 0)',
  ),
  burst: whole(
    0,
    'units beyond the budget before an eviction is made (default: 0, of the policies that merge 16)',
  ),
  local: whole(0, 'last tokens of a raw text that are never evicted'),
  positions: oneOf(
    'P',
    positionKinds,
    'where a key stands when it is attended to',
    ' (default: slot)',
  ),
  weights: oneOf(
    'P',
    weightStorages,
    'how weights are stored',
    '; the last two in blocks of 32 (default: f16)',
  ),
  cache: oneOf(
    'P',
    cacheStorages,
    'how keys and values are stored',
    '; the last two in codes per token and KV head (default: f16, or f32 where the cache is small)',
  ),
  seed: whole(0, 'of the sampling and of the random policy (default: 0)'),
} satisfies { [Name in keyof Settings]?: Flag<Settings[Name]> }
