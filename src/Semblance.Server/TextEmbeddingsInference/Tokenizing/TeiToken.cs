namespace Semblance.Server.TextEmbeddingsInference;

/// <summary>Represents a token in the answer of <c>/tokenize</c>.</summary>
/// <param name="Id">The id.</param>
/// <param name="Text">The part of the text; of a special token, its name.</param>
/// <param name="Special"><see langword="true"/> for a special token; otherwise, <see langword="false"/>.</param>
/// <param name="Start">The first UTF-8 byte of the part; <see langword="null"/> for a special token.</param>
/// <param name="Stop">The byte after the last one; <see langword="null"/> for a special token.</param>
internal sealed record TeiToken(int Id, string Text, bool Special, int? Start, int? Stop);
