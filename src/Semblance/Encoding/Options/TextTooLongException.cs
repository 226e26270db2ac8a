using System.Globalization;

namespace Semblance;

/// <summary>
/// The exception that is thrown when a text has more tokens than the maximum sequence length and <see cref="Truncation.Error"/> is set.
/// </summary>
public sealed class TextTooLongException : ArgumentException
{
    /// <summary>Initializes a new instance of the <see cref="TextTooLongException"/> class.</summary>
    /// <param name="index">The zero-based index of the text, the first one that is too long.</param>
    /// <param name="limit">The maximum sequence length in tokens.</param>
    /// <param name="tokenCount">The number of tokens of the text; null if it is not known.</param>
    public TextTooLongException(long index, int limit, int? tokenCount = null)
        : base(string.Create(
            CultureInfo.InvariantCulture,
            $"The text at index {index} has {(tokenCount is { } count ? $"{count} tokens" : "too many tokens")}, and the model takes at "
            + $"most {limit}; shorten or divide it, or choose Truncation.Cut to leave out its end."))
    {
        (Index, Limit, TokenCount) = (index, limit, tokenCount);
    }

    /// <summary>Gets the zero-based index of the text, the first one that is too long.</summary>
    public long Index { get; }

    /// <summary>Gets the maximum sequence length in tokens.</summary>
    public int Limit { get; }

    /// <summary>Gets the number of tokens of the text, special tokens and prompt included; null if it is not known.</summary>
    public int? TokenCount { get; }
}
