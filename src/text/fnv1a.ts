/** FNV-1a of the UTF-16 units, 32 bits: for seeds and tables, not against anyone who wants two texts to share one. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
