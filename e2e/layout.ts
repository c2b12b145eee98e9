// What is wrong with how a page is laid out, in words: what stands over the edge, is cut off, lies over something else, or is
// reached by the keyboard before what stands above it.
import type { Page } from 'playwright/test'

/** Nothing where all is well. */
export function layoutFlaws(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const slack = 2 // CSS pixels that borders and rounding may take

    interface Box {
      readonly element: Element
      readonly name: string
      readonly left: number
      readonly right: number
      readonly top: number
      readonly bottom: number
    }

    const nameOf = (element: Element): string => {
      const words = element.textContent.trim().replaceAll(/\s+/g, ' ').slice(0, 30)
      return `${element.tagName.toLowerCase()}${element.id && `#${element.id}`} “${words}”`
    }
    const isSeen = (element: Element): boolean =>
      element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      element.closest('.unseen, .skip, [aria-hidden=true]') === null
    const scrollersOf = (element: Element | null): Element[] => {
      const found: Element[] = []
      for (let up = element; up && up !== document.body; up = up.parentElement)
        if (getComputedStyle(up).overflowY !== 'visible') found.push(up)
      return found
    }
    /** The part of a rectangle that its scrollers show; undefined where they show none of it. */
    const shown = (element: Element, rect: DOMRect): Box | undefined => {
      let { left, right, top, bottom } = rect
      for (const scroller of scrollersOf(element)) {
        const frame = scroller.getBoundingClientRect()
        left = Math.max(left, frame.left)
        right = Math.min(right, frame.right)
        top = Math.max(top, frame.top)
        bottom = Math.min(bottom, frame.bottom)
      }
      if (right - left < slack || bottom - top < slack) return undefined
      return { element, name: nameOf(element), left, right, top, bottom }
    }

    const flaws: string[] = []
    const beyond = document.documentElement.scrollWidth - innerWidth
    if (beyond > 0) flaws.push(`the page is ${beyond} pixels wider than the window`)

    const controls = [...document.querySelectorAll('button, input, select, textarea, summary, a')]
    const boxes: Box[] = controls
      .filter(isSeen)
      .map((element) => shown(element, element.getBoundingClientRect()))
      .filter((box) => box !== undefined)

    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const range = document.createRange()
    while (walker.nextNode()) {
      const text = walker.currentNode
      const element = text.parentElement
      if (element === null || text.nodeValue?.trim() === '' || !isSeen(element)) continue
      if (element.closest('option, script, textarea') !== null) continue
      range.selectNodeContents(text)
      for (const rect of range.getClientRects()) {
        if (rect.width < slack) continue
        const frame = scrollersOf(element)
        const edge = Math.min(innerWidth, ...frame.map((one) => one.getBoundingClientRect().right))
        // the one row that is meant to be scrolled sideways, by touch
        if (rect.right > edge + slack && element.closest('.suggestions') === null)
          flaws.push(`${nameOf(element)} is cut off on the right`)
        const line = shown(element, rect)
        if (line === undefined) continue
        const inset = rect.height / 5 // letters are lower than their lines
        if (line.bottom - line.top > 2 * inset + slack)
          boxes.push({ ...line, top: line.top + inset, bottom: line.bottom - inset })
      }
    }

    const blockOf = (element: Element): Element => {
      let block: Element = element
      while (block.parentElement && getComputedStyle(block).display.startsWith('inline'))
        block = block.parentElement
      return block
    }
    const isSticky = (element: Element): boolean => {
      for (let up: Element | null = element; up; up = up.parentElement)
        if (getComputedStyle(up).position === 'sticky') return true
      return false
    }
    const laid = boxes
      .filter(({ element }) => !isSticky(element))
      .map((box) => ({ ...box, block: blockOf(box.element) }))
      .sort((a, b) => a.top - b.top)
    for (const [i, a] of laid.entries()) {
      for (const b of laid.slice(i + 1)) {
        if (b.top > a.bottom - slack) break
        if (a.left > b.right - slack || b.left > a.right - slack) continue
        if (a.element.contains(b.element) || b.element.contains(a.element)) continue
        if (a.block === b.block || a.element.closest('label')?.contains(b.element)) continue
        flaws.push(`${a.name} lies over ${b.name}`)
      }
    }

    const reached = [
      ...document.querySelectorAll(
        'button, input, select, textarea, summary, a[href], [tabindex="0"]',
      ),
    ]
      .filter((element) => isSeen(element) && !isSticky(element) && !element.matches(':disabled'))
      .map(
        (element) =>
          shown(element, element.getBoundingClientRect()) ??
          scrollersOf(element)
            .slice(0, 1)
            .map((one) => shown(one, one.getBoundingClientRect()))[0],
      )
      .filter((box) => box !== undefined)
    for (const [i, box] of reached.entries()) {
      const next = reached[i + 1]
      if (next && next.bottom < box.top && next.left < box.left + slack)
        flaws.push(`the focus goes up from ${box.name} to ${next.name}`)
    }
    return [...new Set(flaws)]
  })
}
