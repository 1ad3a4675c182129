// A clip on its way from the camera to the form.

let waiting = null;

/** Leave a file for the form. */
export function handOver(file) {
  waiting = file;
}

/** Take the file that was left, once; null where there is none. */
export function takeHanded() {
  const file = waiting;
  waiting = null;
  return file;
}
