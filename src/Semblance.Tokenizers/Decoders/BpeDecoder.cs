namespace Semblance.Tokenizers.Decoders;

/// <summary>Replaces the end-of-word suffix with a space, and removes it at the end of the text.</summary>
internal sealed class BpeDecoder(string suffix) : Decoder
{
    /// <inheritdoc/>
    public override List<string> DecodeChain(List<string> tokens) => suffix.Length == 0 ? tokens
        : Each(tokens, (token, index) => token.Replace(suffix, index == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal));
}
