// Measures the device's ceilings: bandwidth with a buffer larger than its caches, multiply-adds in registers, and the
// cost of an empty dispatch.
import type { Gpu } from '../gpu/device.ts'
import { compile } from '../gpu/kernel.ts'
import { largestBuffer } from '../gpu/memory.ts'
import { createRecorder } from '../gpu/recorder.ts'
import { createDispatchClock, type DispatchClock } from './dispatch_clock.ts'
import * as ceilings from '../tuning/ceiling_kernels.ts'
import { submitMs } from '../tuning/submit_ms.ts'
import * as kernels from './kernels.ts'
import type { Ceilings } from './record.ts'
import { repeat, spreadOf, type Repetitions, type Spread } from './statistics.ts'

const repetitions: Repetitions = { least: 3, most: 12, limitMs: 1500 }

export async function calibrate(gpu: Gpu): Promise<Ceilings> {
  const clock = createDispatchClock(gpu)
  const { sweptBytes, bytesPerSecond } = await readBandwidth(gpu, clock)
  const flopPerSecond = await multiplyRate(gpu, clock)
  return {
    clock: clock.kind,
    sweptBytes,
    bytesPerSecond,
    flopPerSecond,
    ...(await dispatchCost(gpu)),
  }
}

/** A buffer that is swept in less than this is too small for a measurement. */
const shortestSweepMs = 20
const sweepSizes = [16 * 2 ** 20, 512 * 2 ** 20]

async function readBandwidth(
  gpu: Gpu,
  clock: DispatchClock,
): Promise<Pick<Ceilings, 'sweptBytes' | 'bytesPerSecond'>> {
  const { device, memory } = gpu
  const fill = await compile(device, kernels.fill.f16, {})
  const sweep = await compile(device, ceilings.sweep, {})
  const recorder = createRecorder(device, memory)
  const allowed = largestBuffer(device)
  let measured: Pick<Ceilings, 'sweptBytes' | 'bytesPerSecond'> = {
    sweptBytes: 0,
    bytesPerSecond: null,
  }
  for (const size of sweepSizes) {
    const bytes = Math.floor(Math.min(size, allowed) / ceilings.sweepSpan) * ceilings.sweepSpan
    if (bytes === measured.sweptBytes) break
    const data = memory.allocate('scratch', 'swept', bytes) // (vec4u)
    const sums = memory.allocate('scratch', 'sums', (4 * bytes) / ceilings.sweepSpan)
    const eights = bytes / 16
    recorder.run(
      fill,
      { seed: 1, width: 8, row_eights: 1, eights, centre: 0, spread: 1 },
      { matrix: data },
      kernels.fillGrid(eights),
    )
    recorder.submit()
    const once = () =>
      clock.time((timed) => {
        timed.run(sweep, ceilings.sweepParams, { data, sums }, ceilings.sweepGrid(bytes))
      })
    const first = await once()
    const rates = await repeat(repetitions, async () => (1000 * bytes) / (await once()))
    measured = { sweptBytes: bytes, bytesPerSecond: rateOf(rates) }
    memory.free(data)
    memory.free(sums)
    if (first > shortestSweepMs) break
  }
  return measured
}

const multiplyGroups = 2048
/** Long enough for any clock, short enough for any watchdog. */
const multiplyMs = 30

async function multiplyRate(gpu: Gpu, clock: DispatchClock): Promise<Spread | null> {
  const { device, memory } = gpu
  const fma = await compile(device, ceilings.fma, {})
  const lanes = multiplyGroups * ceilings.fmaLanes
  const sums = memory.allocate('scratch', 'sums', 4 * lanes)
  const once = (rounds: number) =>
    clock.time((recorder) => {
      recorder.run(fma, { rounds, factor: 0.999, summand: 0.001 }, { sums }, [multiplyGroups])
    })
  let rounds = 1
  await once(rounds)
  while (rounds < 2 ** 20 && !((await once(rounds)) > multiplyMs)) rounds *= 4
  const flop = rounds * lanes * ceilings.fmaRoundFlop
  const rates = await repeat(repetitions, async () => (1000 * flop) / (await once(rounds)))
  memory.free(sums)
  return rateOf(rates)
}

/** Dispatches in the long submit: as many as a decode step of a deep model has. */
const dispatches = 512

async function dispatchCost({
  device,
  memory,
}: Gpu): Promise<Pick<Ceilings, 'dispatchMicroseconds' | 'roundTripMicroseconds'>> {
  const nothing = await compile(device, ceilings.nothing, {})
  const sink = memory.allocate('scratch', 'sink', 4)
  const recorder = createRecorder(device, memory)
  const submit = (count: number) =>
    submitMs(device.queue, recorder, (to) => to.run(nothing, { writes: 0 }, { sink }, [1]), count)
  await submit(dispatches)
  const short = await repeat(repetitions, () => submit(1))
  const long = await repeat(repetitions, () => submit(dispatches))
  memory.free(sink)
  const roundTrip = spreadOf(short)
  const each = long.map((ms) => (1000 * (ms - roundTrip.median)) / (dispatches - 1))
  return {
    dispatchMicroseconds: rateOf(each),
    roundTripMicroseconds: rateOf(short.map((ms) => 1000 * ms)),
  }
}

/** Leaves out samples whose clock did not advance. */
function rateOf(found: readonly number[]): Spread | null {
  const valid = found.filter((value) => value > 0 && Number.isFinite(value))
  return valid.length === 0 ? null : spreadOf(valid)
}
