import CCrypt
import FQLValues

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A secret of a key or token: its parts, its text, and the hash that is stored of it.
struct Secret {
  enum Kind: Equatable {
    case key
    /// A token carries the global id of its database.
    case token(database: UInt64)
  }

  let kind: Kind
  let id: Int64
  /// Twenty random bytes.
  let random: [UInt8]

  /// The text that is shown once.
  var text: String {
    var bytes: [UInt8] = [0x7e, kind == .key ? 0x70 : 0x71]
    KeyBytes.append64(UInt64(bitPattern: id), to: &bytes)
    if case .token(let database) = kind { KeyBytes.append64(database, to: &bytes) }
    return URLBase64.encode(bytes + random)
  }

  /// The text of the random part alone, which is what is hashed.
  var hashedText: String { URLBase64.encode(random) }

  init(_ kind: Kind, id: Int64, random: [UInt8]) {
    self.kind = kind
    self.id = id
    self.random = random
  }

  /// Reads a secret's text, also of the two older encodings; nil where it is none.
  init?(_ text: String) {
    guard let bytes = URLBase64.decode(text) else { return nil }
    let read = { (offset: Int) in bytes.withUnsafeBytes { KeyBytes.read64($0, offset) } }
    switch bytes.count {
    case 30 where bytes.starts(with: [0x7e, 0x70]):
      self.init(.key, id: Int64(bitPattern: read(2)), random: Array(bytes[10...]))
    case 38 where bytes.starts(with: [0x7e, 0x71]):
      self.init(.token(database: read(10)), id: Int64(bitPattern: read(2)), random: Array(bytes[18...]))
    case 32 where bytes.starts(with: [0x92, 0xa9, 0xcf]) && bytes[11] == 0xb4:
      self.init(.key, id: Int64(bitPattern: read(3)), random: Array(bytes[12...]))
    case 43
    where bytes.starts(with: [0x93, 0xaa]) && bytes[10] == 0 && bytes[11] == 3
      && bytes[12] == 0xa9 && bytes[13] == 0xcf && bytes[22] == 0xb4:
      self.init(.token(database: read(14)), id: Int64(bitPattern: read(2)), random: Array(bytes[23...]))
    default: return nil
    }
  }
}

/// Base64 with the alphabet for URLs, without padding.
enum URLBase64 {
  static func encode(_ bytes: [UInt8]) -> String {
    var text = Array(Base64.encode(bytes).utf8)
    while text.last == UInt8(ascii: "=") { text.removeLast() }
    for i in text.indices {
      if text[i] == UInt8(ascii: "+") { text[i] = UInt8(ascii: "-") }
      if text[i] == UInt8(ascii: "/") { text[i] = UInt8(ascii: "_") }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Only the URL alphabet, no padding, nothing behind it.
  static func decode(_ text: String) -> [UInt8]? {
    let isOurs = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    return isOurs ? Base64.decode(text) : nil
  }
}

/// bcrypt, cost 5.
enum PasswordHash {
  private static let alphabet = Array("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

  /// The hash of a text with a salt of 16 random bytes.
  static func make(_ text: String, salt: [UInt8]) -> String {
    var encoded: [UInt8] = []
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for byte in salt.prefix(16) {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 6 {
        count -= 6
        encoded.append(alphabet[Int(bits >> count & 63)])
      }
    }
    if count > 0 { encoded.append(alphabet[Int(bits << (6 - count) & 63)]) }
    return hash(text, setting: "$2a$05$" + String(decoding: encoded, as: UTF8.self) + unused) ?? "*"
  }

  /// Whether a stored hash is that of one of the texts; every text is tried, and the comparison takes the same time whatever
  /// it finds. False for something that is no hash.
  static func matches(_ stored: String, _ texts: [String]) -> Bool {
    var matches = false
    for text in texts {
      if let made = hash(text, setting: stored), isEqual(made, stored) { matches = true }
    }
    return matches
  }

  /// Spends the time of a comparison where there is nothing to compare with.
  static func waste(_ texts: [String]) {
    _ = matches("$2a$05$abcdefghijklmnopqrstuu" + String(repeating: "a", count: 31), texts)
  }

  /// Stands for the hash in a setting that has only its salt.
  private static let unused = String(repeating: ".", count: 31)

  /// Whether a text has the form of a hash, and is none that would take a minute to compute: a hash may be given as it is.
  private static func isHash(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count == 60, text.hasPrefix("$2a$") || text.hasPrefix("$2b$") || text.hasPrefix("$2y$"),
      let cost = UInt8(String(decoding: bytes[4..<6], as: UTF8.self)), (4...14).contains(cost),
      bytes[6] == UInt8(ascii: "$")
    else { return false }
    return bytes[7...].allSatisfy { alphabet.contains($0) }
  }

  private static func hash(_ text: String, setting: String) -> String? {
    guard isHash(setting), !text.utf8.contains(0) else { return nil }
    let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
    defer { data.deallocate() }
    memset(data, 0, MemoryLayout<crypt_data>.size)
    guard let result = crypt_r(text, setting, data) else { return nil }
    let made = String(cString: result)
    return made.hasPrefix("*") ? nil : made
  }

  private static func isEqual(_ a: String, _ b: String) -> Bool {
    let a = Array(a.utf8)
    let b = Array(b.utf8)
    guard a.count == b.count else { return false }
    var difference: UInt8 = 0
    for i in a.indices { difference |= a[i] ^ b[i] }
    return difference == 0
  }
}
