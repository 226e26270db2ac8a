namespace Semblance;

/// <summary>A part of a text that a model takes whole.</summary>
/// <param name="Start">Where it begins, in UTF-16 units of the text.</param>
/// <param name="End">Where it ends: the place behind its last unit.</param>
/// <param name="TokenCount">How many tokens it has, the special ones and the prompt included.</param>
public readonly record struct Chunk(int Start, int End, int TokenCount)
{
    /// <summary>The chunk's part of its text.</summary>
    /// <param name="text">The text that was divided.</param>
    public ReadOnlySpan<char> Of(string text) => text.AsSpan(Start, End - Start);
}
