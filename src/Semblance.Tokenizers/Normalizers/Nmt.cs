namespace Semblance.Tokenizers.Normalizers;

/// <summary>
/// Cleans a text as neural machine translation corpora are cleaned: removes control characters and converts rare white space to spaces.
/// </summary>
internal sealed class Nmt : Normalizer
{
    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        var old = text.Rewrite();
        for (var i = 0; i < old.Length; i++)
        {
            switch (old[i])
            {
                case (>= '\u0001' and <= '\u0008') or '\u000B' or (>= '\u000E' and <= '\u001F') or '\u007F' or '\u008F' or '\u009F':
                    break;
                case '\t' or '\n' or '\f' or '\r' or '\u1680' or (>= '\u200B' and <= '\u200F') or '\u2028' or '\u2029' or '\u2581' or '\uFEFF' or '\uFFFD':
                    text.Append(' ', i);
                    break;
                default:
                    text.Keep(i, i + 1);
                    break;
            }
        }
    }
}
