// Debug messages of the engine, by console.debug. Level 1: plan and compiled kernels. Level 2 adds every submit. Level 3
// adds the time of each kernel after a reading or an answer. A null object stands in at level 0, so that callers need no
// branch.
import type { Diagnostics } from '../api/diagnostics.ts'
import type { DebugLevel } from '../api/model.ts'
import type { Gpu } from '../gpu/device.ts'
import { onCompiled } from '../gpu/kernel.ts'
import { megabytes } from '../api/sizes.ts'
import { noProfile, profileKernels, type Profile } from '../gpu/profile.ts'
import { bytesOfPlan, type Plan } from '../plan/plan.ts'

export interface Debug {
  /** profile of the engine's recorder: counts or times its dispatches */
  readonly profile: Profile
  planned(plan: Plan): void
  /** says which variants of kernels run */
  chose(diagnostics: Diagnostics): void
  /** names the purpose of the following submits */
  begin(work: string): void
  /** called at the end of a reading or an answer */
  tellTimes(work: string): Promise<void> | undefined
}

export const noDebug: Debug = {
  profile: noProfile,
  planned: () => undefined,
  chose: () => undefined,
  begin: () => undefined,
  tellTimes: () => undefined,
}

export function createDebug(
  level: DebugLevel,
  { device, hasTimestamps }: Pick<Gpu, 'device' | 'hasTimestamps'>,
): Debug {
  if (level === 0) return noDebug
  onCompiled(device, (kernel, ms) => say(`compiled ${kernel} in ${ms.toFixed(0)} ms`))
  const times = level === 3 && hasTimestamps ? profileKernels(device) : undefined
  let doing = 'loading'
  return {
    profile: level === 1 ? noProfile : sayingSubmits(times ?? noProfile, () => doing),
    planned(plan) {
      const { weights, cache, scratch } = bytesOfPlan(plan)
      const { block, longestBlock, settings } = plan
      say(`settings ${JSON.stringify(settings)}`)
      say(
        `planned ${megabytes(weights)} of weights, ${megabytes(cache)} of cache, ${megabytes(scratch)} of scratch; blocks of ${block} to ${longestBlock} tokens`,
      )
    },
    chose: ({ kernels, steps, dropped }) =>
      say(`kernels ${kernels} ${JSON.stringify({ steps, dropped })}`),
    begin: (work) => void (doing = work),
    async tellTimes(work) {
      if (level !== 3) return
      if (!times) {
        say(`${work}: this GPU gives no times`)
        return
      }
      const slowestFirst = [...(await times.take())].sort(([, a], [, b]) => b - a)
      for (const [kernel, ms] of slowestFirst) say(`${work}: ${kernel} ${ms.toFixed(3)} ms`)
    },
  }
}

function say(line: string): void {
  console.debug(`longtab: ${line}`)
}

/** A profile that also prints the contents of each submit. */
function sayingSubmits(profile: Profile, doing: () => string): Profile {
  let dispatches = 0
  let submits = 0
  return {
    timestamps(kernel) {
      dispatches++
      return profile.timestamps(kernel)
    },
    resolve: (encoder) => profile.resolve(encoder),
    submitted() {
      say(`submit ${++submits}, ${doing()}: ${dispatches} dispatches`)
      dispatches = 0
      profile.submitted()
    },
  }
}
