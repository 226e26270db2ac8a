namespace Semblance.Tokenizers.Normalizers;

/// <summary>Prepends a text to a text that is not empty.</summary>
internal sealed class Prepend(string content) : Normalizer
{
    /// <inheritdoc/>
    public override double Growth => 1 + content.Length;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        if (text.Text.Length > 0)
        {
            var old = text.Rewrite();
            foreach (var rune in content.EnumerateRunes())
            {
                text.Append(rune.Value, 0);
            }

            text.Keep(0, old.Length);
        }
    }
}
