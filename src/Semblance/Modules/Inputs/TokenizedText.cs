using Semblance.Tokenizers;

namespace Semblance.Modules;

/// <summary>Represents a text that an <see cref="InputModule"/> has tokenized.</summary>
/// <param name="Ids">The token ids; empty for a text without known tokens.</param>
/// <param name="TypeIds">The type id of each token; null if all are 0.</param>
/// <param name="IsTruncated">
/// <see langword="true"/> if the text was longer than the maximum sequence length, so that its end is left out.
/// </param>
/// <param name="Attended">
/// The number of first tokens that attention sees, as in <see cref="Tensors.PackedBatch.Attended"/>; null for all.
/// </param>
public readonly record struct TokenizedText(int[] Ids, int[]? TypeIds = null, bool IsTruncated = false, int? Attended = null)
{
    /// <summary>Returns the tokens of an encoding, such as a window of a long text, which does not count as truncated.</summary>
    /// <param name="encoding">The encoding.</param>
    public static TokenizedText Of(Encoding encoding)
    {
        ArgumentNullException.ThrowIfNull(encoding);
        return new TokenizedText(encoding.Ids.ToArray(), encoding.TypeIds.ContainsAnyExcept(0) ? encoding.TypeIds.ToArray() : null);
    }
}
