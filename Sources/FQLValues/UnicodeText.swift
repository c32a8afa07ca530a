import CICU

/// Normalisation and case mapping of text.
package enum UnicodeText {
  /// A normalisation form, by its name in the language.
  package enum Normalizer: String, Sendable {
    /// Full case folding, compatibility decomposition, removal of ignorable characters.
    case nfkcCaseFold = "NFKCCaseFold"
    case nfc = "NFC"
    case nfd = "NFD"
    case nfkc = "NFKC"
    case nfkd = "NFKD"

    fileprivate var form: icu_normalization {
      switch self {
      case .nfkcCaseFold: ICU_NFKC_CASEFOLD
      case .nfc: ICU_NFC
      case .nfd: ICU_NFD
      case .nfkc: ICU_NFKC
      case .nfkd: ICU_NFKD
      }
    }
  }

  package enum CaseMapping: Sendable {
    case lower, upper
    /// The first letter, digit or symbol of each word in title case, the rest in lower case.
    case title
  }

  /// Text that could not be worked on.
  package struct Unavailable: Error {
    package let reason: String
  }

  /// The text in a normalisation form. ASCII needs no ICU.
  package static func normalize(
    _ string: String, _ normalizer: Normalizer
  ) throws(Unavailable) -> String {
    if isASCII(string) { return normalizer == .nfkcCaseFold ? mapASCII(string, to: .lower) : string }
    return try transform(string) { icu_normalize(normalizer.form, $0, $1, $2, $3) }
  }

  /// The text in another case, by the rules of English. ASCII needs no ICU, but for titles.
  package static func mapCase(_ string: String, to mapping: CaseMapping) throws(Unavailable) -> String {
    switch mapping {
    case .title: return try transform(string) { icu_map_case(ICU_TITLE, $0, $1, $2, $3) }
    case .lower, .upper:
      if isASCII(string) { return mapASCII(string, to: mapping) }
      let mapping = mapping == .lower ? ICU_LOWER : ICU_UPPER
      return try transform(string) { icu_map_case(mapping, $0, $1, $2, $3) }
    }
  }

  package static func isASCII(_ string: String) -> Bool {
    string.utf8.allSatisfy { $0 < 0x80 }
  }

  private static func mapASCII(_ string: String, to mapping: CaseMapping) -> String {
    let first = mapping == .lower ? UInt8(ascii: "A") : UInt8(ascii: "a")
    return String(unsafeUninitializedCapacity: string.utf8.count) { buffer in
      var i = 0
      for byte in string.utf8 {
        buffer[i] = byte &- first < 26 ? byte ^ 0x20 : byte
        i += 1
      }
      return i
    }
  }

  private static func transform(
    _ string: String, _ operation: ([UInt16], Int32, UnsafeMutablePointer<UInt16>?, Int32) -> Int32
  ) throws(Unavailable) -> String {
    let text = Array(string.utf16)
    var capacity = text.count + text.count / 2 + 16
    while true {
      var length: Int32 = 0
      let result = [UInt16](unsafeUninitializedCapacity: capacity) { buffer, initialized in
        length = operation(text, Int32(clamping: text.count), buffer.baseAddress, Int32(clamping: capacity))
        initialized = max(0, min(Int(length), capacity))
      }
      if length == ICU_FAILED { throw Unavailable(reason: Collation.loadError ?? "The text could not be converted.") }
      if Int(length) <= capacity { return String(decoding: result, as: UTF16.self) }
      capacity = Int(length)
    }
  }
}
