import FQLValues

/// One document, where it exists.
final class SingletonCursor: LeafCursor {
  private let ref: Ref
  private let exists: Bool
  private let memory: UnsafeMutableRawPointer
  private var isStarted = false

  init(_ ref: Ref, exists: Bool, source: SetValue, _ orientation: Orientation) {
    self.ref = ref
    self.exists = exists
    var encoded: [UInt8] = []
    IndexKeys.append(.ref(ref), to: &encoded, time: 0)
    memory = .allocate(byteCount: encoded.count, alignment: 8)
    memory.copyMemory(from: encoded, byteCount: encoded.count)
    super.init(source: source, fields: [], orientation, isUnique: true)
    keyBytes = UnsafeRawPointer(memory)
    keyCount = encoded.count
    refBytes = keyBytes
  }

  deinit { memory.deallocate() }

  private func stand(_ isHere: Bool) -> Bool {
    isStarted = true
    leaf = isHere && exists ? self : nil
    return leaf != nil
  }

  override func next() throws(Failure) -> Bool { stand(!isStarted) }

  override func seek(_ position: SetPosition) throws(Failure) -> Bool { stand(isBefore(position) == isBackward) }

  override func seek(_ key: ElementKey, beyond: Bool) throws(Failure) -> Bool {
    let order = elementKey.order(key)
    return stand(beyond ? order > 0 : order >= 0)
  }

  override func element() -> SetElement { SetElement(values: isFlipped ? [.ref(ref)] : [], ref: ref) }
}
