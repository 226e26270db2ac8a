namespace Semblance.Tokenizers.Decoders;

/// <summary>The suffix that ends words becomes a space, at the text's end nothing.</summary>
internal sealed class BpeDecoder(string suffix) : Decoder
{
    /// <inheritdoc/>
    public override List<string> DecodeChain(List<string> tokens) => suffix.Length == 0 ? tokens
        : Each(tokens, (token, index) => token.Replace(suffix, index == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal));
}
