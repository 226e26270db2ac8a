namespace Semblance.Tokenizers.Patterns;

/// <summary>Represents two or more spaces, which SentencePiece models replace with one.</summary>
internal sealed class SpaceRunPattern : TextPattern
{
    /// <summary>The equivalent regular expression.</summary>
    public const string Source = " {2,}";

    /// <inheritdoc/>
    public override Locality Locality => Locality.Words;

    /// <inheritdoc/>
    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        matches.Clear();
        for (var position = 0; ;)
        {
            var next = text[position..].IndexOf("  ", StringComparison.Ordinal);
            if (next < 0)
            {
                return;
            }

            var start = position + next;
            var length = text[start..].IndexOfAnyExcept(' ');
            position = length < 0 ? text.Length : start + length;
            matches.Add((start, position));
        }
    }
}
