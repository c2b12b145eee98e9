// Flags of a GPU day, used where its folder is built and where it runs.
import { given, text, whole } from '../shell/flag.ts'

export const dayFlags = {
  rehearse: given('next to nothing in every section: for software adapters'),
  out: text('DIR', 'results; what is done there is not run again').or('gpu-day'),
  seconds: whole(
    1,
    'no section is begun that does not end within so many (default: 350, or no limit in a rehearsal)',
  ),
  only: text('S', 'this section; may be given several times').several(),
}
