// A curve has no use for more points than a chart has pixels.
const mostSamples = 240

/** At most `mostSamples` of them, first and last among them. */
export function thin<Sample>(samples: readonly Sample[]): readonly Sample[] {
  if (samples.length <= mostSamples) return samples
  const step = (samples.length - 1) / (mostSamples - 1)
  return Array.from({ length: mostSamples }, (_, i) => samples[Math.round(i * step)]).filter(
    (sample) => sample !== undefined,
  )
}
