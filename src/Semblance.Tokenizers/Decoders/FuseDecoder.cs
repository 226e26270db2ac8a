namespace Semblance.Tokenizers.Decoders;

/// <summary>Concatenates the tokens, so that the next decoder sees them as one.</summary>
internal sealed class FuseDecoder : Decoder
{
    /// <inheritdoc/>
    public override List<string> DecodeChain(List<string> tokens) => [string.Concat(tokens)];
}
