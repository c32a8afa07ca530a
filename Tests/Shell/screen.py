"""The screen of a terminal: enough of a VT100 to see what a line editor draws."""
import re
import unicodedata

SEQUENCE = re.compile(r"\x1b(?:\[([?>=]?)([0-9;]*)([ -/]*)([@-~])|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|([=>78DEHMc]))")


def width(char):
    if unicodedata.combining(char) or unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


class Screen:
    def __init__(self, columns=80, rows=24):
        self.columns, self.rows = columns, rows
        self.lines = [[" "] * columns for _ in range(rows)]
        self.scrolled = []
        self.x = self.y = 0
        self.pending = ""
        self.saved = (0, 0)

    def feed(self, text):
        text = self.pending + text
        self.pending = ""
        place = 0
        while place < len(text):
            char = text[place]
            if char == "\x1b":
                match = SEQUENCE.match(text, place)
                if not match:
                    if len(text) - place < 64:
                        self.pending = text[place:]
                        return
                    place += 1
                    continue
                self.sequence(match)
                place = match.end()
                continue
            place += 1
            self.put(char)

    def put(self, char):
        if char == "\n":
            self.down()
        elif char == "\r":
            self.x = 0
        elif char == "\b":
            self.x = max(0, min(self.x, self.columns - 1) - 1)
        elif char == "\t":
            self.x = min(self.columns - 1, (self.x // 8 + 1) * 8)
        elif ord(char) >= 32:
            w = width(char)
            if w == 0:
                if self.x > 0:
                    self.lines[self.y][self.x - 1] += char
                return
            if self.x + w > self.columns:
                self.x = 0
                self.down()
            self.lines[self.y][self.x] = char
            if w == 2:
                self.lines[self.y][self.x + 1] = ""
            self.x += w

    def down(self):
        if self.y == self.rows - 1:
            self.scrolled.append(self.lines.pop(0))
            self.lines.append([" "] * self.columns)
        else:
            self.y += 1

    def sequence(self, match):
        private, numbers, _, final, single = match.groups()
        if single == "M":
            self.y = max(0, self.y - 1)
        elif single == "E":
            self.x = 0
            self.down()
        elif single == "D":
            self.down()
        elif single == "7":
            self.saved = (self.x, self.y)
        elif single == "8":
            self.x, self.y = self.saved
        if final is None or private:
            return
        args = [int(n) if n else 0 for n in numbers.split(";")] if numbers else []
        n = max(1, args[0] if args else 1)
        line = self.lines[self.y]
        self.x = min(self.x, self.columns - 1) if final in "ABCDGHJKPX@" else self.x
        if final == "A":
            self.y = max(0, self.y - n)
        elif final == "B":
            self.y = min(self.rows - 1, self.y + n)
        elif final == "C":
            self.x = min(self.columns - 1, self.x + n)
        elif final == "D":
            self.x = max(0, self.x - n)
        elif final == "G":
            self.x = min(self.columns, n) - 1
        elif final == "d":
            self.y = min(self.rows, n) - 1
        elif final in "Hf":
            self.y = min(self.rows, max(1, args[0] if args else 1)) - 1
            self.x = min(self.columns, max(1, args[1] if len(args) > 1 else 1)) - 1
        elif final == "J":
            mode = args[0] if args else 0
            if mode == 0:
                line[self.x:] = [" "] * (self.columns - self.x)
                for y in range(self.y + 1, self.rows):
                    self.lines[y] = [" "] * self.columns
            elif mode == 1:
                line[: self.x + 1] = [" "] * (self.x + 1)
                for y in range(self.y):
                    self.lines[y] = [" "] * self.columns
            else:
                self.lines = [[" "] * self.columns for _ in range(self.rows)]
        elif final == "K":
            mode = args[0] if args else 0
            if mode == 0:
                line[self.x:] = [" "] * (self.columns - self.x)
            elif mode == 1:
                line[: self.x + 1] = [" "] * (self.x + 1)
            else:
                line[:] = [" "] * self.columns
        elif final == "P":
            del line[self.x : self.x + n]
            line += [" "] * (self.columns - len(line))
        elif final == "@":
            line[self.x : self.x] = [" "] * n
            del line[self.columns :]
        elif final == "X":
            line[self.x : self.x + n] = [" "] * min(n, self.columns - self.x)
        elif final == "L":
            for _ in range(n):
                self.lines.insert(self.y, [" "] * self.columns)
                del self.lines[self.rows]
        elif final == "M":
            for _ in range(n):
                del self.lines[self.y]
                self.lines.append([" "] * self.columns)

    def text(self):
        rows = ["".join(row).rstrip() for row in self.lines]
        # Blanks before the cursor were typed.
        before = "".join(self.lines[self.y][: self.x])
        rows[self.y] += before[len(rows[self.y]):]
        while rows and not rows[-1]:
            rows.pop()
        # The row of the cursor counts even where it is empty.
        while len(rows) <= self.y:
            rows.append("")
        return "\n".join(rows)
