// How a command is called in a checkout. In the package called.packed.ts stands in for this file.

/**
 * @param command its name in the package, such as `train heads`
 * @param form what follows it, if anything
 */
export function called(command: string, form = ''): string {
  const script = `npm run ${command.replace(' ', '-')}`
  return form === '' ? script : `${script} -- ${form}`
}
