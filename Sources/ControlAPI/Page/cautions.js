// What is asked before something is published or shared by its path, and what is said after it.

import * as api from "./api.js";
import { describe } from "./audience.js";
import { safe } from "./dom.js";
import { strings } from "./strings.js";
import { confirm, tell } from "./talk.js";

const words = strings.library.cautions;
const mostNamed = 5;

const look = (path) => api.get(`/cautions?path=${api.part(path)}`);

/** Whether what is at a path is to be given to others; asks where they would get by mistake what is there. */
export async function mayBeGiven(path, { isShared, yes }) {
  const { place, caution } = await look(path);
  if (!caution) return true;
  const why = (words.kinds[caution] ?? words.unknown)(safe(place));
  return confirm(words.title(safe(place)), `${why} ${isShared ? words.shared : words.published}`, { yes });
}

/** Says what others have by a folder that is shared, though it was published for fewer. Stays until it is dismissed. */
export async function tellWhatIsUnlocked(path) {
  for (const { folder, files } of (await look(path)).unlocked) {
    const names = files.map((file) => safe(file.name));
    tell(words.unlocked(safe(folder.path), describe(folder.audience), names.slice(0, mostNamed),
      Math.max(0, names.length - mostNamed)), { isFailure: true });
  }
}

/** Says which files with a dot before their names others get with a folder. */
export function tellWhatIsHidden(hidden) {
  if (!hidden?.count) return;
  tell(words.hidden(hidden.paths.map(safe), hidden.count - hidden.paths.length), { isFailure: true });
}
