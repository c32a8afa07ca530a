import FQLValues
import Testing

@testable import FQLSyntax

private func formatted(_ text: String) throws(Diagnostic) -> String {
  let source = Source(name: "<text>", text: text)
  let result = try Formatter.format(source)
  // The safeguard, which keeps the text as it is, was not needed.
  #expect(result == Formatter.layOut(try Script(parsing: source, allowsCommands: true)))
  return result
}

@Suite struct FormatterTests {
  @Test func `what fits stands on one line`() throws {
    #expect(try formatted("Add( 1,2 , [ 3,4,] )\n") == "Add(1, 2, [3, 4])\n")
    #expect(try formatted("{a:1,b:{}}") == "{ a: 1, b: {} }\n")
    #expect(try formatted("Map([1],x=>({v:x}))") == "Map([1], x => ({ v: x }))\n")
    #expect(try formatted("Map([1],(a,b,)=>{return Add(a,b);})") == "Map([1], (a, b) => { return Add(a, b) })\n")
    #expect(try formatted("function  f(x){return x}") == "function f(x) { return x }\n")
    #expect(try formatted("q . Now ( )") == "q.Now()\n")
    #expect(try formatted("[- 1, +2]") == "[-1, +2]\n")
  }

  @Test func `the outermost call that does not fit is broken, an argument a line`() throws {
    let text =
      #"Map(Paginate(Match(Index("spells_by_element"), "fire"), { size: 100 }), Lambda("ref", Get(Var("ref"))))"#
    #expect(
      try formatted(text) == """
        Map(
          Paginate(Match(Index("spells_by_element"), "fire"), { size: 100 }),
          Lambda("ref", Get(Var("ref")))
        )

        """)
  }

  @Test func `comments stay where they are`() throws {
    let text = """
      // first

      // second
      Add( // behind the bracket
        1, // one
        /* inline */ 2,
        // above
        3 /* three */
        // last
      ) // end


      /* block */
      Now(); // now
      """
    let wanted = """
      // first

      // second
      Add(
        // behind the bracket
        1, // one
        /* inline */ 2,
        // above
        3 /* three */
        // last
      ) // end

      /* block */
      Now(); // now

      """
    #expect(try formatted(text) == wanted)
    #expect(try formatted(wanted) == wanted)
  }

  @Test func `what is not of the language is left alone`() throws {
    let text = """
      #!/usr/bin/env fql
      const x  =  require('y');
      .format   wire
      client.query( q.Now( ) )
        .then( (r) => console.log(r) )
      Add( 1,2 )

      """
    #expect(
      try formatted(text) == """
        #!/usr/bin/env fql
        const x  =  require('y');
        .format   wire
        client.query( q.Now( ) )
          .then( (r) => console.log(r) )
        Add(1, 2)

        """)
  }

  @Test func `statements of one line part`() throws {
    #expect(try formatted("1;2") == "1;\n2\n")
    #expect(try formatted("") == "")
    #expect(try formatted("// only\n") == "// only\n")
  }

  @Test func `every query of the cases keeps its wire form, and a second time changes nothing`() throws {
    for area in ["surface", "core", "sets", "writes", "scalars", "auth", "collections"] {
      for members in try conformanceCases(area) {
        var texts: [String] = []
        if let text = members["text"]?.text, members["syntax_error"] == nil { texts.append(text) }
        if case .array(let steps)? = members["steps"]?.kind {
          for step in steps {
            if case .object(let step) = step.kind, let text = step["q"]?.text {
              texts.append(text.replacing(/\$\{\w+\}/, with: "1"))
            }
          }
        }
        for text in texts {
          let once = try formatted(text)
          #expect(try formatted(once) == once, "\(members["id"]?.text ?? "")")
          #expect(try wire(once) == wire(text), "\(members["id"]?.text ?? "")")
          for line in once.split(separator: "\n") where DisplayWidth.of(String(line)) > 80 {
            // Only what cannot be broken is longer.
            #expect(!line.contains(", ") || line.contains("\"") || line.contains("`") || line.contains("'"), "\(line)")
          }
        }
      }
    }
  }

  @Test func `comments in odd places are not lost`() throws {
    let texts = [
      "Add(/*a*/1/*b*/,/*c*/2/*d*/)/*e*/", "{/*a*/a/*b*/:/*c*/1/*d*/}", "x/*a*/=>/*b*/x", "[/*a*/]",
      "Map([1],(/*a*/x/*b*/)=>/*c*/x)",
      "Add(1,//a\n2//b\n)", "{//a\n}", "Now(/*a\nb*/)", "q./*a*/Now()", "-/*a*/1", "(/*a*/1)",
      "Let({/*a*/},/*b*/()=>/*c*/1)",
      "Now() /* a */; /* b */ Now()", "/* a */ /* b */ 1 /* c\n */ // d\n2",
    ]
    for text in texts {
      let once = try formatted(text)
      #expect(try formatted(once) == once, "\(text)")
      #expect(try wire(once) == wire(text), "\(text)")
      let letters = { (text: String) in text.matches(of: /\/\*(\w)|\/\/ ?(\w)|\/\* (\w)/).count }
      #expect(letters(once) == letters(text), "\(text) -> \(once)")
    }
  }
}
