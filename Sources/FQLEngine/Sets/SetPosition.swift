import FQLValues

/// A place between the elements of a set: before or after all elements that begin with some values.
///
/// Values are encoded in set order, each in its direction, so that a place means the same to every leaf below.
struct SetPosition {
  /// The encoded values.
  var values: [UInt8] = []
  /// Where each value ends.
  var ends: [Int] = []
  /// True where the values are a whole tuple, not the beginning of longer ones.
  var isWhole = false
  /// The encoded reference of a document: the place is at that one of the elements with these values.
  var ref: [UInt8]?
  /// True for the place after those elements.
  var isAfter = false
}

extension SetPosition {
  /// The place that a cursor or the end of a range names in a set with `count` components, the reference being the last.
  ///
  /// Fewer components are a beginning; a further one that is no reference stands before or after all references, as values
  /// are ordered. `count` is nil for a join by lambda, which declares no components: the last one given is the reference.
  init(_ components: [Value], count: Int?, directions: [Bool], isAfter: Bool, time: Int64) {
    self.isAfter = isAfter
    let valueCount = count.map { $0 - 1 } ?? max(components.count - 1, 0)
    // The one component of a set of references stands where a value does.
    let isReferenceSet = count == 1
    let shown = isReferenceSet ? 1 : valueCount
    for (i, component) in components.prefix(shown).enumerated() {
      if i < directions.count, directions[i] {
        IndexKeys.appendReversed(component, to: &values, time: time)
      } else {
        IndexKeys.append(component, to: &values, time: time)
      }
      ends.append(values.count)
    }
    if isReferenceSet || components.count <= valueCount {
      widen(components.prefix(shown).last)
      return
    }
    switch components[valueCount] {
    case .ref(let document):
      var bytes: [UInt8] = []
      IndexKeys.append(document, to: &bytes)
      ref = bytes
      isWhole = true
    case let other:
      var bytes: [UInt8] = []
      IndexKeys.append(other, to: &bytes, time: time)
      if let tag = bytes.first, tag > IndexKeys.Tag.ref {
        self.isAfter = true
      } else if count != nil {
        self.isAfter = false
      }
      if count != nil { isWhole = true }
    }
  }

  /// Makes the last number mean every equal one, integer or double: they differ in the last byte only.
  private mutating func widen(_ last: Value?) {
    guard !values.isEmpty, !ends.isEmpty else { return }
    switch last {
    case .double?: break
    case .integer(let integer)? where integer.magnitude <= 1 << 53: break
    default: return
    }
    values.removeLast()
    ends[ends.count - 1] = values.count
  }
}

extension LeafCursor {
  /// A place among the keys of a leaf: before or after all that begin with some bytes.
  struct Place {
    var bytes: [UInt8]
    var isAfter: Bool
  }

  /// A position as a place among this leaf's keys, in the order of bytes.
  final func place(of position: SetPosition) -> Place {
    var count = position.values.count
    var ref = position.ref
    var isAfter = position.isAfter
    if position.ends.count > componentCount {
      // This leaf's tuples are shorter: one that the values begin with comes before or after them.
      count = position.ends[componentCount - 1]
      ref = nil
      isAfter = isShorterFirst
    } else if position.isWhole, position.ends.count < componentCount {
      // They are longer: those that begin with the values come after or before them.
      ref = nil
      isAfter = !isShorterFirst
    }
    var bytes = Array(position.values[..<count])
    if isFlipped { for i in bytes.indices { bytes[i] = ~bytes[i] } }
    if let wanted = ref, !coversValues {
      // The element with this key is the reference itself.
      let order = compareBytes(bytes, wanted)
      if order != 0 { isAfter = (order < 0) != isFlipped }
      ref = nil
    }
    if let ref { bytes += ref }
    return Place(bytes: bytes, isAfter: isAfter != isFlipped)
  }

  /// The place on this leaf's way where keys that equal another one begin, or with `beyond` where they have ended.
  final func place(of key: ElementKey, beyond: Bool) -> Place {
    var count = key.count
    let theirs = key.leaf.componentCount
    var isIncluded = !beyond
    if theirs > componentCount {
      count = key.leaf.length(ofComponents: componentCount, of: key)
      isIncluded = !meetsShorterFirst
    } else if theirs < componentCount {
      isIncluded = meetsShorterFirst
    }
    var bytes = [UInt8](UnsafeRawBufferPointer(start: key.bytes, count: count))
    if key.leaf.descends != descends { for i in bytes.indices { bytes[i] = ~bytes[i] } }
    return Place(bytes: bytes, isAfter: isIncluded == descends)
  }
}
