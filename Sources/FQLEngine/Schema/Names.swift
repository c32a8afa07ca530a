/// The rules for names of collections, indexes, functions, roles and databases.
enum Names {
  /// Whether every character may stand in a name: letters, marks, digits, connectors and a few signs.
  static func isValid(_ name: String) -> Bool {
    !name.isEmpty && name.unicodeScalars.allSatisfy(isNameCharacter)
  }

  /// Whether a name may stand in a reference path.
  static func isPathName(_ name: String) -> Bool {
    !name.isEmpty && name != "_" && name != "self" && name != "events"
      && name.unicodeScalars.allSatisfy { ";@+$-_.!~%".unicodeScalars.contains($0) || isWord($0) }
  }

  private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
    ";@+$-_.!~%".unicodeScalars.contains(scalar) || isWord(scalar)
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 128 {
      return scalar.properties.isAlphabetic || (48...57).contains(scalar.value) || scalar == "_"
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      return true
    default:
      return scalar.properties.isAlphabetic || scalar.properties.isJoinControl
    }
  }
}
