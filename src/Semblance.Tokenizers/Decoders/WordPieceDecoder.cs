namespace Semblance.Tokenizers.Decoders;

/// <summary>Joins the parts of words and puts spaces between words; clean-up removes the spaces before some English punctuation.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanUp) : Decoder
{
    private static readonly (string From, string To)[] CleanUps =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    /// <inheritdoc/>
    public override List<string> DecodeChain(List<string> tokens) => Each(tokens, (token, index) =>
    {
        var piece = index == 0 ? token
            : token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..]
            : " " + token;
        return cleanUp ? CleanUp(piece) : piece;
    });

    /// <summary>Removes spaces in one token; the reference cleans up each token, not the joined text.</summary>
    public static string CleanUp(string piece)
    {
        foreach (var (from, to) in CleanUps)
        {
            piece = piece.Replace(from, to, StringComparison.Ordinal);
        }

        return piece;
    }
}
