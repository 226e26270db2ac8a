using Semblance.Tokenizers.Loading;
using Semblance.Tokenizers.Patterns;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>Replaces the matches of a pattern; the new text counts as coming from the last character of the match.</summary>
internal sealed class Replace(TextPattern pattern, string content) : Normalizer
{
    /// <inheritdoc/>
    public override Locality Locality => pattern.Locality;

    /// <inheritdoc/>
    public override double Growth => pattern.Growth(content);

    /// <summary>Reads a normalizer of type Replace.</summary>
    public static new Replace Read(JsonSection json) => new(TextPattern.Read(json.Required("pattern")), json.Text("content"));

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        if (pattern.Character is { } character && content is [var replacement])
        {
            text.InPlace.Replace(character, replacement);
            return;
        }

        pattern.FindAll(text.Text, text.Matches);
        if (text.Matches.Count == 0)
        {
            return;
        }

        var old = text.Rewrite();
        var position = 0;
        foreach (var (start, end) in text.Matches)
        {
            text.Keep(position, start);
            foreach (var rune in content.EnumerateRunes())
            {
                text.Append(rune.Value, Math.Max(end - 1, 0));
            }

            position = end;
        }

        text.Keep(position, old.Length);
    }
}
