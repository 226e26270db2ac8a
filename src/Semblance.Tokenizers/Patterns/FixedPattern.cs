namespace Semblance.Tokenizers.Patterns;

/// <summary>Represents a fixed text; an empty one matches nowhere.</summary>
internal sealed class FixedPattern(string content) : TextPattern
{
    /// <inheritdoc/>
    public override Locality Locality =>
        content.Length <= 1 || !content.Contains(' ', StringComparison.Ordinal) ? Locality.Words : Locality.Whole;

    /// <inheritdoc/>
    public override char? Character => content.Length == 1 ? content[0] : null;

    /// <inheritdoc/>
    public override double Growth(string replacement) =>
        content.Length == 0 ? 1 : Math.Max(1, (double)replacement.Length / content.Length);

    /// <inheritdoc/>
    public override void FindAll(ReadOnlySpan<char> text, List<(int Start, int End)> matches)
    {
        matches.Clear();
        for (var position = 0; content.Length > 0;)
        {
            var next = text[position..].IndexOf(content, StringComparison.Ordinal);
            if (next < 0)
            {
                return;
            }

            position += next + content.Length;
            matches.Add((position - content.Length, position));
        }
    }
}
