// A beat to run to. Every stretch of it is handed to the sound system at once, as a looped sound
// with its start and end, so that no timer of the page keeps it going: a locked screen or a
// busy page cannot make it stumble.

export const CLICK_S = 0.03;
const CLICK_HZ = 1500;
const DECAY_S = 0.006;
const MOST_BEATS = 64;
const LEAST_BEATS = 16;

/** Minutes on and off from text such as "2:1", as seconds; null without. */
export function parseBouts(text) {
  const match = /^([\d.]+):([\d.]+)$/.exec(text ?? "");
  return match ? { on: 60 * Number(match[1]), off: 60 * Number(match[2]) } : null;
}

/** Seconds from one click to the next. */
export const stepSeconds = (spm, everyOther) => (everyOther ? 120 : 60) / spm;

/**
 * Stretches with clicks, as seconds from the start: the lead-in, a pause, then bout after bout.
 * @param {{on: number, off: number} | null} bouts null for one stretch throughout
 */
export function stretches(bouts, leadIn, total) {
  if (!bouts || bouts.off === 0) return [[0, total]];
  const found = leadIn > 0 ? [[0, Math.min(leadIn, total)]] : [];
  for (let from = leadIn > 0 ? leadIn + bouts.off : 0; from < total; from += bouts.on + bouts.off) {
    found.push([from, Math.min(from + bouts.on, total)]);
  }
  return found;
}

/** When the last click of a stretch has faded; every click that begins is heard to its end. */
export function soundingEnd([from, to], step) {
  return from + Math.floor((to - from - CLICK_S) / step) * step + CLICK_S;
}

/** A short decaying tone that starts and ends at zero. */
function click(rate) {
  return Float32Array.from({ length: Math.round(CLICK_S * rate) }, (_, k) => {
    const t = k / rate;
    return (
      Math.sin(2 * Math.PI * CLICK_HZ * t) *
      Math.exp(-t / DECAY_S) *
      Math.min(1, (CLICK_S - t) / DECAY_S)
    );
  });
}

/** So many beats that they fill whole samples best: the loop then drifts by no audible amount. */
function beatsInLoop(samplesPerBeat) {
  let best = LEAST_BEATS;
  const rest = (n) => Math.abs(n * samplesPerBeat - Math.round(n * samplesPerBeat)) / n;
  for (let n = LEAST_BEATS; n <= MOST_BEATS; n += 1) if (rest(n) < rest(best)) best = n;
  return best;
}

/** A sound of some beats that can be looped; each click stands on the nearest sample. */
export function loopOf(context, step) {
  const rate = context.sampleRate;
  const beats = beatsInLoop(step * rate);
  const buffer = context.createBuffer(1, Math.round(beats * step * rate), rate);
  const sound = click(rate);
  for (let beat = 0; beat < beats; beat += 1)
    buffer.copyToChannel(sound, 0, Math.round(beat * step * rate));
  return buffer;
}

/** Hand every stretch to the sound system; returns the sources so that they can be stopped. */
export function schedule(context, output, spans, step, at) {
  const buffer = loopOf(context, step);
  return spans.map((span) => {
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    source.connect(output);
    source.start(at + span[0]);
    source.stop(at + soundingEnd(span, step));
    return source;
  });
}

export class Metronome {
  constructor() {
    this.sources = [];
    this.volume = 0.8;
  }

  get running() {
    return this.sources.length > 0;
  }

  /** Seconds since the first click. */
  get elapsed() {
    return this.context.currentTime - this.startedAt;
  }

  /** Start over with these settings. */
  async start({ spm, everyOther, bouts, leadIn, total }) {
    this.stop();
    // Where the browser knows it: play on with the ring switch off and the screen locked.
    if (navigator.audioSession) navigator.audioSession.type = "playback";
    this.context ??= new AudioContext({ latencyHint: "playback" });
    if (!this.gain) {
      this.gain = new GainNode(this.context, { gain: this.volume });
      this.gain.connect(this.context.destination);
    }
    await this.context.resume();
    this.step = stepSeconds(spm, everyOther);
    this.spans = stretches(bouts, leadIn, total);
    this.startedAt = this.context.currentTime + 0.15;
    this.sources = schedule(this.context, this.gain, this.spans, this.step, this.startedAt);
  }

  stop() {
    for (const source of this.sources) {
      source.stop();
      source.disconnect();
    }
    this.sources = [];
  }

  setVolume(volume) {
    this.volume = volume;
    this.gain?.gain.setTargetAtTime(volume, this.context.currentTime, 0.01);
  }

  /** Where in the plan it is now: whether it clicks, seconds left of this part, and the beat's number. */
  now() {
    const at = this.elapsed;
    const inside = this.spans.find(([from, to]) => at >= from && at < to);
    const next = this.spans.find(([from]) => from > at);
    return {
      clicking: Boolean(inside),
      left: inside ? inside[1] - at : next ? next[0] - at : 0,
      beat: inside ? Math.floor((at - inside[0]) / this.step) : -1,
      over: !inside && !next,
    };
  }

  close() {
    this.stop();
    this.context?.close();
    this.context = null;
    this.gain = null;
  }
}
