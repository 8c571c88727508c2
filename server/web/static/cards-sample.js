/* Bindings to try the page with: those of the own pack, whose controllers other packs know too. */

const SAMPLES = {
  fs2020: ['stick.xml', 'throttle.xml', 'gamepad.xml'],
  sws: ['squadron.profile'],
  ed: ['explorer.binds'],
};

/* The sample of a game, as files. */
export async function sample(game) {
  return Promise.all(SAMPLES[game].map(async name => {
    const response = await fetch('/web/samples/' + name);
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return new File([await response.blob()], name);
  }));
}
