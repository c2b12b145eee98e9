// How the name of a saved document's file ends, by which one is told among files that were dropped or picked.
export const savedEnding = '.longtab'
