namespace Semblance.Tokenizers.Patterns;

/// <summary>Specifies the operation of an instruction of a <see cref="RegexProgram"/>.</summary>
internal enum RegexOperation
{
    /// <summary>The match is complete.</summary>
    Accept,

    /// <summary>Consumes one code point of a set.</summary>
    Set,

    /// <summary>Consumes as many code points of a set as possible; fewer if the rest does not match.</summary>
    Loop,

    /// <summary>Consumes as many code points of a set as possible.</summary>
    Run,

    /// <summary>Continues at one instruction, and at another if that does not lead to a match.</summary>
    Split,

    /// <summary>Runs another part of the program and continues at the end of its first match.</summary>
    Atomic,

    /// <summary>Runs another part of the program, which must match at this position.</summary>
    Ahead,

    /// <summary>Runs another part of the program, which must not match at this position.</summary>
    NotAhead,

    /// <summary>Runs another part of the program, which must match the text before this position.</summary>
    Behind,

    /// <summary>Runs another part of the program, which must not match the text before this position.</summary>
    NotBehind,

    /// <summary><c>^</c>: the start of the text, or after a line feed.</summary>
    LineStart,

    /// <summary><c>$</c>: the end of the text, or before a line feed.</summary>
    LineEnd,

    /// <summary><c>\A</c>: the start of the text.</summary>
    TextStart,

    /// <summary><c>\z</c>: the end of the text.</summary>
    TextEnd,

    /// <summary><c>\Z</c>: the end of the text, or before a line feed at the end of the text.</summary>
    LastLineEnd,

    /// <summary><c>\b</c>: a word boundary.</summary>
    WordBoundary,

    /// <summary><c>\B</c>: not a word boundary.</summary>
    NotWordBoundary,
}
