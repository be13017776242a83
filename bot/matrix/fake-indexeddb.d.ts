// The package ships no types for its classes; only their prototypes are used.
declare module 'fake-indexeddb/lib/FDBCursor' {
  const FDBCursor: { prototype: object };
  export default FDBCursor;
}
declare module 'fake-indexeddb/lib/FDBDatabase' {
  const FDBDatabase: { prototype: object };
  export default FDBDatabase;
}
declare module 'fake-indexeddb/lib/FDBObjectStore' {
  const FDBObjectStore: { prototype: object };
  export default FDBObjectStore;
}
