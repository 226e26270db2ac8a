using Semblance.Tokenizers.Loading;

namespace Semblance.Tokenizers.Normalizers;

/// <summary>Removes white space at the ends.</summary>
internal sealed class Strip(bool left, bool right) : Normalizer
{
    /// <inheritdoc/>
    public override Locality Locality => left ? Locality.Whole : Locality.Words;

    /// <summary>Reads a normalizer of type Strip.</summary>
    public static new Strip Read(JsonSection json) => new(json.Flag("strip_left", true), json.Flag("strip_right", true));

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        var current = text.Text;
        var start = left ? current.Length - current.TrimStart().Length : 0;
        var end = right ? Math.Max(start, current.TrimEnd().Length) : current.Length;
        if (end - start < current.Length)
        {
            text.Rewrite();
            text.Keep(start, end);
        }
    }
}
