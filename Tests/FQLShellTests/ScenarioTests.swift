import Foundation
import Testing

/// The scenarios of `Tests/Shell`, with the program itself, partly on a pseudo-terminal.
@Suite struct ScenarioTests {
  @Test func `every scenario of command line and shell`() throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let products = Bundle.module(named: "fqlPackageTests.xctest")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", tests.appendingPathComponent("Shell/run.py").path, "--bin", products.appendingPathComponent("fql").path,
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
  }
}

extension Bundle {
  /// The directory that holds what was built: that of the tests' own bundle.
  fileprivate static func module(named name: String) -> URL {
    let arguments = CommandLine.arguments + [Bundle.main.bundlePath]
    for argument in arguments {
      var url = URL(fileURLWithPath: argument)
      while url.pathComponents.count > 1 {
        if FileManager.default.isExecutableFile(atPath: url.appendingPathComponent("fql").path),
          FileManager.default.fileExists(atPath: url.appendingPathComponent(name).path)
        {
          return url
        }
        url.deleteLastPathComponent()
      }
    }
    return URL(fileURLWithPath: ".build/debug")
  }
}
