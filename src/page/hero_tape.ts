// The tape on the start page: not data, only a picture of the idea, the same on every visit.

const bars = 150

/** Bars that rise where something would be worth keeping. */
export function drawHeroTape(svg: SVGElement): void {
  svg.setAttribute('viewBox', `0 0 ${bars * 4} 40`)
  svg.setAttribute('preserveAspectRatio', 'none')
  for (let bar = 0; bar < bars; bar += 1) {
    const swell =
      Math.sin(bar * 0.21) * Math.sin(bar * 0.053 + 1) * Math.sin(bar * 1.7 + bar * bar * 0.11)
    const level = Math.max(0, Math.min(5, Math.round(swell * 7)))
    const tall = 3 + 6.6 * level
    const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
    rect.setAttribute('x', String(bar * 4))
    rect.setAttribute('y', String(40 - tall))
    rect.setAttribute('width', '3')
    rect.setAttribute('height', String(tall))
    rect.style.fill = `var(--heat-${level})`
    svg.append(rect)
  }
}
