// Remembers the last result of a function, for as long as its arguments are the same.

export function once<A extends unknown[], R>(make: (...args: A) => R): (...args: A) => R {
  let last: { args: A; result: R } | null = null;
  return (...args) => {
    if (!last || args.some((each, at) => each !== last!.args[at])) last = { args, result: make(...args) };
    return last.result;
  };
}
