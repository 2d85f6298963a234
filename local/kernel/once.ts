/** Creates a value when it is first asked for, and no second one. */
export function once<T>(create: () => T): () => T {
  let created: { readonly value: T } | undefined;
  return () => {
    created ??= { value: create() };
    return created.value;
  };
}

/** Creates the value that belongs to an object when it is first asked for, and no second one. */
export function onceFor<K extends object, T>(create: (key: K) => T): (key: K) => T {
  const created = new WeakMap<K, { readonly value: T }>();
  return (key) => {
    const known = created.get(key) ?? { value: create(key) };
    created.set(key, known);
    return known.value;
  };
}
