// The sentences of an advice by their kinds, and the headline where there is no cue.

/** The sentences of an advice with their ids; old ones get theirs back where the text is known. */
export function remarksOf(advice, words) {
  if (advice.remarks?.length) return advice.remarks;
  return [
    ...advice.red_flags.map((text) => ({ id: "", kind: "red_flag", text })),
    ...advice.notes.map((text) => ({ id: "", kind: "note", ...words.known[text], text })),
    ...advice.retest.map((text) => ({ id: "", kind: "retest", text })),
  ];
}

/** The sentences of some kinds. */
export const ofKind = (advice, words, ...kinds) =>
  remarksOf(advice, words)
    .filter((one) => kinds.includes(one.kind))
    .map((one) => one.text);

/** Title and lines where there is no cue. */
export function headline(advice, words) {
  for (const kind of ["worse", "flares", "film_again", "too_little", "nothing", "nothing_seen"]) {
    const ids = words.headline[kind].notes;
    const lines = remarksOf(advice, words)
      .filter((one) => ids.includes(one.id))
      .map((one) => one.text);
    if (lines.length) return { title: words.headline[kind].title, lines };
  }
  return { title: words.headline.held_back.title, lines: [words.headline.held_back.text] };
}
