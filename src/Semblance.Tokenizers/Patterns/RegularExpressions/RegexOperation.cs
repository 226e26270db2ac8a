namespace Semblance.Tokenizers.Patterns;

/// <summary>What an instruction of a <see cref="RegexProgram"/> does.</summary>
internal enum RegexOperation
{
    /// <summary>The match is complete.</summary>
    Accept,

    /// <summary>Takes one code point of a set.</summary>
    Set,

    /// <summary>Takes code points of a set, as many as possible; fewer if what follows does not match.</summary>
    Loop,

    /// <summary>Takes code points of a set, as many as possible.</summary>
    Run,

    /// <summary>Goes on at one place, and if that does not lead to a match at another.</summary>
    Split,

    /// <summary>Runs another part of the program and goes on at the end of its first match.</summary>
    Atomic,

    /// <summary>Runs another part of the program, which must match from here on.</summary>
    Ahead,

    /// <summary>Runs another part of the program, which must not match from here on.</summary>
    NotAhead,

    /// <summary>Runs another part of the program, which must match what goes before.</summary>
    Behind,

    /// <summary>Runs another part of the program, which must not match what goes before.</summary>
    NotBehind,

    /// <summary><c>^</c>: the text's start or behind a line feed.</summary>
    LineStart,

    /// <summary><c>$</c>: the text's end or before a line feed.</summary>
    LineEnd,

    /// <summary><c>\A</c>: the text's start.</summary>
    TextStart,

    /// <summary><c>\z</c>: the text's end.</summary>
    TextEnd,

    /// <summary><c>\Z</c>: the text's end or before a line feed at its end.</summary>
    LastLineEnd,

    /// <summary><c>\b</c>: between a word character and another.</summary>
    WordBoundary,

    /// <summary><c>\B</c>: not there.</summary>
    NotWordBoundary,
}
